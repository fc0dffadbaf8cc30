"""One evaluation of the store as `funnel alerts watch` makes it: what it writes, and that it says nothing twice."""

from collections.abc import Iterator

import pytest

from funnel.alerts.read import Reader
from funnel.alerts.store import AlertStore
from funnel.alerts.watch import UsualDue, look
from streams.drops.settings import DropSettings
from streams.instants import FAR_FUTURE, HOUR, MINUTE
from tests.funnel.alerts import world
from tests.funnel.alerts.conftest import Database

TABLES = ("alarm_states", "findings", "usual_values", "pace", "alert_messages")


@pytest.fixture
def clean(dropped: Database) -> Iterator[Database]:
    """Nothing of it stays: the other tests share the database."""
    _empty(dropped)
    yield dropped
    _empty(dropped)


def test_a_drop_is_written_once_and_a_new_process_goes_on_where_the_last_one_ended(clean: Database) -> None:
    reader, settings = Reader(clean.client), DropSettings()
    for minute in range(11, 16):
        # As a process that is started anew before each evaluation.
        store = AlertStore(clean.client)
        outcome, webinars = look(
            reader,
            store,
            world.T0 + minute * MINUTE,
            (store.stored(), store.unusual()),
            settings,
            14,
            usual_due=UsualDue() if minute == 11 else _never,
        )
        assert webinars == 2
    (message,) = AlertStore(clean.client).messages(world.T0)
    assert (message.kind, message.subject, message.created_at) == ("drop", world.TODAY, world.T0 + 13 * MINUTE)
    standout, finding = sorted(AlertStore(clean.client).unusual().values(), key=lambda one: -len(one.kind))
    assert (standout.kind, finding.kind) == ("standout", "drop")
    assert (finding.webinar_id, finding.since, finding.until) == (world.TODAY, message.created_at, FAR_FUTURE)
    assert AlertStore(clean.client).stored() == outcome.stored
    usual = clean.client.query("SELECT count() FROM usual_values WHERE n > 0").result_rows[0][0]
    assert usual == world.DAYS


def test_what_is_no_longer_looked_at_is_over(clean: Database) -> None:
    reader, store, settings = Reader(clean.client), AlertStore(clean.client), DropSettings()
    at_once = settings.model_copy(update={"evaluations_to_raise": 1})
    outcome, _ = look(reader, store, world.T0 + 12 * MINUTE, ({}, {}), at_once, 14, usual_due=_never)
    assert sorted(one.kind for one in store.unusual().values()) == ["drop", "standout"]
    late = world.T0 + 72 * HOUR
    _, webinars = look(reader, store, late, (outcome.stored, outcome.unusual), at_once, 14, usual_due=_never)
    assert webinars == 0
    assert store.unusual() == {}
    until = clean.client.query("SELECT until FROM findings FINAL").result_rows
    assert [row[0] for row in until] == [late, late]


def test_what_is_usual_is_due_at_first_then_when_a_webinar_ends_or_appears_and_every_ten_minutes(
    clean: Database,
) -> None:
    due = UsualDue()
    at = world.T0 + 12 * MINUTE
    held = Reader(clean.client).held(at)
    before = dict(list(held.items())[1:])
    assert [due(at, before), due(at + MINUTE, before)] == [True, False]
    assert [due(at + 2 * MINUTE, held), due(at + 3 * MINUTE, held)] == [True, False]
    ended = {**held, world.TODAY: held[world.TODAY]._replace(ended_ms=at + 4 * MINUTE)}
    assert [due(at + 4 * MINUTE, ended), due(at + 5 * MINUTE, ended)] == [True, False]
    assert [due(at + 13 * MINUTE, ended), due(at + 14 * MINUTE, ended)] == [False, True]


def _never(at: int, held: object) -> bool:
    return False


def _empty(database: Database) -> None:
    for table in TABLES:
        database.client.command(f"TRUNCATE TABLE {table}")
