"""ClickHouse has stored an insert, and its answer never arrives: the insert comes again and counts once."""

import pytest

from tests.faults.installed.case import Case
from tests.faults.installed.swallowing import swallowing
from tests.servers.worker import workers

pytestmark = [pytest.mark.faults, pytest.mark.long]

_EVENTS = 1_500
_EACH = 4
"""Every fourth answer is lost."""


def test_answers_are_lost(case: Case) -> None:
    """Two more workers share the partitions; all that they ask goes through a proxy that loses answers."""
    config = case.installation.config
    with case.flowing(), swallowing(config.clickhouse_port, _EACH) as proxy:
        through = config.model_copy(update={"clickhouse_port": proxy.port})
        with workers(through, case.installation.folder, 2):
            case.more(_EVENTS)
            case.wait_until_stored()
        if proxy.swallowed < 3:
            case.object(f"only {proxy.swallowed} answers were lost: nothing is shown")
