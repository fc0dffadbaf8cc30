"""The Grafana of the local stack: one on this machine that `funnel up` runs, or one elsewhere that it fills."""
