"""One webinar held against the ones like it: what lies outside its typical band, and why something is not judged. Pure.

Of every webinar, ended, live or upcoming, and of each by itself. What is sent as a message is decided elsewhere
(detect.py, alarm.py): surer, and only where it is new.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple, TypeAlias

from alerts.detection.alarm import missing
from alerts.detection.measurements import METRICS, Counts, Moment, Webinar
from alerts.detection.pace import Pace
from alerts.detection.peers import PeerGroup
from alerts.detection.settings import DropSettings
from alerts.detection.typical import Band, Peer, counts, rates
from contract.instants import MINUTE

Kind: TypeAlias = Literal["drop", "rise", "standout", "empty_room", "no_events", "pace"]
"""A rate below its band, or above; registrations outside theirs; the others as alerts have them."""
REGISTRATIONS = "registrations"


class Own(NamedTuple):
    """The numbers of one webinar."""

    counts: Counts
    visits_all: int = 0
    walk_ins: int = 0


class Found(NamedTuple):
    """Something outside its band."""

    kind: Kind
    metric: str
    value: float
    band: Band


class Verdict(NamedTuple):
    """What is said of one webinar."""

    bands: Mapping[str, Band]
    """By metric; of registrations by REGISTRATIONS."""
    found: tuple[Found, ...]
    why: str
    """Why its rates are not judged; empty: they are."""
    why_registrations: str
    """The same of its registrations."""


def ended(webinar: Webinar, own: Own, group: PeerGroup, peers: Mapping[str, Own], settings: DropSettings) -> Verdict:
    """`peers`: by webinar_id, those of `group` that have ended."""
    members = [
        (one.weight, peers[one.webinar_id].counts) for one in group.members if one.weight and one.webinar_id in peers
    ]
    bands = _bands(own.counts.registrations, members, settings)
    if "persons" not in webinar.capabilities:
        # What is typical of registrants who came is no measure of totals.
        bands = {metric: band for metric, band in bands.items() if metric == REGISTRATIONS}
    few = _few(len(members), settings)
    why = not_believed(webinar, own, settings) or few
    found = [] if why else _outside(own.counts, bands)
    if not own.visits_all and "live" in webinar.capabilities and own.counts.registrations >= settings.least_expected:
        # No drop: that nothing was heard of it is what there is to say.
        found = [Found("no_events", "visits", 0.0, bands.get("visits", Band(0.0, 0.0, 0.0)))]
    why_registrations = _rows(webinar) or few
    if not why_registrations:
        found = [*_standout(own, bands.get(REGISTRATIONS)), *found]
    return Verdict(bands, tuple(found), why, why_registrations)


def live(
    webinar: Webinar,
    moment: Moment,
    own: Own,
    bands: Mapping[str, Band],
    peers: int,
    settings: DropSettings,
    registered: Band | None = None,
) -> Verdict:
    """A webinar that runs: `own` so far against `bands`, those of its `peers` at the same minute, and its registrants
    against what is typical of them at the end (`registered`; None: not known).
    """
    condition = missing(moment, settings)
    if condition is not None:
        kind: Kind = "no_events" if condition == "silent" else "empty_room"
        found = Found(kind, "visits", 0.0, bands.get("visits", Band(0.0, 0.0, 0.0)))
        return Verdict(bands, (found,), "", "")
    early = moment.elapsed < settings.first_look_minutes * MINUTE
    why = f"It is judged from minute {settings.first_look_minutes} on." if early else ""
    why = why or ("" if own.visits_all else "Nobody is in the room yet.")
    few = _few(peers, settings)
    if few and registered is not None:
        few = f"Fewer than {settings.least_peers} webinars like it lasted so long."
    why = why or not_believed(webinar, own, settings) or few
    found_rates = [] if why else _outside(own.counts, bands)
    why_registrations = _rows(webinar)
    standout = [] if why_registrations else _standout(own, registered)
    return Verdict(bands, (*standout, *found_rates), why, why_registrations)


def upcoming(found: Pace | None, peers: int, settings: DropSettings) -> Verdict:
    """A webinar that has not begun. `found`: None where it has too few `peers`."""
    if found is None:
        return Verdict({}, (), "", _few(peers, settings) or "No earlier webinar like it says how registrations grow.")
    band = Band(found.low, found.expected, found.high)
    behind = Found("pace", REGISTRATIONS, found.expected, band._replace(middle=float(found.baseline_final)))
    # As it is marked: what chance makes of such webinars needs nobody's attention.
    return Verdict({REGISTRATIONS: band}, (behind,) if found.beyond else (), "", "")


def not_believed(webinar: Webinar, own: Own, settings: DropSettings) -> str:
    """Why no rate of it can be judged, whatever is typical; empty: it can."""
    if _rows(webinar):
        return _rows(webinar)
    if "persons" not in webinar.capabilities:
        return "Only totals are told of it: nobody knows who of the registrants came."
    if not webinar.final and "live" not in webinar.capabilities:
        return "Its service tells who came only after the end: that is not complete yet."
    if own.visits_all and 1 - own.walk_ins / own.visits_all < settings.least_matched:
        matched = 1 - own.walk_ins / own.visits_all
        return f"Only {100 * matched:.0f} % of those in the room match a registration."
    if own.counts.registrations < settings.least_registrations:
        people = "1 registrant" if own.counts.registrations == 1 else f"{own.counts.registrations} registrants"
        return f"Only {people}: rates are judged from {settings.least_registrations} on."
    return ""


def _bands(people: int, members: Sequence[tuple[int, Counts]], settings: DropSettings) -> dict[str, Band]:
    registered = counts([Peer(weight, one.registrations) for weight, one in members])
    found = {REGISTRATIONS: registered} if registered is not None and len(members) >= settings.least_peers else {}
    for metric in METRICS:
        peers = [
            Peer(weight, part, one.registrations)
            for weight, one in members
            if (part := one.of(metric)) is not None and one.registrations
        ]
        # Of a webinar without registrants yet the band is that of the typical number.
        band = rates(peers, people or round(registered.middle if registered is not None else 0))
        if band is not None and len(peers) >= settings.least_peers:
            found[metric] = band
    return found


def _standout(own: Own, registered: Band | None) -> list[Found]:
    people = own.counts.registrations
    if registered is None or not registered.side(people):
        return []
    return [Found("standout", REGISTRATIONS, people, registered)]


def _outside(own: Counts, bands: Mapping[str, Band]) -> list[Found]:
    """The first step of the funnel that lies outside its band: those after it follow from it."""
    for metric in METRICS:
        part = own.of(metric)
        if part is None or metric not in bands or not own.registrations:
            continue
        share = part / own.registrations
        side = bands[metric].side(share)
        if side:
            return [Found("drop" if side < 0 else "rise", metric, share, bands[metric])]
    return []


def _rows(webinar: Webinar) -> str:
    missing_rows = "Rows of a file about it were rejected: correct them and import the whole file again."
    return missing_rows if webinar.rows_missing else ""


def _few(peers: int, settings: DropSettings) -> str:
    if peers >= settings.least_peers:
        return ""
    if not peers:
        return f"No earlier webinar is like it: it is judged beside {settings.least_peers} or more."
    like = "1 webinar" if peers == 1 else f"{peers} webinars"
    return f"Only {like} like it: it is judged beside {settings.least_peers} or more."
