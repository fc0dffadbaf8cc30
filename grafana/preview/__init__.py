"""The dashboards without Grafana: a local page that reads their JSON and draws it with Grafana's own components.

`python -m grafana.preview` serves it. The page's sources are in web/, what is built of them in dist/ (docs/decisions/
0009-preview.md).
"""
