"""The shapes of the API: what is asked, what is answered, how a refusal is said (RFC 9457)."""

import base64
import hashlib
import json
from datetime import date
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import BaseModel, ConfigDict, Field

from funnel.answers.answer import WEBINAR
from funnel.answers.source import Asked
from funnel.report.numbers import DIMENSIONS, Question

MOST_ROWS = 1_000
_FIRST_DAY, _LAST_DAY = date(1970, 1, 1), date(2285, 12, 31)
_ANY = "|".join((WEBINAR, *DIMENSIONS))
_ID = r"^[^\x00-\x1f\x7f]{1,256}$"

At = Annotated[
    str | None,
    Query(
        description="The moment to look at, RFC 3339, such as 2026-11-22T18:00:00Z. Default: now.",
        max_length=40,
        json_schema_extra={"format": "date-time"},
    ),
]
Day = Annotated[date, Field(ge=_FIRST_DAY, le=_LAST_DAY)]
From = Annotated[Day | None, Query(alias="from", description="Webinars from this day on, each in its own time zone.")]
To = Annotated[Day | None, Query(alias="to", description="Webinars up to this day.")]
By = Annotated[
    str,
    Query(
        description="Dimensions with commas: webinar, source_group, course, region, language, week, weekday, hour, "
        "format, status, platform, people.",
        max_length=200,
        json_schema_extra={"pattern": f"^({_ANY})(,({_ANY}))*$"},
    ),
]
WebinarId = Annotated[str, Path(pattern=_ID, description="Such as zoom:9151.")]
Webinars = Annotated[
    list[Annotated[str, Field(pattern=_ID)]] | None,
    Query(alias="webinar", description="Only these webinars; may be repeated.", max_length=100),
]
Limit = Annotated[int, Query(ge=1, le=MOST_ROWS, description="How many rows at once.")]
Cursor = Annotated[
    str | None, Query(description="The `next` of the page before; the other parameters as there.", max_length=200)
]


class Problem(BaseModel):
    """Why there is no answer."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


class Meaning(BaseModel):
    """What a column means."""

    name: str
    label: str
    description: str
    unit: str
    exists: str


class Page(BaseModel):
    """Rows, and what is to be known of them."""

    model_config = ConfigDict(populate_by_name=True)

    at: str = Field(description="The moment of the numbers.")
    by: list[str]
    webinars: list[str]
    first_day: str | None = Field(alias="from")
    last_day: str | None = Field(alias="to")
    data_as_of: str | None = Field(description="When the latest event was stored.")
    provisional: bool = Field(description="Whether some webinars are not final.")
    completeness: dict[str, int] = Field(description="Webinars by state.")
    verified: bool = Field(description="Whether the last funnel verify found no difference, and nothing came since.")
    last_verified_at: str | None
    last_verified_right: bool | None
    small_groups: int = Field(description="Numbers of fewer people are null, and named in `suppressed` of their row.")
    suppressed: int = Field(description="How many numbers are left out, on all pages together.")
    definitions: dict[str, Meaning]
    rows: list[dict[str, Any]]
    next: str | None = Field(description="The cursor of the next page; null: this is the last one.")


class Place(BaseModel):
    """Where the next page begins, and of which question."""

    at: int
    skip: int
    of: str

    def cursor(self) -> str:
        """As it is handed out."""
        text = json.dumps([self.at, self.skip, self.of], separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def place_of(cursor: str, asked: Asked) -> Place:
    """Raises ValueError if it is no cursor of this question."""
    try:
        at, skip, of = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        place = Place(at=at, skip=skip, of=of)
    except (ValueError, TypeError) as error:
        raise ValueError("the cursor is none of ours: take `next` of the page before") from error
    if place.of != fingerprint(asked) or place.skip < 0:
        raise ValueError("the cursor is of another question: repeat the parameters of the page before")
    return place


def fingerprint(asked: Asked) -> str:
    """Tells questions apart, whatever their moment."""
    question: Question = asked.question
    said = [question.by, question.webinar_ids, str(question.first_day), str(question.last_day), asked.each_webinar]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]
