"""`funnel alerts explain WEBINAR`: the computation behind a verdict, so that everybody can follow it."""

from collections.abc import Iterator, Sequence

from alerts import wording
from alerts.detection import naming
from alerts.detection.findings import TOTAL, Finding
from alerts.detection.measurements import can_be_judged, doubtful, total
from alerts.detection.pace import pace
from alerts.detection.peers import PeerGroup
from alerts.detection.reason import BY_SOURCE, OTHER, Part, explain
from alerts.detection.sentence import CAME, CONVERSION, WORDS, band_of
from alerts.detection.settings import DropSettings, Metric
from alerts.detection.typical import Peer, counts
from alerts.evaluate import Evaluation, Outcome
from alerts.evidence import Evidence, Plan, WebinarInfo, grown, moment, plan
from alerts.read import Reader
from contract.instants import DAY, FAR_FUTURE, HOUR, MINUTE, format_instant
from contract.signed import signed

_MOST_MEMBERS = 12
_NOTHING = "no drop that is surely more than chance"
_SMALLEST = 1e-6
_WHO: dict[Metric, str] = {metric: did.removeprefix("stayed ") for metric, did in CAME.items()}


def explained(reader: Reader, webinar_id: str, at: int, days_ahead: int, settings: DropSettings) -> Iterator[str]:
    """Lines for people; nothing where no event names the webinar. An ended one as it stood an hour after its end."""
    found = reader.webinars(at).get(webinar_id)
    if found is None:
        return
    moment_at = min(at, found.ended_ms + HOUR)
    # An imported one too: it is asked about.
    webinars = {key: one._replace(imported=False) for key, one in reader.webinars(moment_at).items()}
    planned = plan(webinars.values(), moment_at, settings, max(days_ahead, 90))
    one = webinars[webinar_id]
    peers = planned.peers[webinar_id]
    evidence = reader.evidence(webinars, planned, moment_at)
    yield f"{webinar_id}: {wording.name(one)}"
    yield f"Looked at as of {format_instant(moment_at)}; {_state(one, moment_at)}."
    yield from _likeness(peers, evidence)
    if one.webinar.begin > moment_at:
        yield from _pace(one, peers, evidence, moment_at, settings)
        return
    # By itself, without the evaluations before and after it that a message needs.
    at_once = settings.model_copy(update={"evaluations_to_raise": 1})
    evaluation = Evaluation(
        moment_at,
        planned,
        evidence,
        at_once,
        lambda ids, elapsed, metric: reader.cells(ids, elapsed, metric, moment_at),
    )
    outcome = evaluation.run({}, {})
    unusual = [found for found in outcome.unusual.values() if found.webinar_id == webinar_id]
    said = next((found.sentence for found in unusual if found.kind != "standout"), _NOTHING)
    yield f"In short: {said}" if said.endswith((".", "?")) else f"In short: {said}."
    yield from _judged(one, planned, evidence, outcome, moment_at, settings)
    for metric in settings.alerting:
        yield from _reason(reader, one, planned, evidence, metric, moment_at)


def _state(one: WebinarInfo, at: int) -> str:
    webinar = one.webinar
    if webinar.begin > at:
        return "it has not begun"
    if webinar.ended:
        return "final numbers" if webinar.final else "it has ended, its numbers may still grow"
    return f"minute {(at - webinar.begin) // MINUTE} since its start"


def _likeness(peers: PeerGroup, evidence: Evidence) -> Iterator[str]:
    if not peers.n:
        yield "No earlier webinar is like it."
        return
    yield f"Compared with the last {peers.n} {'webinar' if peers.n == 1 else 'webinars'} of {peers.likeness}."
    main = [one for one in peers.members if one.weight]
    for one in main[:_MOST_MEMBERS]:
        info = evidence.webinars.get(one.webinar_id)
        had_drop = (
            "  (had a drop" + (": left out of how much they vary)" if one.recency == 0 else ")") if one.had_drop else ""
        )
        yield f"  weight {one.weight / 1000:.2f}  {wording.name(info) if info else one.webinar_id}{had_drop}"
    if len(main) > _MOST_MEMBERS:
        yield f"  and {len(main) - _MOST_MEMBERS} older ones"


def _judged(
    one: WebinarInfo, planned: Plan, evidence: Evidence, outcome: Outcome, at: int, settings: DropSettings
) -> Iterator[str]:
    webinar_id = one.webinar.webinar_id
    now = moment(one, planned.peers[webinar_id], evidence, at)
    if one.webinar.rows_missing:
        yield "Not judged: rows of a file about it were rejected. Correct them and import the whole file again."
    elif doubtful(now, settings):
        share = 1 - now.walk_ins / now.in_the_room
        yield f"Not judged: only {wording.percent(share)} of those in the room match a registration."
    for metric in settings.alerting:
        if not can_be_judged(now, metric, settings):
            yield f"{CONVERSION[metric]}: not judged yet, or not told by the service."
    findings = [finding for finding in outcome.findings if finding.segment.webinar_id == webinar_id]
    yield from _table([naming.finding(one, evidence.names) for one in findings], settings)
    members = {member.webinar_id: member.weight for member in planned.peers[webinar_id].members if member.weight}
    peers = [
        Peer(members[member], total(groups.values()).registrations)
        for member, groups in now.earlier.items()
        if member in members
    ]
    band = counts(peers) if len(peers) >= settings.least_peers else None
    registrations = total(now.groups.values()).registrations
    if band is None:
        yield "Registrants: too few earlier webinars like it to say what is typical."
    else:
        word = {-1: "fewer than typical", 0: "typical", 1: "more than typical"}[band.side(registrations)]
        yield f"Registrants: {registrations}, typically {band_of(band, 'registrations')}: {word}."


