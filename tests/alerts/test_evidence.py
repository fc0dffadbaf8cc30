"""The shapes that are judged: curves minute by minute, moments at equal elapsed time, webinars as they once stood."""

from alerts.detection.measurements import Counts
from alerts.detection.settings import DropSettings
from alerts.evidence import Curve, Evidence, Final, Step, WebinarInfo, as_of, curves_needed, grown, moment, plan
from contract.instants import DAY, FAR_FUTURE, HOUR, MINUTE
from tests.alerts.detection.webinars import webinar, webinars

SETTINGS = DropSettings()
CURVE = Curve({"a": [Step(7, 0, (3, 2, 0), 4, 1), Step(-60, 10, (0, 0, 0), 0, 0), Step(2, 1, (2, 0, 0), 2, 0)]})
TODAY = webinar(20)


def past(day: int, minutes: int = 60) -> WebinarInfo:
    one = webinars(day)
    return WebinarInfo(one, "t", one.begin + minutes * MINUTE)


def test_a_curve_sums_what_happened_up_to_a_minute_whatever_the_order() -> None:
    assert CURVE.groups(-61) == {}
    assert CURVE.groups(1) == {"a": Counts(10, 0, None, None)}
    assert CURVE.groups(6) == {"a": Counts(11, 2, 0, None)}
    assert CURVE.groups(30) == {"a": Counts(11, 5, 2, 0)}
    assert CURVE.room(7) == (6, 1)
    assert CURVE.registrations(-1) == {"a": 10}


def test_only_live_webinars_and_their_peers_need_their_curve() -> None:
    listed = [*(past(day) for day in range(18, 20)), WebinarInfo(TODAY, "t", FAR_FUTURE)]
    planned = plan(listed, TODAY.begin + 10 * MINUTE, SETTINGS, 1)
    assert curves_needed(planned) == {"zoom:18", "zoom:19", TODAY.webinar_id}
    over = plan(listed[:2], TODAY.begin, SETTINGS, 1)
    assert curves_needed(over) == set()


def test_a_live_webinar_is_held_against_those_that_still_ran_at_its_minute() -> None:
    listed = {one.webinar.webinar_id: one for one in (past(18, minutes=20), past(19))}
    curves = dict.fromkeys([*listed, TODAY.webinar_id], CURVE)
    finals = {webinar_id: Final({"a": Counts(11, 5)}, 8, 2) for webinar_id in listed}
    evidence = Evidence(listed, finals, curves)
    one = WebinarInfo(TODAY, "t", FAR_FUTURE)
    like = plan([*listed.values(), one], TODAY.begin, SETTINGS, 1).peers[TODAY.webinar_id]
    early, late = (moment(one, like, evidence, TODAY.begin + minutes * MINUTE) for minutes in (20, 21))
    assert set(early.earlier) == {"zoom:18", "zoom:19"}
    assert set(late.earlier) == {"zoom:19"}
    assert (early.groups, early.in_the_room, early.walk_ins) == ({"a": Counts(11, 5, 2, None)}, 6, 1)
    assert early.baseline_walk_ins == 0.25


def test_an_upcoming_webinar_is_held_against_the_same_time_before_the_start() -> None:
    listed = {"zoom:19": past(19)}
    evidence = Evidence(
        listed, {"zoom:19": Final({"a": Counts(11, 5)}, 6, 1)}, {"zoom:19": CURVE, TODAY.webinar_id: CURVE}
    )
    one = WebinarInfo(TODAY, "t", FAR_FUTURE)
    like = plan([*listed.values(), one], TODAY.begin - HOUR, SETTINGS, 1).peers[TODAY.webinar_id]
    now, earlier = grown(one, like, evidence, TODAY.begin - HOUR)
    assert (now, earlier["zoom:19"].then, earlier["zoom:19"].final) == ({"a": 10}, {"a": 10}, 11)
    assert grown(one, like, evidence, TODAY.begin - HOUR - 1)[0] == {}


def test_a_past_moment_knows_what_had_ended_and_which_drops_were_told() -> None:
    one = past(19)
    ended = one.ended_ms

    def stood(at: int, *had_drop: str) -> tuple[bool, bool, bool]:
        (found,) = as_of([one], at, had_drop)
        return found.webinar.ended, found.webinar.final, found.webinar.had_drop

    assert stood(ended - 1) == (False, False, False)
    assert stood(ended, "zoom:18") == (True, False, False)
    assert stood(ended + DAY, "zoom:19") == (True, True, True)
