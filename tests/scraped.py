"""What an endpoint of metrics answers."""

import urllib.request
from collections.abc import Iterable

from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families


def scraped(port: int) -> list[Metric]:
    """The families at this port of this machine."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
        return list(text_string_to_metric_families(answer.read().decode()))


def names_of(families: Iterable[Metric]) -> set[str]:
    """Their names as declared: the parser cuts a counter's `_total`."""
    return {f"{one.name}_total" if one.type == "counter" else one.name for one in families}


def value_of(families: Iterable[Metric], name: str, **labels: str) -> float:
    """The sum of the series of that name that have these labels."""
    return sum(
        sample.value
        for family in families
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )
