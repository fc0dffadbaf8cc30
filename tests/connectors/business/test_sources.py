"""sources.yaml: the first rule that fits decides; a rule for what none sorts can be pasted as it is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.business.sources import FIELDS, SourceRules, rule_for, source_rules
from connectors.toolkit.marked import read

RULES = """rules:
  - group: VK ads
    when: {utm_source: [vk, vkontakte], utm_medium: cpc}
  - group: VK
    when: {utm_source: vk*}
  - group: Partner X
    when: {referrer_host: "*.partner-x.example"}
  - group: Bare telegram
    when: {utm_source: /^(tg|telegram)/, utm_medium: ""}
"""


def rules(text: str = RULES) -> SourceRules:
    return source_rules(read(text, "sources.yaml"))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"utm_source": "VKontakte", "utm_medium": "CPC"}, "VK ads at sources.yaml:2"),
        ({"utm_source": "vk", "utm_medium": "post"}, "VK at sources.yaml:4"),
        ({"referrer_host": "blog.partner-x.example"}, "Partner X at sources.yaml:6"),
        ({"utm_source": "telegram_ads"}, "Bare telegram at sources.yaml:8"),
        ({"utm_source": "telegram_ads", "utm_medium": "cpc"}, None),
        ({}, None),
    ],
)
def test_the_first_rule_that_fits_decides(said: dict[str, str], expected: str | None) -> None:
    decision = rules().decide(said)
    assert (f"{decision.group} at {decision.place}" if decision else None) == expected


_values = st.text(min_size=1, max_size=20).filter(lambda text: text.strip()).map(str.strip)


@given(st.dictionaries(st.sampled_from(FIELDS), _values, min_size=1), _values.filter(lambda text: text != "Walk-in"))
def test_the_ready_rule_sorts_its_source_whatever_is_in_it(said: dict[str, str], group: str) -> None:
    printable = {name: value for name, value in said.items() if value.isprintable()}
    if not printable or not group.isprintable():
        return
    decision = rules(f"rules:\n{rule_for(printable, group)}\n").decide(printable)
    assert decision is not None
    assert decision.group == group
