"""`python -m funnel`."""

from funnel.cli.app import main

main()
