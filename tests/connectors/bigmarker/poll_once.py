"""One pass in a process of its own, to be killed: `python -m tests.connectors.bigmarker.poll_once URL FOLDER NOW`."""

import sys
from pathlib import Path

from connectors.poll import Span
from tests.connectors.bigmarker.world import polling
from tests.connectors.files import FileCursors, FileOutbox


def main() -> None:
    url, folder, now = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    with polling(url) as poll:
        poll(FileOutbox(folder / "events"), FileCursors(folder / "cursors"), now, Span(), lambda what, done, of: None)


if __name__ == "__main__":
    main()
