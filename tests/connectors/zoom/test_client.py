"""Requests of Zoom's API: pages, uuids in paths, and what is made of errors."""

from collections.abc import Iterator

import pytest

from connectors.toolkit.io.http import ServiceError
from connectors.zoom.client import encoded_uuid
from tests.connectors.zoom.fake_zoom import FakeZoom, fake_zoom
from tests.connectors.zoom.polling import client_of


@pytest.fixture
def fake() -> Iterator[FakeZoom]:
    with fake_zoom() as fake:
        yield fake


@pytest.mark.parametrize(
    ("uuid", "path"),
    [
        ("abc==", "abc%3D%3D"),
        ("a+b", "a%2Bb"),
        ("/abc", "%252Fabc"),
        ("a//b=", "a%252F%252Fb%253D"),
    ],
)
def test_a_uuid_with_a_slash_is_encoded_twice(uuid: str, path: str) -> None:
    assert encoded_uuid(uuid) == path


def test_a_uuid_arrives_as_it_was_encoded(fake: FakeZoom) -> None:
    with client_of(fake) as client:
        assert client.report("Qk9/invented//uuid0A==") is not None
        assert client.report("Zw7inventedUuid1B==") is not None
        assert client.report("none") is None
    assert fake.asked[0] == "/v2/report/webinars/Qk9%252Finvented%252F%252Fuuid0A%253D%253D"


def test_all_pages_are_read_with_the_registrants_ids(fake: FakeZoom) -> None:
    with client_of(fake) as client:
        rows = client.participants("Qk9/invented//uuid0A==")
        assert rows is not None
        assert len(rows) == 8
        assert rows[2]["registrant_id"] == "Reg1Invented"
        assert len(fake.asked) == 4
        assert client.participants("none") is None


def test_an_expired_page_token_starts_the_list_again(fake: FakeZoom) -> None:
    fake.faults = {3: "page token expired"}
    with client_of(fake) as client:
        rows = client.participants("Qk9/invented//uuid0A==") or []
    assert len(rows) == len({row["join_time"] + str(row["user_id"]) for row in rows}) == 8
    assert len(fake.asked) == 3 + 4


def test_a_list_that_always_breaks_off_is_given_up(fake: FakeZoom) -> None:
    fake.faults = dict.fromkeys(range(1, 100), "rows missing")
    with client_of(fake) as client, pytest.raises(ServiceError, match="breaks off"):
        client.participants("Qk9/invented//uuid0A==")


def test_pages_that_repeat_are_given_up(fake: FakeZoom, monkeypatch: pytest.MonkeyPatch) -> None:
    page = {"users": [{"id": "x"}], "next_page_token": "again"}
    monkeypatch.setattr(fake, "answer", lambda _path, _query: (200, page))
    with client_of(fake) as client, pytest.raises(ServiceError, match="breaks off"):
        client.users()


@pytest.mark.parametrize("answer", [[], {"users": None}, {"users": [5]}, {}])
def test_an_answer_of_another_shape_is_an_error_in_one_line(
    fake: FakeZoom, monkeypatch: pytest.MonkeyPatch, answer: object
) -> None:
    monkeypatch.setattr(fake, "answer", lambda _path, _query: (200, answer))
    with client_of(fake) as client, pytest.raises(ServiceError) as error:
        client.users()
    assert "\n" not in str(error.value)


def test_a_user_without_a_licence_has_no_webinars(fake: FakeZoom) -> None:
    with client_of(fake) as client:
        assert client.webinars("nObodyInvented") == []


def test_a_missing_scope_is_named_and_not_taken_for_a_missing_licence(
    fake: FakeZoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = {"code": 4711, "message": "Invalid access token, does not contain scopes:[webinar:read:admin]."}
    monkeypatch.setattr(fake, "answer", lambda _path, _query: (400, said))
    with client_of(fake) as client, pytest.raises(ServiceError, match="give it the scopes"):
        client.webinars("hOstInvented123")


def test_a_quota_of_the_day_that_is_used_up_is_said_at_once_and_not_asked_again(fake: FakeZoom) -> None:
    fake.faults = {1: "day's quota used up"}
    with (
        client_of(fake) as client,
        pytest.raises(ServiceError, match=r"^Zoom's quota is used up until 20\d\d-") as error,
    ):
        client.users()
    assert (len(fake.asked), error.value.status) == (1, 429)
    assert "\n" not in str(error.value)
