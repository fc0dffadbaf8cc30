from datetime import date
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from contract.faults import in_words


class _Written(BaseModel):
    model_config = ConfigDict(extra="forbid")

    number: int = Field(1, ge=1, le=100)
    share: float = Field(0.5, gt=0, lt=1)
    on: bool = True
    name: str = Field("abc", min_length=3)
    kind: Literal["live", "recorded"] = "live"
    days: list[Annotated[int, Field(ge=0)]] = []
    day: date = date(2026, 11, 22)
    other: str = ""

    @field_validator("other")
    @classmethod
    def _no_colon(cls, value: str) -> str:
        if ":" in value:
            raise ValueError("has a colon; leave it out")
        return value


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"number": "none"}, "has to be a whole number"),
        ({"number": 1.5}, "has to be a whole number"),
        ({"number": 101}, "has to be at most 100"),
        ({"number": 0}, "has to be at least 1"),
        ({"share": "much"}, "has to be a number"),
        ({"share": 0}, "has to be more than 0"),
        ({"share": 1}, "has to be less than 1"),
        ({"on": "perhaps"}, "has to be true or false"),
        ({"name": "ab"}, "has to have at least 3 characters"),
        ({"name": 1}, "has to be text"),
        ({"kind": "tv"}, "has to be 'live' or 'recorded'"),
        ({"days": 3}, "has to be a list"),
        ({"days": [-1]}, "has to be at least 0"),
        ({"day": "soon"}, "has to be a valid date or datetime, input is too short"),
        ({"other": "a:b"}, "has a colon; leave it out"),
        ({"unknown": 1}, "is not known"),
    ],
)
def test_a_fault_is_said_in_our_words(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as error:
        _Written.model_validate(wrong)
    (fault,) = error.value.errors()
    assert in_words(fault) == said
