"""The store after `apply`, on a real one; the statements are put where a worker would put them."""

from collections.abc import Sequence
from typing import Any

import orjson
from clickhouse_connect.driver.client import Client

from connectors.business.catalogue import Catalogue, catalogue, parse
from connectors.business.notes import notes
from connectors.business.sources import source_rules
from connectors.business.statements import read as read_statement
from connectors.toolkit.marked import read
from contract.events import Event, encode
from funnel.business.apply import Labels, Sources, apply_exclusions, apply_notes
from funnel.business.explain import explain_source, explain_webinar, unsorted
from funnel.business.store import Store
from funnel.report.numbers import Question, Row, answer, by_webinar_and_source
from funnel.report.verify import compare
from streams.settings import Settings
from tests.contract_events import Event as Said
from tests.contract_events import at, hour_long, registration, stay, webinar
from tests.rows import put

OURS = "d_" + "0" * 32
SERVICE = {"series_id": "zoom:s1", "tags": ["kz"], "channel": "main", "host": "u1"}


def events() -> list[Said]:
    return [
        *hour_long(title="Learn Python", course="of the service", service=SERVICE),
        *hour_long("zoom:2", title="SQL"),
        *(registration(person, source={"utm_source": "vk"}) for person in range(3)),
        registration(3, source={"utm_source": "Mail"}),
        registration(4, domain_id=OURS),
        registration(5),
        *(event for person in (0, 1, 4, 8, 9) for event in stay(person, 0, 40)),
    ]


class Log:
    """Stands for Kafka and the workers: what is published is in the store with the next call."""

    def __init__(self, client: Client, config: Settings, said: Sequence[Said]) -> None:
        self.client, self.config = client, config
        self.said = list(said)
        self.published: list[dict[str, Any]] = []
        self.take_in()

    def send(self, event: Event) -> None:
        self.published.append(orjson.loads(encode(event)))

    def flush(self) -> None:
        pass

    def take_in(self) -> None:
        put(self.client, self.config, [*self.said, *self.published])


def rules(text: str) -> Catalogue:
    marked = read(text, "catalogue.yaml")
    return catalogue(marked, parse(marked), {}, None)


def row(client: Client, webinar_id: str = "zoom:1") -> Row:
    (found,) = answer(client, Question(at(120), webinar_ids=(webinar_id,)))
    return found


def test_the_catalogue_changes_the_past_and_gives_back_what_it_took(store: Client, own_config: Settings) -> None:
    log = Log(store, own_config, events())
    labels = Labels(Store(store), lambda: log)
    decided = rules(
        "rules:\n- when: {tags: kz, channel: main, host: u1, series_id: 'zoom:s1'}\n"
        "  set: {course: Python, region: KZ}\n"
        "overrides:\n  zoom:2: {course: SQL, timezone: Asia/Almaty}\n"
    )
    assert labels.apply(decided) == 2
    assert labels.apply(decided) == 0
    log.take_in()
    assert labels.apply(decided) == 0
    assert (row(store)["course"], row(store)["region"]) == ("Python", "KZ")
    assert (row(store, "zoom:2")["course"], row(store, "zoom:2")["hour"]) == ("SQL", 23)
    assert compare(store, own_config, at(120)).mismatches == []

    assert labels.apply(rules("")) == 2
    log.take_in()
    assert labels.apply(rules("")) == 0
    assert (row(store)["course"], row(store)["region"]) == ("of the service", None)
    assert (row(store, "zoom:2")["course"], row(store, "zoom:2")["hour"]) == (None, 18)
    assert compare(store, own_config, at(120)).mismatches == []