def _table(findings: Sequence[Finding], settings: DropSettings) -> Iterator[str]:
    if not findings:
        yield (
            f"No segment could be judged: that needs {settings.least_registrations} registrations"
            f" and {settings.least_peers} earlier webinars with people in it."
        )
        return
    yield "  who             of                           n   now  typ.     band           chance  verdict"
    for one in findings:
        segment = "all" if one.segment.dimension == TOTAL else one.segment.value
        low, high = one.band
        verdict = "drop" if one.drop else "lower, not enough" if one.p <= settings.clear_chance else "typical"
        yield (
            f"  {_WHO[one.metric]:<14}  {segment[:24]:<24} {one.registrations:>5}  {one.rate:>4.0%}"
            f"  {one.baseline:>4.0%}   {low:>4.0%} to {high:<4.0%}  {_one_in(one.p):>14}  {verdict}"
        )
    yield (
        "  chance: how probable so few are without a drop. A drop needs at most"
        f" {_one_in(settings.chance)} (source groups {_one_in(settings.chance_elsewhere)}, stays"
        f" {_one_in(settings.chance_of_stays)}), among all that is looked at at most"
        f" {wording.percent(settings.false_discoveries)} by chance, and at least"
        f" {100 * settings.least_drop:g} points and {wording.percent(settings.least_relative_drop)} below typical."
    )


def _one_in(chance: float) -> str:
    """A small probability in words."""
    if chance < _SMALLEST:
        return f"< 1 in {1 / _SMALLEST:,.0f}"
    return f"1 in {1 / chance:,.0f}" if chance < 0.1 else f"{chance:.0%}".replace("%", " %")


def _reason(
    reader: Reader, one: WebinarInfo, planned: Plan, evidence: Evidence, metric: Metric, at: int
) -> Iterator[str]:
    webinar_id = one.webinar.webinar_id
    now = moment(one, planned.peers[webinar_id], evidence, at)
    weights = {
        member.webinar_id: member.weight
        for member in planned.peers[webinar_id].members
        if member.weight and member.webinar_id in now.earlier
    }
    cells = reader.cells([webinar_id, *weights], FAR_FUTURE if one.webinar.ended else now.elapsed, metric, at)
    earlier = [(weight, cells[member]) for member, weight in weights.items() if member in cells]
    for by in (BY_SOURCE, *OTHER):
        reason = explain(cells.get(webinar_id, ()), earlier, by=by)
        if reason is None or (len(reason.parts) < 2 and by is not BY_SOURCE):
            continue
        yield (
            f"{CONVERSION[metric]} by {WORDS[by[0]]}: {reason.converted} of {reason.registrations},"
            f" {signed(reason.change * 100, 2)} pp against {float(reason.baseline_rate):.1%};"
            " the parts below add up to it"
        )
        yield from _parts(naming.reason(reason, evidence.names).parts, 1)


def _parts(parts: Sequence[Part], depth: int) -> Iterator[str]:
    for part in parts:
        before = "new" if part.baseline_rate is None else f"typically {float(part.baseline_rate):.1%}"
        rate = f"{part.converted / part.registrations:.1%}" if part.registrations else "nobody"
        yield (
            f"{'  ' * depth}{signed(part.change * 100, 2):>7} = mix {signed(part.mix * 100, 2)}, rate"
            f" {signed(part.rate * 100, 2)}  {part.value or 'nothing said'}: n={part.registrations}, {rate} ({before})"
        )
        if len(part.inside) > 1:
            yield from _parts(part.inside, depth + 1)


def _pace(one: WebinarInfo, peers: PeerGroup, evidence: Evidence, at: int, settings: DropSettings) -> Iterator[str]:
    now, earlier = grown(one, peers, evidence, at)
    found = pace(now, peers, earlier, settings)
    if found is None:
        yield f"Registered: {sum(now.values())}. Too few earlier webinars are like it to say what is typical by now."
        return
    found = found._replace(gaps=naming.gaps(found.gaps, evidence.names))
    yield wording.pace_sentence(found, (one.webinar.begin - at) / DAY)
    for gap in found.gaps:
        yield f"  {signed(gap.more):>7}  {gap.value}: {gap.registrations}, typically {float(gap.baseline):.1f}"
    yield "Behind, beyond chance." if found.beyond else "Behind, within chance." if found.behind else "Not behind."
