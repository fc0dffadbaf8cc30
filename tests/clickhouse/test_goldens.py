"""What one node and what a cluster runs is committed, so that a change of either is seen."""

import pytest

from clickhouse.quorum import EVERYWHERE, QUORUM, settings_of
from tests.clickhouse.goldens import FILES, FOLDER, golden


@pytest.mark.parametrize(("name", "cluster"), FILES.items())
def test_the_committed_statements_are_current(name: str, cluster: str) -> None:
    assert golden(cluster) == (FOLDER / name).read_text(), "run make schema and commit"


def test_one_node_is_asked_with_no_setting_of_a_cluster() -> None:
    assert [settings_of(user, "", 30) for user in ("writer", "migrator", "reader")] == [{}, {}, {}]
    assert settings_of("reader", "main", 30) == {}, "dashboards may be behind"
    assert settings_of("writer", "main", 30) == {**QUORUM, "insert_quorum_timeout": 24_000}
    assert settings_of("migrator", "main", 300) == {**QUORUM, "insert_quorum_timeout": 240_000, **EVERYWHERE}
