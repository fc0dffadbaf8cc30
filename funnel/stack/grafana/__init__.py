"""Grafana for the local stack: one on this machine that `funnel up` runs, or one elsewhere that gets the dashboards."""
