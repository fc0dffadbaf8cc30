"""`python -m funnel.stack.grafana --data FOLDER --port PORT`: becomes the Grafana of this machine, in the same pid."""

import argparse
import os
import sys
from pathlib import Path

from funnel.stack.errors import StackError
from funnel.stack.grafana.server import command, environment, install_plugin, write_provisioning
from funnel.stack.grafana.settings import grafana_settings, installed
from streams.settings import settings


def main() -> None:
    """Provisions, installs the data source the first time, becomes the server. Exits 1 with one line on failure."""
    parser = argparse.ArgumentParser(prog="python -m funnel.stack.grafana")
    parser.add_argument("--data", type=Path, required=True, help="its folder")
    parser.add_argument("--port", type=int, required=True, help="loopback port of its pages")
    args = parser.parse_args()
    executable = installed()
    if executable is None:
        sys.exit("error: grafana is no longer on PATH; funnel down, and funnel up shows the preview instead")
    plugins = Path(os.environ.get("GF_PATHS_PLUGINS", args.data / "plugins"))
    try:
        write_provisioning(args.data / "provisioning")
        install_plugin(executable, plugins)
    except StackError as error:
        sys.exit(str(error))
    own = environment(grafana_settings(), args.data, args.port, settings().default_timezone)
    server = command(executable)
    os.execve(server[0], server, {**os.environ, "GF_PATHS_PLUGINS": str(plugins), **own})


if __name__ == "__main__":
    main()
