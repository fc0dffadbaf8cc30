"""A program that stands where Grafana's would: it is started, serves and ends as Grafana does."""

import json
import sys
from pathlib import Path
from typing import Any

from funnel.stack.grafana.choice import PLUGIN

SERVES = f"""#!{sys.executable}
import json, os, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

data = Path(os.environ["GF_PATHS_DATA"])
asked = []

class Health(BaseHTTPRequestHandler):
    def do_GET(self):
        asked.append(self.path)
        (data / "asked.json").write_text(json.dumps(asked))
        # As long as the database is being made, Grafana answers 503.
        well = self.path == "/api/health" and len(asked) > 2
        self.send_response(200 if well else 503)
        self.end_headers()
    def log_message(self, *_):
        pass

server = HTTPServer((os.environ["GF_SERVER_HTTP_ADDR"], int(os.environ["GF_SERVER_HTTP_PORT"])), Health)
(data / "started.json").write_text(json.dumps({{"arguments": sys.argv[1:], "environment": dict(os.environ)}}))
server.serve_forever()
"""
"""Answers GET /api/health with 200 from the third time on, and writes down how it was started."""

ENDS = f"#!{sys.executable}\nimport sys\nsys.exit('Error: cannot migrate the database')\n"


def install(home: Path, code: str, name: str = "grafana") -> Path:
    """Puts it where Grafana's archive has its program, and returns its path."""
    (home / "conf").mkdir(parents=True)
    (home / "conf" / "defaults.ini").write_text("")
    program = home / "bin" / name
    program.parent.mkdir()
    program.write_text(code)
    program.chmod(0o755)
    return program


def install_plugin(plugins: Path) -> None:
    """As `grafana cli plugins install` leaves it, as far as it is looked at."""
    (plugins / PLUGIN).mkdir(parents=True)
    (plugins / PLUGIN / "plugin.json").write_text("{}")


def written(data_dir: Path, name: str) -> Any:
    """What it has written down."""
    return json.loads((data_dir / "grafana" / "data" / f"{name}.json").read_text())
