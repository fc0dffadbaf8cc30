"""Rows of sums, which people and programs put below a table: neither a person nor a webinar. Pure."""

from collections.abc import Sequence

_WORDS = frozenset(
    (
        *("total", "totals", "grand total", "subtotal", "sub-total", "sum", "average", "avg", "mean", "median"),
        *("summe", "gesamt", "gesamtsumme", "insgesamt", "zwischensumme", "durchschnitt", "mittelwert"),
        *("total general", "suma", "suma total", "promedio", "total général", "somme", "moyenne", "soma", "média"),
        *("totale", "somma", "totaal", "gemiddelde", "razem", "średnia", "summa", "toplam"),
        *("итого", "итог", "всего", "сумма", "среднее", "разом", "всього", "合計", "合计", "总计", "總計", "합계"),
    )
)


def is_sum(cells: Sequence[str], keys: Sequence[int], *, about_people: bool) -> bool:
    """Whether the row begins with a word for a sum, or has it in one of `keys`, and the keys do not otherwise name what
    the row is about.

    Any one of the keys names a person; only all together name a webinar.
    """
    first = next((cell for cell in cells if cell.strip()), "")
    said = [cells[place] if place < len(cells) else "" for place in keys]
    if not keys or not any(map(_is_word, (first, *said))):
        return False
    silent = [not cell.strip() or _is_word(cell) for cell in said]
    return all(silent) if about_people else any(silent)


def _is_word(cell: str) -> bool:
    return " ".join(cell.casefold().split()).rstrip(" :") in _WORDS
