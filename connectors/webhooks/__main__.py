"""`python -m connectors.webhooks [--port N]`: the webhook server of all connectors."""

import argparse
import sys

from connectors.pipeline.state import StateError
from connectors.registry import connectors
from connectors.settings import SettingsError, connector_settings
from connectors.webhooks.server import ListenError, serve
from connectors.webhooks.settings import webhook_settings
from process.logs import log_to_stderr


def main() -> None:
    """Runs until SIGTERM or Ctrl-C. Exits 1 with one line if it cannot start."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, help="instead of FUNNEL_WEBHOOK_PORT; 0: any free one")
    options = parser.parse_args()
    log_to_stderr("webhooks")
    try:
        own = webhook_settings()
        if options.port is not None:
            own = own.model_copy(update={"port": options.port})
        serve(list(connectors()), connector_settings(), own)
    except (SettingsError, StateError, ListenError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
