"""Which earlier webinars are alike, and in which words."""

from alerts.detection.peers import HEAVIEST
from contract.instants import HOUR
from tests.alerts.detection.webinars import PAST, SETTINGS, TODAY, baseline, webinar, webinars


def test_the_latest_of_the_series_are_usual_where_the_same_weekday_has_too_few() -> None:
    found = baseline()
    assert found.likeness == "the same course, region and format"
    assert (found.n, found.members[0].webinar_id) == (40, "zoom:39")


def test_the_same_weekday_and_hour_say_the_rate_where_there_are_enough() -> None:
    found = baseline(webinar(70), [webinars(day) for day in range(70)])
    counting = [one for one in found.members if one.weight]
    assert found.likeness.endswith("weekday and hour")
    assert {int(one.webinar_id[5:]) % 7 for one in counting} == {0}
    assert len(counting) == found.n == 10
    assert len(found.members) >= SETTINGS.most_peers


def test_too_few_of_a_course_are_pooled_upward() -> None:
    past = [one._replace(course="other") for one in PAST]
    assert baseline(TODAY, past).likeness == "the same region and format"


def test_a_webinar_of_another_format_is_never_alike() -> None:
    assert baseline(TODAY, [one._replace(format="recorded") for one in PAST]).n == 0


def test_recent_webinars_weigh_more() -> None:
    weights = [one.weight for one in baseline().members]
    assert weights == sorted(weights, reverse=True)
    assert weights[0] <= HEAVIEST
    day_45_before = baseline(webinar(45), [webinars(day) for day in range(20)]).members[-1]
    assert day_45_before.weight == HEAVIEST / 2


def test_excluded_unfinished_and_later_webinars_are_left_out() -> None:
    past = [*PAST[:20], webinars(20, excluded=True), webinars(21, ended=False, final=False), webinars(50)]
    past.append(webinars(40, webinar_id="zoom:at-the-same-time"))
    # It began before and was still live.
    past.append(webinars(39, webinar_id="zoom:still-live", begin=TODAY.begin - HOUR, end=TODAY.begin + 1))
    past.append(webinars(22, final=False, capabilities=frozenset({"persons"})))
    assert {one.webinar_id for one in baseline(TODAY, past).members} == {one.webinar_id for one in PAST[:20]}


def test_other_platforms_take_part_only_until_there_are_enough_of_the_same() -> None:
    others = [one._replace(webinar_id=f"old:{one.begin}", platform="old") for one in PAST]
    few = baseline(TODAY, [*others, *PAST[-5:]])
    assert few.likeness.endswith(", on any platform")
    enough = baseline(TODAY, [*others, *PAST[-SETTINGS.enough_peers :]])
    assert all(one.webinar_id.startswith("zoom") for one in enough.members)


def test_a_few_webinars_of_a_drop_say_nothing_of_the_variation_and_more_are_the_new_usual() -> None:
    def variation(fallen: int) -> set[str]:
        past = [*PAST[:-fallen], *(one._replace(had_drop=True) for one in PAST[-fallen:])]
        members = baseline(TODAY, past).members
        assert all(one.weight for one in members)
        return {one.webinar_id for one in members if one.recency == 0}

    assert variation(SETTINGS.most_fallen) == {one.webinar_id for one in PAST[-SETTINGS.most_fallen :]}
    assert variation(SETTINGS.most_fallen + 1) == set()
