"""Cursors in a real Kafka that name a person: no poll stores such a one, and if one does it is found and erased."""

import pytest

from connectors.pipeline.shared_cursors import OwnershipLostError, SharedCursors, all_cursors
from funnel.erasure.local import cursors_naming, erase_cursors
from funnel.erasure.person import subjects
from streams.create_topics import create_topics
from streams.settings import Settings
from tests.servers.kafka import KafkaServer

pytestmark = pytest.mark.kafka


def test_a_cursor_that_names_a_person_is_found_and_erased_while_somebody_polls(kafka: KafkaServer) -> None:
    kafka.empty()
    config = Settings(_env_file=None, kafka_bootstrap=kafka.bootstrap, partitions=1)
    create_topics(config)
    who = subjects(["ann@example.com"], "0123456789abcdef")
    with SharedCursors(config, "zoom") as polls:
        polls.put_all({"since": "7", "bad": '{"x":"ann@example.com"}', "worse": next(iter(who.ids))})
        found = cursors_naming(config, who)
        assert [one.key for one in found] == [("zoom", "bad"), ("zoom", "worse")]
        assert erase_cursors(config, who) == 2
        assert all_cursors(config)["zoom"] == {"since": "7"}
        assert not cursors_naming(config, who)
        # It reads them anew, so it does not write them again.
        with pytest.raises(OwnershipLostError):
            polls.put("bad", "2")
