"""Replaces itself by Grafana: `python -m funnel.stack.grafana --program FILE --plugins FOLDER`."""

import argparse
import os
from pathlib import Path

from funnel.stack.folder import StackFolder
from funnel.stack.grafana.choice import Grafana
from funnel.stack.grafana.server import command, environment, prepare
from funnel.stack.grafana.settings import grafana_settings
from streams.settings import settings


def main() -> None:
    """Writes the provisioning and replaces this process by Grafana, so that signals reach Grafana itself."""
    parser = argparse.ArgumentParser(prog="python -m funnel.stack.grafana")
    parser.add_argument("--program", required=True)
    parser.add_argument("--plugins", required=True, type=Path)
    given = parser.parse_args()
    grafana = Grafana(given.program, given.plugins)
    folder = StackFolder(settings().data_dir)
    prepare(folder)
    started_with = environment(grafana, settings(), grafana_settings(), os.environ)
    line = command(grafana, folder)
    os.execve(line[0], line, started_with)


if __name__ == "__main__":
    main()
