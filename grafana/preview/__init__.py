"""The dashboards without Grafana: a local page that draws their JSON with Grafana's own components.

`python -m grafana.preview` serves it. The page's sources are in web/, the built page in dist/ (docs/decisions/
0009-preview.md).
"""
