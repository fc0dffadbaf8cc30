"""The configuration of a ClickHouse server on this machine: its own few lines, and our files for every server."""

from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from funnel.stack.clickhouse.choice import OF_SERVER
from funnel.stack.folder import StackFolder
from funnel.stack.ports import LOOPBACK
from process.files import write_atomically
from streams.settings import Settings

SERVER = Path(__file__).parents[3] / "clickhouse" / "server"
_OURS = ("config.d/funnel.xml", "users.d/funnel.xml")
_DATABASE = "funnel"
"""The database and the users that our file of users names. Others of the settings take their place."""
_CONFIG = """<clickhouse>
    <logger><level>warning</level><console>1</console></logger>
    <listen_host>{host}</listen_host>
    <http_port>{port}</http_port>
    <path>{place}/data/</path>
    <tmp_path>{place}/tmp/</tmp_path>
    <user_files_path>{place}/user_files/</user_files_path>
    <format_schema_path>{place}/format_schemas/</format_schema_path>
    <mark_cache_size>134217728</mark_cache_size>
    <default_profile>default</default_profile>
    <default_database>default</default_database>
    <user_directories><users_xml><path>{config}/users.xml</path></users_xml></user_directories>
    <send_crash_reports><enabled>false</enabled></send_crash_reports>
</clickhouse>
"""
_USERS = """<clickhouse>
    <profiles><default/></profiles>
    <quotas><default/></quotas>
    <users><default/></users>
</clickhouse>
"""


def prepare(settings: Settings, folder: StackFolder) -> Path:
    """Writes it, and returns the file that the server is started with. Raises OSError.

    The server itself merges in what stands in config.d and users.d beside that file; so does what an administrator adds
    there. Passwords stay in the environment.
    """
    place = folder.clickhouse / OF_SERVER
    config = place / "config"
    for name in ("config.d", "users.d"):
        (config / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    texts = {
        "config.xml": _CONFIG.format(
            host=LOOPBACK, port=settings.clickhouse_port, place=escape(str(place)), config=escape(str(config))
        ),
        "users.xml": _USERS,
        "config.d/funnel.xml": (SERVER / _OURS[0]).read_text(),
        "users.d/funnel.xml": users(settings),
    }
    for name, text in texts.items():
        write_atomically(config / name, text, 0o600)
    return config / "config.xml"


def users(settings: Settings) -> str:
    """Our file of users with the names and the database of the settings."""
    root = ElementTree.fromstring((SERVER / _OURS[1]).read_text())
    names = {
        "funnel": settings.clickhouse_user,
        "migrator": settings.migrator_clickhouse_user,
        "grafana": settings.grafana_clickhouse_user,
        "analyst": settings.analyst_clickhouse_user,
    }
    for user in root.findall("users/*"):
        user.tag = names.get(user.tag, user.tag)
        for grant in user.findall("grants/query"):
            grant.text = (grant.text or "").replace(f" {_DATABASE}.", f" {settings.clickhouse_database}.")
    return ElementTree.tostring(root, encoding="unicode")
