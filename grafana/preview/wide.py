"""Rows of several series in long form -> one column per series, like Grafana's LongToWide. Pure."""

from grafana.preview.frames import Column


def wide(found: list[Column]) -> list[Column]:
    """The columns of a time series query (format 0): a time, then the numbers of each combination of the texts.

    A result without a time or a text stays as it is. Raises ValueError for times that are null or not ascending.
    """
    times = next((one for one in found if one.kind == "time"), None)
    texts = [one for one in found if one.kind in ("string", "boolean")]
    numbers = [one for one in found if one.kind == "number"]
    if times is None or not texts or not numbers:
        return found
    if any(at is None for at in times.values):
        raise ValueError("a time series needs a time in every row")
    if any(later < earlier for earlier, later in zip(times.values, times.values[1:], strict=False)):
        raise ValueError("a time series needs its rows in the order of their time: ORDER BY time")
    moments = sorted(set(times.values))
    place = {at: index for index, at in enumerate(moments)}
    series: dict[tuple[str, ...], list[Column]] = {}
    for row, at in enumerate(times.values):
        labels = {one.name: _text(one.values[row]) for one in texts}
        if tuple(labels.values()) not in series:
            series[tuple(labels.values())] = [
                Column(one.name, "number", [None] * len(moments), labels) for one in numbers
            ]
        for number, into in zip(numbers, series[tuple(labels.values())], strict=True):
            into.values[place[at]] = number.values[row]
    by_number = [[series[key][index] for key in sorted(series)] for index in range(len(numbers))]
    return [Column(times.name, "time", list(moments)), *(one for column in by_number for one in column)]


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)
