"""What lasts raises an alarm, what is surely over clears it, and a change is said once."""

from alerts.detection.alarm import Alarm, Change, step
from alerts.detection.detect import judge
from alerts.detection.measurements import Counts, Moment
from tests.alerts.detection.webinars import SETTINGS, TODAY, baseline, moment, rates

LOW = {"a": Counts(300, 50, 50, 50, None), "b": Counts(200, 80, 80, 80, None)}


def run(moments: list[Moment]) -> tuple[dict[str, Alarm], list[list[Change]]]:
    alarms: dict[str, Alarm] = {}
    said = []
    for one in moments:
        findings = judge([one], {one.webinar.webinar_id: baseline()}, SETTINGS)
        alarms, changes = step(alarms, [one], findings, SETTINGS)
        said.append(changes)
    return alarms, said


def conditions(moments: list[Moment]) -> list[str]:
    return [change.after for changes in run(moments)[1] for change in changes]


def test_a_drop_is_said_once_and_only_when_it_lasts() -> None:
    _, said = run([moment(LOW)] * 6)
    assert [len(changes) for changes in said] == [0, 0, 1, 0, 0, 0]
    (change,) = said[2]
    assert (change.subject, change.before, change.after) == (TODAY.webinar_id, "usual", "drop")
    assert [one.segment.value for one in change.findings] == ["", "a"]


def test_a_drop_that_comes_and_goes_is_not_said() -> None:
    assert conditions([moment(LOW), moment(LOW), moment(rates(40))] * 3) == []


def test_it_is_over_only_when_it_has_been_usual_for_a_while() -> None:
    assert conditions([moment(LOW)] * 3 + [moment(rates(40)), moment(LOW)] * 6) == ["drop"]
    assert conditions([moment(LOW)] * 3 + [moment(rates(40))] * 5) == ["drop", "usual"]


def test_a_webinar_that_can_no_longer_be_judged_keeps_its_alarm() -> None:
    unmatched = moment(LOW, in_the_room=400, walk_ins=300)
    assert conditions([moment(LOW)] * 3 + [unmatched] * 9) == ["drop"]


def test_an_empty_room_is_an_alarm_after_some_minutes_and_people_end_it() -> None:
    nobody = {"a": Counts(300, 0), "b": Counts(200, 0)}
    assert conditions([moment(nobody, minute=4), moment(nobody, minute=9)]) == []
    assert conditions([moment(nobody, minute=10), moment(nobody, minute=11)]) == ["empty"]
    assert conditions([moment(nobody, minute=10), moment(rates(40), minute=11)]) == ["empty", "usual"]


def test_an_empty_room_of_a_handful_is_chance() -> None:
    assert conditions([moment({"a": Counts(6, 0)}, minute=30)]) == []


def test_no_event_at_all_is_an_alarm_even_if_nobody_is_known_to_have_registered() -> None:
    assert conditions([moment({}, minute=10, any_event=False)]) == ["silent"]


def test_a_service_that_reports_after_the_end_raises_no_alarm_while_live() -> None:
    later = TODAY._replace(capabilities=frozenset({"persons"}))
    assert conditions([moment({"a": Counts(300, 0)}, minute=30, today=later, any_event=False)] * 4) == []


def test_a_region_is_said_only_where_none_of_its_webinars_said_it() -> None:
    middling = {"a": Counts(60, 16, 16, 16, None), "b": Counts(40, 11, 11, 11, None)}
    for groups, expected in ((middling, {"region=r", "course=c", "language=en"}), (LOW, {"zoom:40", "zoom:41"})):
        several = [
            moment(groups, today=TODAY._replace(webinar_id=f"zoom:4{n}")) for n in range(5 if groups is middling else 2)
        ]
        baselines = {one.webinar.webinar_id: baseline() for one in several}
        alarms: dict[str, Alarm] = {}
        for _ in range(3):
            alarms, changes = step(alarms, several, judge(several, baselines, SETTINGS), SETTINGS)
        assert {change.subject for change in changes} == expected


def test_an_alarm_of_a_bucket_that_is_no_more_does_not_stay_on() -> None:
    raised, _ = run([moment(LOW)] * 3)
    chosen = SETTINGS.model_copy(update={"alerting": ("visits_full",)})
    after, changes = step(raised, [moment(LOW)], [], chosen)
    assert after == {TODAY.webinar_id: Alarm("usual", ())}
    assert [(change.before, change.after) for change in changes] == [("drop", "usual")]
