"""Which steps the state of the world shows as done, and what is asked."""

from connectors.registry import connectors
from funnel.setup.missing import HomeStep, missing
from funnel.setup.questions import chosen, meant, of_zone, wrong_services, wrong_value, wrong_zone
from funnel.setup.steps import STEPS, Facts


def done(facts: Facts) -> dict[str, str]:
    return {step.name: step.done(facts) for step in STEPS}


def test_in_an_empty_folder_nothing_is_done() -> None:
    assert {name for name, said in done(Facts()).items() if said} == set()


def test_what_is_done_is_seen() -> None:
    there = Facts(
        settings={"FUNNEL_HASH_SECRET": "s", "FUNNEL_DEFAULT_TIMEZONE": "Europe/Berlin"},
        runs=True,
        services=("zoom",),
        polled=("zoom",),
        backfilled=frozenset({"zoom"}),
        files=("catalogue.yaml", "notes.yaml", "sources.yaml"),
    )
    assert done(there) == {
        "machine": "it runs already",
        "settings": "in .env already; time zone Europe/Berlin",
        "services": "connected: zoom",
        "stack": "it runs already",
        "past": "read already: zoom",
        "rules": "catalogue.yaml and sources.yaml exist and stay as they are",
        "pages": "",
    }


def test_a_new_service_and_a_changed_env_are_to_be_done() -> None:
    polled = {"polled": ("zoom", "goto"), "backfilled": frozenset({"zoom"})}
    half = Facts(runs=True, is_stale=True, files=("sources.yaml",), **polled)  # type: ignore[arg-type]
    assert [name for name in ("stack", "past", "rules") if done(half)[name]] == []


def test_servers_elsewhere_are_not_started() -> None:
    said = done(Facts(elsewhere="nothing is started here: Kafka is far"))
    assert said["machine"] == said["stack"] == "nothing is started here: Kafka is far"


def test_what_is_missing_has_its_next_step() -> None:
    steps = [HomeStep("Map sources", True, ""), HomeStep("Know what is typical", False, "3 of 8 final webinars")]
    assert list(missing(steps, has_webhooks=True, live=["zoom"])) == [
        "Know what is typical: 3 of 8 final webinars",
        "A public address for webhooks: docs/setup.md has it for nginx and Caddy; then funnel connectors check "
        "--public https://YOUR-NAME",
        "Live numbers of zoom: it needs webhooks; docs/services/zoom.md says what to click",
    ]
    assert list(missing([], has_webhooks=False, live=[])) == []


def test_zones_are_found_by_city_and_by_typing_error() -> None:
    assert wrong_zone("Europe/Berlin") == ""
    assert "Did you mean Europe/Berlin?" in wrong_zone("berlin")
    assert "Did you mean Europe/Berlin" in wrong_zone("Europe/Berln")
    assert of_zone("nowhere").default == "UTC"
    assert of_zone("Asia/Almaty").default == "Asia/Almaty"


def test_answers_are_read_as_people_write_them() -> None:
    assert chosen(" Zoom, files,zoom ,") == ["zoom", "files"]
    assert chosen("none") == []
    assert wrong_services("zoom, none", ["zoom"]) == ""
    assert "There are: zoom." in wrong_services("teams", ["zoom"])
    assert [meant(said, ("again", "keep", "skip")) for said in ("a", "SK", "", "x")] == ["again", "skip", "", ""]


def test_every_service_says_where_each_value_is_found_and_no_complaint_repeats_it() -> None:
    asks = [(one, asked) for one in connectors() for asked in one.asks]
    assert {one.name for one, _ in asks} == {"bigmarker", "zoom", "typeform", "tilda", "livestorm", "goto"}
    for one, asked in asks:
        assert asked.setting.startswith(f"FUNNEL_{one.name.upper()}_")
        assert asked.what
        assert asked.where
        for said in ("xxxx", "tab\there", "${HOME}"):
            assert said not in wrong_value(asked, said) or not asked.hidden
            assert wrong_value(asked, said).startswith(asked.setting)
        assert bool(wrong_value(asked, "")) != asked.optional
