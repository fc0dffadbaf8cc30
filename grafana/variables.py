"""The variables at the top of a dashboard. Pure."""

from grafana.base import AS_OF, DATA_SOURCE, Json


def opened_with(page: Json) -> dict[str, list[str]]:
    """The initial value of every variable."""
    values = {one["name"]: one["current"]["value"] for one in page["templating"]["list"]}
    return {name: value if isinstance(value, list) else [value] for name, value in values.items()}


def query_variable(name: str, label: str, raw_sql: str) -> Json:
    """A filter whose values come from a query; several may be chosen, or All."""
    return {
        **_several(name, label),
        "type": "query",
        "datasource": DATA_SOURCE,
        "query": {"refId": name, "queryType": "sql", "editorType": "sql", "rawSql": raw_sql},
        "refresh": 1,
        "regex": "",
        "sort": 0,
    }


def fixed_variable(name: str, label: str, words: dict[str, str]) -> Json:
    """A filter with the keys of `words` as values, shown as their words; several may be chosen, or All."""
    return {**_several(name, label), "type": "custom", "query": _choices(words)}


def choice(name: str, label: str, words: dict[str, str]) -> Json:
    """A filter with the keys of `words` as values, shown as their words; one may be chosen, or All."""
    return {**fixed_variable(name, label, words), "multi": False, "current": {"text": "All", "value": "$__all"}}


def switch(name: str, label: str, words: dict[str, str]) -> Json:
    """A choice of one of the keys of `words`, shown as their words; initially the first."""
    value, word = next(iter(words.items()))
    options = [{"selected": one == value, "text": words[one], "value": one} for one in words]
    return {
        "name": name,
        "label": label,
        "type": "custom",
        "query": _choices(words),
        "multi": False,
        "includeAll": False,
        "current": {"text": word, "value": value},
        "hide": 0,
        "options": options,
        "skipUrlSync": False,
    }


def given(name: str) -> Json:
    """A value that only links set: not shown, empty if a page is opened without it."""
    return {
        "name": name,
        "label": "",
        "type": "textbox",
        "query": "",
        "current": {"text": "", "value": ""},
        "hide": 2,
        "options": [],
        "skipUrlSync": False,
    }


def search(name: str, label: str) -> Json:
    """A text field; initially empty."""
    return {**given(name), "label": label, "hide": 0}


def moving(name: str, raw_sql: str) -> Json:
    """A value that is queried whenever the time range moves, so at every refresh. Not shown, and not in the URL."""
    return {
        "name": name,
        "label": "",
        "type": "query",
        "datasource": DATA_SOURCE,
        "query": {"refId": name, "queryType": "sql", "editorType": "sql", "rawSql": raw_sql},
        "refresh": 2,
        "regex": "",
        "sort": 0,
        "multi": False,
        "includeAll": False,
        "current": {"text": "", "value": ""},
        "hide": 2,
        "options": [],
        "skipUrlSync": True,
    }


def as_of(raw_sql: str) -> Json:
    """Where a page reads, asked for anew at every refresh; until it is known it computes."""
    return {**moving(AS_OF, raw_sql), "current": {"text": "_at", "value": "_at"}}


def _several(name: str, label: str) -> Json:
    return {
        "name": name,
        "label": label,
        "multi": True,
        "includeAll": True,
        "current": {"text": ["All"], "value": ["$__all"]},
        "hide": 0,
        "options": [],
        "skipUrlSync": False,
    }


def _choices(words: dict[str, str]) -> str:
    return ", ".join(f"{word} : {value}" for value, word in words.items())