def test_a_new_process_says_nothing_again_and_a_new_webinar_is_noticed(store: Client, own_config: Settings) -> None:
    log = Log(store, own_config, events())
    decided = rules("rules:\n- {when: {title: '*python*'}, set: {course: Python}}\n")
    labels = Labels(Store(store), lambda: log)
    assert labels.apply(decided) == 1
    # Before the workers have taken it in, another process says the same with the same id.
    assert Labels(Store(store), lambda: log).apply(decided) == 1
    assert len({event["event_id"] for event in log.published}) == 1
    log.take_in()
    assert Labels(Store(store), lambda: log).apply(decided) == 0
    log.said += hour_long("zoom:3", title="More Python")
    log.take_in()
    assert labels.apply(decided) == 1
    assert log.published[-1]["webinar_id"] == "zoom:3"


def test_what_the_service_says_later_comes_through_after_a_rule_is_gone(store: Client, own_config: Settings) -> None:
    log = Log(store, own_config, events())
    labels = Labels(Store(store), lambda: log)
    labels.apply(rules("rules:\n- {when: {title: '*python*'}, set: {course: Python}}\n"))
    log.take_in()
    labels.apply(rules(""))
    log.said.append(webinar(900, course="new"))
    log.take_in()
    assert row(store)["course"] == "of the service"
    labels._recheck_at = 0.0
    assert labels.apply(rules("")) == 1
    log.take_in()
    assert row(store)["course"] == "new"


def test_source_rules_change_the_past_and_new_sources_are_sorted(store: Client, own_config: Settings) -> None:
    log = Log(store, own_config, events())
    sources = Sources(Store(store))
    decided = source_rules(read("rules:\n- {group: Social, when: {utm_source: [vk, tg]}}\n", "sources.yaml"))
    assert sources.apply(decided) == 1
    assert sources.apply(decided) == sources.apply(decided) == 0
    assert _groups(store) == {"Social": 3, "mail": 1, "No source given": 2, "Walk-in": 0}
    log.said.append(registration(20, source={"utm_source": "TG"}))
    log.take_in()
    assert sources.apply(decided) == 1
    assert _groups(store)["Social"] == 4
    assert compare(store, own_config, at(120)).mismatches == []
    assert sources.apply(source_rules(read("", "sources.yaml"))) == 2
    assert _groups(store) == {"vk": 3, "tg": 1, "mail": 1, "No source given": 2, "Walk-in": 0}


def test_a_group_that_was_sorted_wrongly_is_a_mismatch(store: Client, own_config: Settings) -> None:
    Log(store, own_config, events())
    store.command("INSERT INTO sources VALUES ('{\"utm_source\":\"vk\"}', 'other', false, 1)")
    assert {one.source_group for one in compare(store, own_config, at(120)).mismatches} == {"vk", "other"}


def test_an_excluded_domain_is_in_no_number_and_may_come_back(store: Client, own_config: Settings) -> None:
    Log(store, own_config, events())
    before = row(store)
    assert (before["registrations"], before["registered_visits"], before["visits_all"]) == (6, 3, 5)
    assert apply_exclusions(Store(store), {OURS}) == 1
    assert apply_exclusions(Store(store), {OURS}) == 0
    after = row(store)
    assert (after["registrations"], after["registered_visits"], after["visits_all"]) == (5, 2, 4)
    assert compare(store, own_config, at(120)).mismatches == []
    assert apply_exclusions(Store(store), set()) == 1
    assert row(store) == before


def test_a_small_share_of_matched_visitors_makes_a_conversion_doubtful(store: Client, own_config: Settings) -> None:
    log = Log(store, own_config, events())
    assert (row(store)["matched"], row(store)["doubtful"]) == (0.6, False)
    assert (row(store, "zoom:2")["matched"], row(store, "zoom:2")["doubtful"]) == (None, False)
    assert row(store)["doubtful"] is False
    log.said += [event for person in (30, 31) for event in stay(person, 0, 5)]
    log.take_in()
    assert (row(store)["matched"], row(store)["doubtful"]) == (3 / 7, True)
    grouped = answer(store, Question(at(120), by=("platform",)))
    assert (grouped[0]["matched"], grouped[0]["doubtful"]) == (3 / 7, True)
    assert "matched" not in answer(store, Question(at(120), by=("source_group",)))[0]


