"""`python -m grafana.preview [--port 3010] [--dashboards DIR]`: serves the preview on 127.0.0.1 until a signal.

Prints `ready http://127.0.0.1:PORT` once it answers. SIGTERM and SIGINT end it with status 0; if it cannot start, it
prints one line on standard error and exits 1.
"""

import argparse
import sys
from pathlib import Path

from grafana.preview.dashboards import FOLDER
from grafana.preview.serve import PORT, StartError, serve
from process.logs import log_to_stderr


def main() -> None:
    """Serves until a signal ends it."""
    parser = argparse.ArgumentParser(prog="python -m grafana.preview", description="The dashboards without Grafana.")
    parser.add_argument("--port", type=int, default=PORT, help=f"0: any free one; default {PORT}")
    parser.add_argument("--dashboards", type=Path, default=FOLDER, help="the folder with their JSON")
    arguments = parser.parse_args()
    log_to_stderr("dashboards")
    try:
        serve(arguments.port, lambda address: print(f"ready {address}", flush=True), arguments.dashboards)
    except StartError as reason:
        sys.exit(f"preview: {reason}")


if __name__ == "__main__":
    main()
