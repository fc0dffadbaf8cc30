"""A pass over a fake GoTo ends with exactly what it holds, none twice, whatever goes wrong on the way."""

import json
import stat
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pytest

from connectors.goto.client import GotoClient
from connectors.goto.connector import CONNECTOR
from connectors.goto.poll import GotoPoll
from connectors.goto.settings import goto_settings
from connectors.goto.tokens import Tokens, client_headers
from connectors.pipeline.memory import MemoryCursors, MemoryOutbox
from connectors.poll import Span
from connectors.settings import connector_settings
from connectors.toolkit.io.http import Http, ServiceError
from connectors.toolkit.wakes import keep
from contract.events import Event, Webinar
from contract.instants import DAY, HOUR, MINUTE, parse_instant
from tests.connectors.any_json import CONTEXT
from tests.connectors.goto.account import COMING, account, registrant
from tests.connectors.goto.fake import ORGANIZER, SESSION, WEBINAR, Fake, running

NOW = parse_instant("2026-11-22T20:00:00Z")


class Kept:
    """Outbox and cursors; what was put counts once it is acknowledged."""

    def __init__(self) -> None:
        self.outbox = MemoryOutbox()
        self.cursors = MemoryCursors(self.outbox)

    def ids(self) -> Counter[str]:
        return Counter(self.outbox.ids)

    def events(self) -> list[Event]:
        assert not self.outbox.rejected
        return self.outbox.events

    def kinds(self) -> Counter[str]:
        return Counter(getattr(one, "kind", one.type) for one in self.events())


@contextmanager
def poll_of(fake: Fake, folder: Path, tries: int = 4) -> Iterator[Callable[..., None]]:
    def quick(base: str, headers: Any) -> Http:
        return Http(
            "GoTo Webinar", base, headers=headers, requests_per_second=10_000, tries=tries, sleep=lambda _: None
        )

    with quick(fake.url, client_headers("client", "secret")) as auth:
        tokens = Tokens(auth, "refresh-1", folder / "goto/refresh-token.json")
        with quick(fake.url, tokens.headers) as http:
            poll = GotoPoll(GotoClient(http, ORGANIZER, tokens.forget), CONTEXT.secret, settle_minutes=30)

            def once(kept: Kept, now: int = NOW, span: Span | None = None) -> None:
                poll(kept.outbox, kept.cursors, now, span or Span(), lambda what, done, of: None)

            yield once


def polled(fake: Fake, folder: Path, kept: Kept | None = None, now: int = NOW, span: Span | None = None) -> Kept:
    kept = kept or Kept()
    with poll_of(fake, folder) as once:
        once(kept, now, span)
    return kept


def test_a_pass_ends_with_exactly_what_the_account_holds(tmp_path: Path) -> None:
    with running(account()) as fake:
        kept = polled(fake, tmp_path)
    assert kept.kinds() == {
        "webinar": 5,  # three planned, one session that ended, one said to be complete
        "totals": 1,
        "registration": 6,
        "identity": 6 + 3,
        "joined": 3,
        "left": 2,
        "summary": 2,
    }
    assert set(kept.ids().values()) == {1}


def test_a_second_pass_says_nothing_again_and_a_change_says_itself(tmp_path: Path) -> None:
    with running(account()) as fake:
        kept = polled(fake, tmp_path)
        before = len(kept.outbox.acknowledged)
        polled(fake, tmp_path, kept, NOW + HOUR)
        assert len(kept.outbox.acknowledged) == before
        fake.registrants[str(COMING)].append(registrant(8))
        polled(fake, tmp_path, kept, NOW + 2 * HOUR)
    assert len(kept.ids()) == before + 2


def test_a_new_registrant_repeats_no_other_and_a_list_kept_before_0_2_0_is_known(tmp_path: Path) -> None:
    name = f"goto:registrants:{COMING}"
    with running(account()) as fake:
        kept, rows = polled(fake, tmp_path), fake.registrants[str(COMING)]
        before = kept.ids()
        former = blake2b(json.dumps(rows, sort_keys=True).encode(), digest_size=16).hexdigest()
        now, kept.cursors[name] = kept.cursors[name], former
        polled(fake, tmp_path, kept, NOW + HOUR)
        assert (kept.ids(), kept.cursors[name]) == (before, now)
        rows.append(registrant(8))
        polled(fake, tmp_path, kept, NOW + 2 * HOUR)
    assert set(kept.ids().values()) == {1}
    assert len(kept.ids()) == len(before) + 2


def test_what_a_webhook_asks_for_is_read_though_no_list_holds_it(tmp_path: Path) -> None:
    with running(account()) as fake:
        kept = polled(fake, tmp_path)
        before = len(kept.outbox.acknowledged)
        fake.registrants["777"] = [registrant(9)]
        keep(kept.cursors, [("777", NOW), ("gone", NOW)])
        polled(fake, tmp_path, kept, NOW + MINUTE)
    assert {one.webinar_id for one in kept.events()[before:]} == {"goto:777"}


def test_a_webinar_is_complete_once_it_has_settled(tmp_path: Path) -> None:
    ended_at = parse_instant("2026-11-22T19:02:00Z")
    with running(account()) as fake:
        kept = polled(fake, tmp_path, now=ended_at + 29 * MINUTE)
        assert not [one for one in kept.events() if isinstance(one, Webinar) and one.completed_at]
        polled(fake, tmp_path, kept, ended_at + 31 * MINUTE)
    (complete,) = [one for one in kept.events() if isinstance(one, Webinar) and one.completed_at]
    assert (complete.webinar_id, complete.completed_at) == (f"goto:{WEBINAR}", ended_at + 31 * MINUTE)


