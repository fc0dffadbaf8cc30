"""What is said of one webinar, and of what nothing is."""

from fractions import Fraction

from alerts.detection import verdict
from alerts.detection.measurements import Counts
from alerts.detection.pace import Pace
from alerts.detection.typical import Band
from alerts.detection.verdict import REGISTRATIONS, Own, Verdict
from tests.alerts.detection.webinars import PAST, SETTINGS, TODAY, baseline, moment, rates, webinars

PEERS = {one.webinar_id: Own(Counts(500, 200, 200, 200, None), 200) for one in PAST}
MORE = Own(Counts(900, 200, 200, 200, 100), 200)


def _ended(own: Own, **more: object) -> Verdict:
    today = webinars(40, **more)
    return verdict.ended(today, own, baseline(today), PEERS, SETTINGS)


def test_of_totals_alone_no_rate_has_a_band() -> None:
    plain, sums = _ended(MORE), _ended(MORE, capabilities=frozenset({"live"}))
    assert "visits" in plain.bands
    assert [one.kind for one in plain.found] == ["standout", "drop"]
    # How many registered is known all the same.
    assert sums.bands == {REGISTRATIONS: plain.bands[REGISTRATIONS]}
    assert [one.kind for one in sums.found] == ["standout"]
    assert sums.why == "Only totals are told of it: nobody knows who of the registrants came."


def test_of_one_that_runs_the_registrants_are_judged_too() -> None:
    bands = _ended(MORE).bands
    at_minute = {"visits": bands["visits"]}

    def found(own: Own, minute: int = 40, **more: object) -> tuple[list[str], str]:
        today = TODAY._replace(**more)  # type: ignore[arg-type]
        at = moment(rates(1), minute, today)
        said = verdict.live(today, at, own, at_minute, 40, SETTINGS, bands[REGISTRATIONS])
        return [one.kind for one in said.found], said.why_registrations

    assert found(MORE) == (["standout", "drop"], "")
    assert found(Own(Counts(500, 200, 200, 200, None), 200)) == ([], "")
    # Rates wait for the first minutes; how many registered does not.
    assert found(MORE, 1) == (["standout"], "")
    kinds, why = found(MORE, rows_missing=True)
    assert (kinds, why.partition(":")[0]) == ([], "Rows of a file about it were rejected")


def test_that_none_like_it_lasted_so_long_is_not_called_that_none_is_like_it() -> None:
    registered = _ended(MORE).bands[REGISTRATIONS]

    def why(typical: Band | None) -> str:
        return verdict.live(TODAY, moment(rates(1), 150), MORE, {}, 0, SETTINGS, typical).why

    assert why(registered) == "Fewer than 5 webinars like it lasted so long."
    assert why(None) == "No earlier webinar is like it: it is judged beside 5 or more."


def test_an_upcoming_webinar_needs_attention_only_beyond_what_chance_does() -> None:
    behind = Pace(3, Fraction(7), Fraction(46), 31.0, 18.0, 44.0, 8, "", (), behind=True)
    assert verdict.upcoming(behind, 8, SETTINGS).found == ()
    (found,) = verdict.upcoming(behind._replace(beyond=True), 8, SETTINGS).found
    assert (found.kind, found.value) == ("pace", 31.0)
