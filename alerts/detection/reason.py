"""Why a conversion changed: an additive decomposition into mix and rate whose parts sum to the change exactly. Pure.

*mix*: other people than usual (more from a weaker source, a source seen for the first time); *rate*: the same source
converting otherwise than it used to. All numbers are fractions of whole numbers, so that nothing is rounded.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Literal, NamedTuple, TypeAlias

from alerts.detection.settings import Metric

Dimension: TypeAlias = Literal["source_group", "source", "campaign", "people", "country"]

BY_SOURCE: tuple[Dimension, ...] = ("source_group", "source", "campaign")
"""Down from the group: a new source that no rule sorts is still named by its raw value."""
OTHER: tuple[tuple[Dimension, ...], ...] = (("people",), ("country",))
"""`people` is "new" or "returning"."""


class Cell(NamedTuple):
    """People of one webinar who share these values, at one elapsed time. Empty text: nobody said it."""

    registrations: int
    converted: int
    source_group: str
    source: str = ""
    campaign: str = ""
    people: str = ""
    country: str = ""


def cell_of(row: Mapping[str, Any], metric: Metric) -> Cell:
    """A row of the view reason_cells."""
    return Cell(
        row["registrations"],
        row[f"registered_{metric}"],
        row["source_group"],
        row["raw_source"] or row["source_group"],
        row["campaign"],
        row["people"],
        row["country"],
    )


class Part(NamedTuple):
    """What one source (or country, or …) has to do with the change. 1/100 is a point."""

    dimension: Dimension
    value: str
    new: bool
    """Nobody came from it in the webinars that are usual."""
    registrations: int
    converted: int
    baseline_share: Fraction
    """Its share of the usual registrations."""
    baseline_rate: Fraction | None
    """None: it is new."""
    mix: Fraction
    rate: Fraction
    inside: tuple["Part", ...]
    """The same by the next dimension; their sum is this part's mix + rate."""

    @property
    def change(self) -> Fraction:
        """What it adds to the change."""
        return self.mix + self.rate


class Reason(NamedTuple):
    """A change and its parts, the most lowering one first."""

    registrations: int
    converted: int
    baseline_rate: Fraction
    parts: tuple[Part, ...]

    @property
    def change(self) -> Fraction:
        """Conversion now less the usual one: exactly the sum over `parts` of their change."""
        return Fraction(self.converted, self.registrations) - self.baseline_rate


class _Tally(NamedTuple):
    present: list[tuple[int, Cell]]
    baseline: list[tuple[int, Cell]]


class _Linear(NamedTuple):
    """What is spread over people: so much for each registration, for each usual one, for each conversion."""

    registered: Fraction = Fraction(0)
    baseline: Fraction = Fraction(0)
    converted: Fraction = Fraction(0)

    def plus(self, registered: Fraction, baseline: Fraction, converted: Fraction) -> "_Linear":
        return _Linear(self.registered + registered, self.baseline + baseline, self.converted + converted)


def explain(
    now: Iterable[Cell], earlier: Iterable[tuple[int, Iterable[Cell]]], by: Sequence[Dimension] = BY_SOURCE
) -> Reason | None:
    """The change against earlier webinars, each with its `peers.Member.weight`, by one dimension after another.

    None where there is nobody now, or nobody earlier: then nothing changed.

    New values are taken out first: what they add is their share times how much worse they convert than the others now.
    The rest is, for a value with share s and conversion r (0 usual, 1 now): mix (s1 - s0)(r0 - R0), rate s1 (r1 - r0).
    """
    tally = _Tally([(1, cell) for cell in now], [(weight, cell) for weight, cells in earlier for cell in cells])
    people, converted = _sum(tally.present)
    baseline, baseline_converted = _sum(tally.baseline)
    if not people or not baseline:
        return None
    parts = _parts(tally, tuple(by), Fraction(1), _Linear(), baseline)
    return Reason(people, converted, Fraction(baseline_converted, baseline), parts)


def combined(reasons: Sequence[Reason]) -> Reason:
    """The change of several webinars together, each weighed by its registrations, with the parts of all of them.

    Its usual rate is what these people would have done had each webinar been as usual.
    """
    people = sum(one.registrations for one in reasons)
    shares = [Fraction(one.registrations, people) for one in reasons]
    baseline = sum((share * one.baseline_rate for share, one in zip(shares, reasons, strict=True)), Fraction(0))
    parts = _merged([(share, part) for share, one in zip(shares, reasons, strict=True) for part in one.parts])
    return Reason(people, sum(one.converted for one in reasons), baseline, parts)


