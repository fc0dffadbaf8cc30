"""Links that others cannot make, and the register of what is shared."""

import json
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funnel.share.links import Opened, link, opened
from funnel.share.pages import first_day
from funnel.share.register import REGISTER, SECRET, Register, Share, ShareError

KEY = b"of this installation"
GOOD = link(KEY, "abc", 1_000)


def test_a_link_opens_its_share_until_it_expires() -> None:
    assert opened(KEY, GOOD, 999) == Opened("abc", 1_000)
    assert opened(KEY, GOOD, 1_000) == "expired"
    assert opened(b"of another one", GOOD, 0) == "forged"


@given(st.text() | st.text("abc.0123456789-_"))
def test_nothing_else_opens_anything(text: str) -> None:
    assert opened(KEY, text, 0) == "forged"
    assert opened(KEY, f"{GOOD}{text}", 0) == ("forged" if text else Opened("abc", 1_000))


def test_the_register_is_its_owners_and_forgets_what_is_withdrawn(tmp_path: Path) -> None:
    register = Register(tmp_path / "data")
    one, two = Share("one", "webinar", "zoom:1", 0, 10), Share("two", "week", "2026-W47", 5, 20)
    register.add(one)
    register.add(two)
    assert Register(tmp_path / "data").all() == [one, two]
    assert (register.get("two"), register.get("three")) == (two, None)
    assert (register.revoke("one"), register.revoke("one"), register.all()) == (True, False, [two])
    assert register.secret() == register.secret() != Register(tmp_path / "other").secret()
    for name in (SECRET, REGISTER):
        assert stat.S_IMODE((tmp_path / "data" / name).stat().st_mode) == 0o600


def test_a_secret_that_anybody_knows_signs_nothing(tmp_path: Path) -> None:
    (tmp_path / SECRET).write_text("")
    with pytest.raises(ShareError, match="it is too short; without the file a new secret is made"):
        Register(tmp_path).secret()


@pytest.mark.parametrize("week", ["9999-W52", "0001-W01", "2026-W60", "last", "２０２６-W01"])
def test_a_week_that_no_webinar_can_have_is_said(week: str) -> None:
    with pytest.raises(ValueError, match=r"a week is written|not between|Invalid week"):
        first_day(week)


def test_a_broken_register_opens_nothing_and_loses_nothing(tmp_path: Path) -> None:
    register = Register(tmp_path)
    register.add(Share("one", "sources", "", 0, 10))
    (tmp_path / REGISTER).write_text("{")
    with pytest.raises(ShareError, match="links open nothing until it can"):
        register.add(Share("two", "sources", "", 0, 10))
    assert (tmp_path / REGISTER).read_text() == "{"
    (tmp_path / REGISTER).write_text(json.dumps([]))
    assert register.all() == []
