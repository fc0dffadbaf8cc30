"""The tests' name for what the preview does to a query before it reaches the server, as Grafana does."""

from grafana.preview.expand import ALL, expand

__all__ = ["ALL", "expand"]
