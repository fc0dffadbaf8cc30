"""Webinars of one series for the tests of this folder."""

from collections.abc import Mapping

from alerts.detection.measurements import Counts, Moment, Webinar
from alerts.detection.peers import History, PeerGroup, peer_group
from alerts.detection.settings import DropSettings
from contract.instants import DAY, HOUR, MINUTE

SETTINGS = DropSettings()


def webinar(day: int, **more: object) -> Webinar:
    """One of a series that is held daily at 18:00; day 0 is a Monday."""
    plain = Webinar(f"zoom:{day}", day * DAY + 18 * HOUR, "zoom", "c", "r", "en", "live", day % 7 + 1, 18)
    return plain._replace(**more)  # type: ignore[arg-type]


def webinars(day: int, **more: object) -> Webinar:
    """One that has ended."""
    return webinar(day, **{"ended": True, "final": True, **more})


PAST = [webinars(day) for day in range(40)]
TODAY = webinar(40)


def baseline(today: Webinar = TODAY, past: list[Webinar] = PAST) -> PeerGroup:
    return peer_group(today, History(past), SETTINGS)


def rates(day: int) -> dict[str, Counts]:
    """500 people of two sources; two in five come, a little more or fewer."""
    came = 120 + (day * 7) % 9 - 4
    return {"a": Counts(300, came, came, came, None), "b": Counts(200, 80, 80, 80, None)}


def moment(groups: Mapping[str, Counts], minute: int = 40, today: Webinar = TODAY, **more: object) -> Moment:
    """The webinar of today after 40 days of usual ones."""
    earlier = {one.webinar_id: rates(int(one.webinar_id[5:])) for one in PAST}
    there = sum(one.visits or 0 for one in groups.values())
    return Moment(today, minute * MINUTE, groups, earlier, **{"in_the_room": there, **more})  # type: ignore[arg-type]