def _merged(parts: Sequence[tuple[Fraction, Part]]) -> tuple[Part, ...]:
    by_value: dict[str, list[tuple[Fraction, Part]]] = {}
    for share, part in parts:
        by_value.setdefault(part.value, []).append((share, part))
    found = []
    for value, same in by_value.items():
        baseline_share = sum((share * one.baseline_share for share, one in same), Fraction(0))
        baseline = sum((share * one.baseline_share * (one.baseline_rate or 0) for share, one in same), Fraction(0))
        found.append(
            Part(
                same[0][1].dimension,
                value,
                baseline_share == 0,
                sum(one.registrations for _, one in same),
                sum(one.converted for _, one in same),
                baseline_share,
                baseline / baseline_share if baseline_share else None,
                sum((share * one.mix for share, one in same), Fraction(0)),
                sum((share * one.rate for share, one in same), Fraction(0)),
                _merged([(share, inner) for share, one in same for inner in one.inside]),
            )
        )
    return tuple(sorted(found, key=lambda part: (part.change, part.value)))


def _parts(
    tally: _Tally, by: tuple[Dimension, ...], scale: Fraction, inherited: _Linear, everybody: int
) -> tuple[Part, ...]:
    """The parts of `scale` times the tally's change, and of what is inherited from above."""
    if not by:
        return ()
    groups = _by_value(tally, by[0])
    people, _ = _sum(tally.present)
    baseline, baseline_converted = _sum(tally.baseline)
    known = [_sum(group.present) for group in groups.values() if _sum(group.baseline)[0]]
    known_people, known_converted = sum(n for n, _ in known), sum(k for _, k in known)
    rate = Fraction(baseline_converted, baseline) if baseline else Fraction(0)
    of_known = Fraction(known_converted, known_people) if known_people else rate
    parts = []
    for value, group in groups.items():
        n, k = _sum(group.present)
        n0, k0 = _sum(group.baseline)
        spread, own = inherited, Fraction(0)
        if scale and n0 and known_people:
            better = Fraction(k0, n0) - rate
            spread = spread.plus(scale * better / known_people, -scale * better / baseline, Fraction(0))
            own = scale * Fraction(n, known_people)
        elif scale and n:
            spread = spread.plus(-scale * of_known / people, Fraction(0), scale / people)
        mix = spread.registered * n + spread.baseline * n0 + spread.converted * k
        changed = own * (Fraction(k, n) - Fraction(k0, n0)) if own else Fraction(0)
        inside = _parts(group, by[1:], own, spread, everybody)
        share, baseline_rate = Fraction(n0, everybody), Fraction(k0, n0) if n0 else None
        parts.append(Part(by[0], value, n0 == 0, n, k, share, baseline_rate, mix, changed, inside))
    return tuple(sorted(parts, key=lambda part: (part.change, part.value)))


def _by_value(tally: _Tally, dimension: Dimension) -> dict[str, _Tally]:
    groups: dict[str, _Tally] = {}
    for one in tally.present:
        groups.setdefault(getattr(one[1], dimension), _Tally([], [])).present.append(one)
    for one in tally.baseline:
        groups.setdefault(getattr(one[1], dimension), _Tally([], [])).baseline.append(one)
    return groups


def _sum(cells: Iterable[tuple[int, Cell]]) -> tuple[int, int]:
    people = converted = 0
    for weight, cell in cells:
        people += weight * cell.registrations
        converted += weight * cell.converted
    return people, converted


def rounded(parts: Sequence[Fraction], unit: Fraction, whole: int | None = None) -> list[int]:
    """Whole units that add up: what people see adds up too (largest remainders).

    `whole`: what they add up to; by default the rounded sum of the parts.
    """
    floors = [part // unit for part in parts]
    if whole is None:
        whole = round(sum(parts, Fraction(0)) / unit)
    for _ in range(abs(whole - sum(floors))):
        gap = [parts[i] / unit - floors[i] for i in range(len(parts))]
        if whole > sum(floors):
            floors[gap.index(max(gap))] += 1
        else:
            floors[gap.index(min(gap))] -= 1
    return floors
