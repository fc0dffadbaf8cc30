"""Whether the stack could start on this machine: every reason why not, at once."""

from collections.abc import Callable

from connectors.settings import SettingsError
from connectors.webhooks.settings import webhook_settings
from funnel.stack.errors import StackError
from funnel.stack.folder import StackFolder
from funnel.stack.java import find_java
from funnel.stack.kafka.jars import require_jars
from funnel.stack.plan import stack_plan
from funnel.stack.preflight import check_folder, check_ports
from streams.settings import Settings


def troubles(config: Settings) -> list[str]:
    """A line for each, with the way out."""
    folder = StackFolder(config.data_dir)

    def ports() -> None:
        check_ports(stack_plan(config, workers=0, webhook_port=webhook_settings().port), folder)

    checks: tuple[Callable[[], object], ...] = (
        lambda: check_folder(folder.root, config.disk_reserve_mb),
        find_java,
        require_jars,
        ports,
    )
    found = []
    for check in checks:
        try:
            check()
        except (StackError, SettingsError) as error:
            found.append(str(error))
    return found
