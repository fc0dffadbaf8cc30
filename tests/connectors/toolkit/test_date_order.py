"""5 October or 10 May: the file decides."""

import pytest

from connectors.toolkit.date_order import OrderError, Orders


def orders(*texts: str) -> Orders:
    found = Orders()
    for line, text in enumerate(texts, start=1):
        found.add(text, line)
    return found


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (["05/10/2026 18:00", "28/09/2026 12:00:00"], "day-first"),
        (["05/10/2026", "09/28/2026 1:00 PM"], "month-first"),
        (["05-10-26", "13-10-26"], "day-first"),
        (["05/10/2026", "--", "", "Nov 5, 2026", "2026-13-01"], None),
        (["12/05/2026", "05/12/2026", "12/12/2026"], None),
        ([], None),
    ],
)
def test_one_date_above_twelve_settles_the_file(texts: list[str], order: str | None) -> None:
    assert orders(*texts).order() == order


def test_dates_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(OrderError, match="lines 1 and 3"):
        orders("28/09/2026", "", "09/28/2026").order()
    with pytest.raises(OrderError, match="lines 1 and 3"):
        orders("28/09/2026", "29/09/2026", "09/28/2026", "09/29/2026").order()


def test_where_day_and_month_are_the_same_nothing_has_to_be_known() -> None:
    assert orders("05/10/2026 18:00").undecided
    assert not orders("05/05/2026", "2026-10-05", "Oct 5, 2026", "28/09/2026").undecided
