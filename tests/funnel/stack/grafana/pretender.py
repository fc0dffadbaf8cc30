#!/usr/bin/env python3
"""Stands on PATH as `grafana`: installs nothing but a folder, answers /api/health, writes down what it was given.

How the real one is called: grafana server --homepath …, grafana cli --pluginsDir … plugins install <id> <version>.
"""

import json
import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path


class Health(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/api/health" else 404)
        self.end_headers()


if sys.argv[1] == "cli":
    if os.environ.get("PRETENDER_OFFLINE"):
        sys.exit("Error: grafana.com cannot be reached")
    plugins = Path(sys.argv[sys.argv.index("--pluginsDir") + 1])
    (plugins / sys.argv[-2]).mkdir()
    (plugins / sys.argv[-2] / "version").write_text(sys.argv[-1])
else:
    given = {name: value for name, value in os.environ.items() if name.startswith(("GF_", "GRAFANA_", "FUNNEL_"))}
    Path(os.environ["GF_PATHS_DATA"]).mkdir(parents=True, exist_ok=True)
    Path(os.environ["GF_PATHS_DATA"], "given.json").write_text(json.dumps({"arguments": sys.argv[1:], **given}))
    address = (os.environ["GF_SERVER_HTTP_ADDR"], int(os.environ["GF_SERVER_HTTP_PORT"]))
    HTTPServer(address, Health).serve_forever()
