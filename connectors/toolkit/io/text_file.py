"""The text of a file that people write, or one line that says why it cannot be read."""

from pathlib import Path

from connectors.toolkit.marked import MOST_CHARACTERS, FileError


def text_of(path: Path) -> str | None:
    """The file's text, cut above the greatest size allowed. None if there is no file. Raises FileError."""
    try:
        with path.open("rb") as file:
            return file.read(4 * MOST_CHARACTERS + 1).decode("utf-8-sig")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise FileError(f"{path}:1: no UTF-8 text; save it as UTF-8") from error
    except OSError as error:
        raise FileError(f"{path}:1: cannot be read: {error.strerror}") from error
