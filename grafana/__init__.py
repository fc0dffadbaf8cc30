"""Dashboards: a query file a panel, layout in code, generated JSON, provisioning."""