def test_notes_are_shown_with_the_webinars_that_they_are_about(store: Client, own_config: Settings) -> None:
    Log(
        store,
        own_config,
        [
            *events(),
            *hour_long(
                "zoom:3",
                region="EU",
                starts_at="2026-12-24T18:00:00.000Z",
                started_at="2026-12-24T18:00:00.000Z",
                ended_at="2026-12-24T19:00:00.000Z",
            ),
        ],
    )
    text = """
notes:
- {text: launch, at: 2026-11-22, scope: {source_group: Partner}}
- {text: offer, minute: 42, scope: {webinar: 'zoom:1'}}
- {text: no sound, scope: {webinar: 'zoom:2'}, exclude: true}
- {text: holidays, at: 2026-12-24, until: 2026-12-26, scope: {region: EU}}
- {text: elsewhere, at: 2026-11-22, scope: {region: Asia}}
- {text: not yet, minute: 1, scope: {webinar: 'zoom:77'}}
"""
    apply_notes(Store(store), notes(read(text, "notes.yaml")))
    assert apply_notes(Store(store), notes(read(text, "notes.yaml"))) == 0
    assert _notes(store, 41) == [("elsewhere", ""), ("launch", "zoom:1"), ("launch", "zoom:2"), ("no sound", "zoom:2")]
    assert ("offer", "zoom:1") in _notes(store, 42)
    assert ("holidays", "zoom:3") in _notes(store, 60 * 24 * 33)
    when = store.query(
        "SELECT toUnixTimestamp64Milli(noted_from) FROM notes_at(at = {at:DateTime64(3, 'UTC')}) WHERE text = 'offer'",
        {"at": "2026-11-23 00:00:00"},
    ).result_rows
    assert when == [(at(42),)]
    assert apply_notes(Store(store), []) == 6
    assert _notes(store, 42) == []


def test_explanations_name_the_line_and_unsorted_sources_come_with_a_rule(store: Client, own_config: Settings) -> None:
    Log(store, own_config, events())
    of_store = Store(store)
    known = next(of_store.webinars(["zoom:1"]))
    said = [read_statement(one) for one in of_store.log(["zoom:1"])["zoom:1"]]
    decided = rules("rules:\n- {when: {title: '*python*'}, set: {region: EU}}\noverrides:\n  zoom:1: {language: kk}\n")
    lines = list(explain_webinar(known.webinar, said, decided))
    assert "  region: EU, by the rule at catalogue.yaml:2" in lines
    assert "  language: kk, by an override at catalogue.yaml:4" in lines
    assert "  course: of the service, said by its service; no rule of the catalogue decides it" in lines
    assert "  timezone: n/a; neither its service nor a rule sets it" in lines

    by = source_rules(read("rules:\n- {group: Social, when: {utm_source: vk}}\n", "sources.yaml"))
    stored = of_store.sources()
    assert list(explain_source(stored, "VK", by)) == ["utm_source vk: Social, by the rule at sources.yaml:2"]
    assert list(explain_source(stored, "mail", by)) == ["utm_source Mail: mail, its own name; no rule sorts it"]
    assert list(explain_source(stored, '{"utm_source":"new"}', by)) == [
        "utm_source new: new, its own name; no rule sorts it"
    ]
    (one,) = unsorted(stored, of_store.source_counts(), by)
    assert (one.group, one.persons, one.rule) == ("mail", 1, '  - group: "mail"\n    when: {utm_source: "Mail"}')


def _groups(client: Client) -> dict[str, int]:
    rows = by_webinar_and_source(client, Question(at(120), webinar_ids=("zoom:1",)))
    return {row["source_group"]: row["registrations"] for row in rows}


def _notes(client: Client, minutes: float) -> list[tuple[str, str]]:
    rows = client.query(
        "SELECT text, webinar_id FROM notes_at(at = fromUnixTimestamp64Milli({at:Int64}, 'UTC')) ORDER BY ALL",
        {"at": at(minutes)},
    ).result_rows
    return [(text, webinar_id) for text, webinar_id in rows]