def test_a_session_that_still_runs_is_left_alone(tmp_path: Path) -> None:
    with running(account()) as fake:
        kept = polled(fake, tmp_path, now=parse_instant("2026-11-22T18:30:00Z"))
    assert kept.kinds()["joined"] == 0


@pytest.mark.parametrize("fault", [429, 500, 503, "cut", "close"])
def test_passing_trouble_changes_nothing(tmp_path: Path, fault: int | str) -> None:
    with running(account()) as fake:
        calm = polled(fake, tmp_path)
        fake.faults = {len(fake.requests) + n: fault for n in range(0, 40, 2)}
        troubled = polled(fake, tmp_path)
    assert troubled.ids() == calm.ids()


def test_a_pass_that_is_cut_off_at_any_request_is_gone_on_with(tmp_path: Path) -> None:
    with running(account()) as fake:
        whole = polled(fake, tmp_path)
        for number in range(len(fake.requests)):
            fake.requests.clear()
            fake.faults = {number: "close"}
            kept = Kept()
            with poll_of(fake, tmp_path, tries=1) as once, pytest.raises(ServiceError, match="does not answer"):
                once(kept)
            kept.outbox.pending.clear()
            fake.faults = {}
            polled(fake, tmp_path, kept)
            assert kept.ids() == whole.ids(), number


def test_pages_that_repeat_for_ever_end(tmp_path: Path) -> None:
    with running(account(repeats_pages=True)) as fake:
        polled(fake, tmp_path)
        assert len(fake.requests) < 30


def test_registrants_may_come_as_a_plain_list(tmp_path: Path) -> None:
    with running(account()) as fake:
        paged = polled(fake, tmp_path)
        fake.plain_registrants = True
        assert polled(fake, tmp_path).ids() == paged.ids()


def test_a_backfill_reads_its_span_again_and_leaves_the_cursor(tmp_path: Path) -> None:
    day = parse_instant("2026-11-22T00:00:00Z")
    with running(account()) as fake:
        kept = polled(fake, tmp_path, now=NOW)
        cursor = kept.cursors["goto:sessions_until"]
        polled(fake, tmp_path, kept, NOW + 10 * DAY, Span(day, day + DAY))
    assert kept.cursors["goto:sessions_until"] == cursor
    assert kept.kinds()["joined"] == 6
    assert [one for one in kept.ids().values() if one == 2]


def test_a_token_that_is_revoked_early_is_renewed(tmp_path: Path) -> None:
    with running(account()) as fake, poll_of(fake, tmp_path) as once:
        kept = Kept()
        once(kept)
        fake.good_token = "another"
        fake.registrants[str(COMING)].append(registrant(9))
        once(kept, NOW + HOUR)
        assert fake.renewals >= 2
    assert kept.kinds()["registration"] == 6 + 1


def test_a_new_refresh_token_is_kept_for_its_owner_only(tmp_path: Path) -> None:
    with running(account(rotates=True)) as fake:
        polled(fake, tmp_path)
        polled(fake, tmp_path)
        assert fake.renewals >= 2
    path = tmp_path / "goto/refresh-token.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_wrong_refresh_token_is_said_in_one_line(tmp_path: Path) -> None:
    with running(account(refresh_token="other")) as fake, pytest.raises(ServiceError) as error:
        polled(fake, tmp_path)
    assert str(error.value).startswith("GoTo does not take the refresh token")
    assert "\n" not in str(error.value)


def test_what_the_account_may_not_read_is_said_in_one_line(tmp_path: Path) -> None:
    with running(account()) as fake:
        fake.faults = dict.fromkeys(range(10), 403)
        with pytest.raises(ServiceError, match=r"refuses GET .* \(status 403\)"):
            polled(fake, tmp_path)


def test_the_connector_opens_its_poll_and_says_who_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    said = {
        "GOTO_WEBHOOK_TOKEN": "a-long-random-token",
        "GOTO_CLIENT_ID": "client",
        "GOTO_CLIENT_SECRET": "secret",
        "GOTO_REFRESH_TOKEN": "refresh-1",
        "GOTO_ORGANIZER_KEY": ORGANIZER,
        "GOTO_REQUESTS_PER_SECOND": "1000",
        "HASH_SECRET": CONTEXT.secret,
    }
    assert CONNECTOR.open_poll is not None
    assert CONNECTOR.check is not None
    with running(account()) as fake:
        for name, value in {**said, "GOTO_BASE_URL": fake.url, "GOTO_AUTH_URL": fake.url}.items():
            monkeypatch.setenv(f"FUNNEL_{name}", value)
        goto_settings.cache_clear()
        connector_settings.cache_clear()
        kept = Kept()
        with CONNECTOR.open_poll() as poll:
            poll(kept.outbox, kept.cursors, NOW, Span(), lambda what, done, of: None)
        assert CONNECTOR.check().startswith(f"GoTo Webinar: organizer {ORGANIZER}, ")
    assert kept.kinds()["joined"] == 3
    assert str(SESSION) in repr(kept.cursors)
    goto_settings.cache_clear()
    connector_settings.cache_clear()
