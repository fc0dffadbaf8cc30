"""What is judged, against what, and what is a drop."""

from alerts.detection.detect import judge
from alerts.detection.findings import TOTAL, Finding
from alerts.detection.measurements import Counts, Moment
from contract.instants import MINUTE
from tests.alerts.detection.webinars import PAST, SETTINGS, TODAY, baseline, moment, rates, webinar, webinars

LOW = {"a": Counts(300, 50, 50, 50, None), "b": Counts(200, 80, 80, 80, None)}


def judged(now: Moment) -> list[Finding]:
    return judge([now], {now.webinar.webinar_id: baseline(now.webinar)}, SETTINGS)


def found(now: Moment) -> dict[tuple[str, str, str], bool]:
    return {(one.segment.dimension, one.segment.value, one.metric): one.drop for one in judged(now)}


def test_a_usual_webinar_has_no_drop() -> None:
    verdicts = found(moment(rates(40)))
    assert verdicts
    assert not any(verdicts.values())


def test_a_source_that_fell_drops_and_the_others_do_not() -> None:
    verdicts = found(moment(LOW))
    assert verdicts["source_group", "a", "visits"]
    assert not verdicts["source_group", "b", "visits"]


def test_the_same_drop_in_the_next_webinars_is_found_too_until_it_is_the_new_usual() -> None:
    earlier = {one.webinar_id: rates(int(one.webinar_id[5:])) for one in PAST[:12]}
    found_again = []
    for day in range(12, 12 + SETTINGS.most_fallen + 3):
        today = webinar(day)
        past = [webinars(int(one[5:]), had_drop=earlier[one] == LOW) for one in earlier]
        now = Moment(today, 40 * MINUTE, LOW, dict(earlier), in_the_room=130)
        whole = judge([now], {today.webinar_id: baseline(today, past)}, SETTINGS)[0]
        assert whole.segment.dimension == TOTAL
        found_again.append(whole.drop)
        earlier[today.webinar_id] = LOW
    assert found_again == [True] * (SETTINGS.most_fallen + 1) + [False] * 2


def test_too_few_people_are_not_judged() -> None:
    few = {"a": Counts(300, 120, 120, 120, None), "b": Counts(29, 0, 0, 0, None)}
    assert ("source_group", "b", "visits") not in found(moment(few))


def test_a_source_without_enough_history_is_not_judged_by_itself() -> None:
    new = {**rates(40), "new": Counts(300, 3, 3, 3, None)}
    verdicts = found(moment(new))
    assert ("source_group", "new", "visits") not in verdicts
    assert verdicts[TOTAL, "", "visits"]


def test_what_is_sure_but_small_is_no_drop() -> None:
    slight = {"a": Counts(30_000, 11_400, None, None, None), "b": Counts(20_000, 8_000, None, None, None)}
    assert not any(found(moment(slight)).values())


def test_a_bucket_is_judged_only_when_it_has_existed_for_a_while() -> None:
    metrics = {metric for _, _, metric in found(moment(rates(40), minute=34))}
    assert metrics == {"visits", "visits_5m"}
    assert not found(moment(rates(40), minute=4))


def test_what_the_service_cannot_tell_yet_is_not_judged_before_the_end() -> None:
    later = TODAY._replace(capabilities=frozenset({"persons", "seconds"}))
    assert not found(moment(LOW, today=later))
    assert found(moment(LOW, today=later._replace(ended=True, final=True)))[TOTAL, "", "visits"]
    stays = TODAY._replace(capabilities=frozenset({"persons", "live"}))
    assert {metric for _, _, metric in found(moment(LOW, today=stays))} == {"visits"}


def test_nothing_is_judged_while_those_in_the_room_match_no_registration() -> None:
    assert not found(moment(LOW, in_the_room=400, walk_ins=300))
    assert not found(moment(LOW, in_the_room=400, walk_ins=180, baseline_walk_ins=0.05))
    assert found(moment(LOW, in_the_room=400, walk_ins=60, baseline_walk_ins=0.05))


def test_one_webinar_alone_is_no_region() -> None:
    assert {one.segment.dimension for one in judged(moment(LOW))} == {TOTAL, "source_group"}


def test_what_one_of_many_segments_shows_may_be_chance() -> None:
    settings = SETTINGS.model_copy(update={"chance": 0.05})
    lower = {"a": Counts(500, 170, None, None, None)}

    def dropped(others: int) -> bool:
        webinars = [TODAY._replace(webinar_id=f"zoom:4{n}", course="", region="", language="") for n in range(others)]
        moments = [moment(lower), *(moment(rates(40), today=one) for one in webinars)]
        findings = judge(moments, {one.webinar.webinar_id: baseline() for one in moments}, settings)
        whole = next(one for one in findings if one.segment.webinar_id == TODAY.webinar_id)
        assert whole.segment.dimension == TOTAL
        assert whole.p <= settings.chance
        return whole.drop

    assert dropped(others=0)
    assert not dropped(others=20)


def test_it_is_calm_when_chance_explains_it_or_when_little_is_left() -> None:
    def whole(came: int, people: int) -> Finding:
        return judged(moment({"a": Counts(people, came, None, None, None)}))[0]

    explained, slight, low = whole(33, 100), whole(38_900, 100_000), whole(160, 500)
    assert explained.p >= SETTINGS.clear_chance
    assert explained.baseline - explained.rate > SETTINGS.least_drop
    assert slight.baseline - slight.rate < SETTINGS.least_drop / 2 + 0.01
    assert [one.calm for one in (explained, slight, low)] == [True, True, False]


def test_webinars_of_a_region_are_judged_together_where_each_alone_is_not_sure() -> None:
    middling = {"a": Counts(60, 16, 16, 16, None), "b": Counts(40, 11, 11, 11, None)}
    several = [moment(middling, today=TODAY._replace(webinar_id=f"zoom:4{n}")) for n in range(5)]
    findings = judge(several, {one.webinar.webinar_id: baseline() for one in several}, SETTINGS)
    drops = {one.segment.dimension for one in findings if one.drop and one.metric == "visits"}
    assert "region" in drops
    assert TOTAL not in drops


def test_a_finding_says_what_is_usual_its_band_and_of_how_many() -> None:
    whole = next(one for one in judged(moment(rates(40))) if one.segment.dimension == TOTAL)
    low, high = whole.band
    assert low < 0.4 < high
    assert abs(whole.baseline - 0.4) < 0.005
    assert (whole.registrations, whole.webinars) == (500, 40)
