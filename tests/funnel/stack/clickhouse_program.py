"""A program named `clickhouse` for tests: it is started as a server is, and then serves with the embedded engine.

What a server reads is read here as it does: the file that it is given, then what stands in config.d and users.d beside
that file. Whatever would keep a server from starting ends it with a line.
"""

import os
import sys
from pathlib import Path
from xml.etree import ElementTree

VERSION = "ClickHouse server version {} (official build)."


def program(folder: Path, version: str = "26.9.2.1") -> Path:
    """Puts it into a folder, and returns it."""
    path = folder / "clickhouse"
    said = VERSION.format(version)
    version_only = f'[ "$2" = --version ] && {{ echo "{said}"; exit 0; }}'
    path.write_text(f'#!/bin/sh\n{version_only}\nexec {sys.executable} {__file__} "$@"\n')
    path.chmod(0o755)
    return path


def merged(file: Path, kind: str) -> ElementTree.Element:
    """The file with what stands in `<kind>.d` beside it."""
    root = ElementTree.parse(file).getroot()
    for more in sorted((file.parent / f"{kind}.d").glob("*.xml")):
        _merge(root, ElementTree.parse(more).getroot())
    return root


def _merge(into: ElementTree.Element, more: ElementTree.Element) -> None:
    for one in more:
        there = into.find(one.tag)
        if one.get("remove") is not None:
            if there is not None:
                into.remove(there)
        elif there is None or not len(one):
            if there is not None:
                into.remove(there)
            into.append(one)
        else:
            _merge(there, one)


def main() -> None:
    """Checks what it was started with."""
    verb, option = sys.argv[1:]
    assert verb == "server"
    file = Path(option.removeprefix("--config-file="))
    config = merged(file, "config")
    users_file = Path(config.findtext("user_directories/users_xml/path") or "")
    users = merged(users_file, "users")
    assert (config.findtext("listen_host"), config.findtext("timezone")) == ("127.0.0.1", "UTC")
    assert config.find("tcp_port") is None, "nobody needs it"
    assert os.environ["CLICKHOUSE_WATCHDOG_ENABLE"] == "0", "signals reach the server itself"
    names = [user.tag for user in users.findall("users/*")]
    assert "default" not in names
    for user in users.findall("users/*"):
        password = user.find("password")
        assert password is not None
        assert os.environ[password.attrib["from_env"]], "a password is in the environment"
    for path in ("path", "tmp_path", "user_files_path", "format_schema_path"):
        assert (config.findtext(path) or "").startswith(str(file.parents[1]))
    place = Path(config.findtext("path") or "")
    place.mkdir(parents=True, exist_ok=True)
    port = config.findtext("http_port") or ""
    os.execv(sys.executable, [sys.executable, "-m", "clickhouse.embedded", "--data", str(place), "--port", port])


if __name__ == "__main__":
    main()
