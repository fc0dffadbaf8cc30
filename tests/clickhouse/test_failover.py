"""Several addresses and TLS, before the real server: who fails is passed over, and every reason is one clear line."""

import asyncio
import socket
import ssl
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from clickhouse_connect.driver.exceptions import ClickHouseError, OperationalError
from pydantic import SecretStr
from urllib3.exceptions import HTTPError, SSLError

from clickhouse.addresses import Address
from clickhouse.client import Refused, Unreachable, User, cause, connect, is_away
from clickhouse.failover import Failover
from clickhouse.lasting import lasts
from process.clock import now
from streams.settings import Settings
from streams.store import Insert, Store
from tests.servers.authority import Authority
from tests.servers.clickhouse import Server, embedded_clickhouse, free_port
from tests.servers.front import Front, fronts, tls

EXPIRED = timedelta(days=-1)


@pytest.fixture
def two(clickhouse_server: Server) -> Iterator[list[Front]]:
    with fronts(clickhouse_server.port, [None, None]) as made:
        yield made


def through(server: Server, *doors: Front, **more: Any) -> Settings:
    """Several doors need a cluster, which these have no more than a server has: settings are not checked anew."""
    listed = ",".join(str(door.address) for door in doors)
    config = Settings(_env_file=None, clickhouse_port=server.port, **{"clickhouse_database": "default", **more})
    return config.model_copy(update={"clickhouse_addresses": listed})


@pytest.fixture(scope="module")
def new_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with nothing of ours."""
    with embedded_clickhouse(tmp_path_factory.mktemp("new") / "data") as server:
        yield server


@pytest.fixture
def migrated(own_config: Settings) -> dict[str, str]:
    """The settings of a database with our tables."""
    return {"clickhouse_database": own_config.clickhouse_database}


def test_who_fails_is_passed_over_by_every_statement_and_found_again(
    clickhouse_server: Server, two: list[Front], migrated: dict[str, str]
) -> None:
    first, second = two
    with connect(through(clickhouse_server, first, second, **migrated), user="writer") as client:
        assert client.query("SELECT 1").result_rows[0][0] == 1
        assert second.visits == 0, "the first one, while it answers"
        first.shut()
        assert client.query("SELECT 2").result_rows[0][0] == 2
        assert second.visits > 0
        before = first.visits
        first.open()
        with ThreadPoolExecutor(4) as pool:
            assert set(pool.map(lambda _: client.query("SELECT 3").result_rows[0][0], range(20))) == {3}
        assert first.visits == before, "who answers is kept"
        second.shut()
        assert client.query("SELECT 4").result_rows[0][0] == 4
        first.shut()
        with pytest.raises(OperationalError) as raised:
            client.query("SELECT 5")
        assert is_away(raised.value)
        assert cause(raised.value) == "connection refused"
        first.open()
        assert client.query("SELECT 6").result_rows[0][0] == 6


def test_what_may_have_been_done_is_not_sent_again_but_the_next_one_goes_elsewhere(
    clickhouse_server: Server, two: list[Front], migrated: dict[str, str]
) -> None:
    first, second = two
    with (
        connect(through(clickhouse_server, first, second, **migrated), user="writer") as client,
        ThreadPoolExecutor(1) as pool,
    ):
        asked = client.query("SELECT 1")
        assert asked.result_rows
        slow = pool.submit(client.command, "SELECT sleep(3) + {x:UInt8}", {"x": 1})
        while "sleep(3)" not in str(client.query("SELECT query FROM system.processes").result_rows):
            assert not slow.done()
        first.shut()
        with pytest.raises(ClickHouseError):
            slow.result()
        assert client.query("SELECT 2").result_rows[0][0] == 2
        assert second.visits > 0


def test_a_worker_goes_on_through_another_address(
    clickhouse_server: Server, two: list[Front], own_config: Settings
) -> None:
    config = through(clickhouse_server, *two, clickhouse_database=own_config.clickhouse_database)
    store = Store(config)
    row = Insert("job_turns", ["job", "ended_at"], f'["a job", {now()}]\n'.encode())
    asyncio.run(store.insert(row))
    two[0].shut()
    asyncio.run(store.insert(row._replace(block=f'["a job", {now() + 1}]\n'.encode())))
    (found,) = asyncio.run(store.query("SELECT count() AS n FROM job_turns FINAL WHERE job = 'a job'", {}))
    assert found["n"] == 2


def test_a_refusal_of_a_replica_sends_the_request_on_and_a_turn_is_waited_for(
    clickhouse_server: Server, two: list[Front]
) -> None:
    first, second = two
    config = through(clickhouse_server, *two)
    password = config.clickhouse_password.get_secret_value()
    headers = {"Authorization": f"Basic {b64encode(f'funnel:{password}'.encode()).decode()}", "Connection": "close"}

    def ask(pool: Failover) -> tuple[bytes, str]:
        answer = pool.request("POST", f"http://{first.address}/", body=iter([b"SELECT", b" 7"]), headers=headers)
        return answer.data, answer.headers.get("X-ClickHouse-Exception-Code", "")

    for code in ("242", "289", "225"):
        pool = Failover([first.address, second.address], first.address, None, lambda _: None)
        first.refusals, second.refusals = [code], []
        assert ask(pool) == (b"7\n", ""), "not done there: asked at the next one"
        assert pool.address == second.address
        first.refusals, second.refusals = [code], [code]
        assert ask(pool)[1] == code, "by all of them: that is the answer"
    pool = Failover([first.address, second.address], first.address, None, lambda _: None)
    first.refusals, second.refusals = ["286", "286", "286"], []
    seen = second.visits
    assert ask(pool) == (b"7\n", ""), "another insert was under way"
    assert (pool.address, second.visits) == (first.address, seen)
    first.refusals = ["999"]
    assert ask(pool)[1] == "999", "something may have been done"
    assert pool.address == second.address


def test_tls_that_breaks_after_the_request_does_not_have_it_sent_again(tmp_path: Path) -> None:
    ours = Authority(tmp_path / "ours")
    context = tls(ours.signed("ch-1"))
    with socket.create_server(("127.0.0.1", 0)) as first, socket.create_server(("127.0.0.1", 0)) as second:

        def break_off() -> bytes:
            with context.wrap_socket(first.accept()[0], server_side=True) as inside:
                asked = b""
                while b"INSERT" not in asked:
                    asked += inside.recv(65_536)
                with socket.socket(fileno=inside.detach()) as plain:
                    plain.sendall(b"nothing that TLS would say")
            return asked

        places = [Address("127.0.0.1", one.getsockname()[1]) for one in (first, second)]
        pool = Failover(places, places[0], ssl.create_default_context(cafile=str(ours.file)), lambda _: None)
        second.settimeout(0)
        with ThreadPoolExecutor(1) as other:
            asked = other.submit(break_off)
            with pytest.raises(SSLError):
                pool.request("POST", f"https://{places[0]}/", body=b"INSERT INTO t FORMAT TSV", timeout=5)
            assert b"INSERT" in asked.result()
        with pytest.raises(BlockingIOError):
            second.accept()
        assert pool.address == places[1], "what comes next goes elsewhere"


def passed_over(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [one.getMessage() for one in caplog.records if one.name == "clickhouse.failover"]


@pytest.mark.parametrize("user", ["writer", "reader"])
def test_a_server_that_takes_over_is_looked_at_first(
    clickhouse_server: Server,
    new_server: Server,
    migrated: dict[str, str],
    user: User,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A new one without tables: a worker would end for a wrong schema, and pages would show its errors."""
    with (
        fronts(clickhouse_server.port, [None, None]) as (first, third),
        fronts(new_server.port, [None]) as (second,),
        connect(through(clickhouse_server, first, second, third, **migrated), user=user) as client,
    ):
        asked = "SELECT count() FROM webinars"
        first.shut()
        assert client.query(asked).result_rows[0][0] == 0, "past it, to the one that has them"
        lacks = f"ClickHouse at {second.address} has no tables of ours: run funnel migrate"
        assert passed_over(caplog) == [lacks]
        third.shut()
        with pytest.raises(OperationalError) as raised:
            client.query(asked)
        assert cause(raised.value) == "connection refused", "those that are away may come back"
        first.open()
        assert client.query(asked).result_rows[0][0] == 0
        assert passed_over(caplog) == [lacks], "said once"


def test_if_all_that_answer_are_refused_that_is_raised(two: list[Front]) -> None:
    first, second = two
    reasons = {first.address: "", second.address: "is not one of us"}

    def look(place: Address) -> None:
        if reasons[place]:
            raise Refused(f"{place} {reasons[place]}")

    pool = Failover([first.address, second.address], first.address, None, look)

    def ask() -> str:
        answer = pool.request("POST", f"http://{first.address}/", body=b"SELECT 1", headers={"Connection": "close"})
        return answer.headers.get("X-ClickHouse-Exception-Code", "")

    first.refusals = ["242"]
    with pytest.raises(HTTPError) as raised:
        ask()
    assert not lasts(raised.value), "the first one may serve this later"
    reasons[first.address] = "is not one of us either"
    with pytest.raises(Refused, match="is not one of us"):
        ask()


def test_nobody_at_any_address_is_one_line_that_names_all(clickhouse_server: Server) -> None:
    ports = [free_port(), free_port()]
    listed = ",".join(f"127.0.0.1:{port}" for port in ports)
    settings = Settings(_env_file=None, clickhouse_addresses=listed, clickhouse_cluster="main")
    with pytest.raises(Unreachable) as raised:
        connect(settings, user="writer")
    assert str(raised.value) == (
        "no ClickHouse of FUNNEL_CLICKHOUSE_ADDRESSES can be used: nobody answers at"
        f" 127.0.0.1:{ports[0]}; nobody answers at 127.0.0.1:{ports[1]}"
    )
    assert is_away(raised.value)
    assert cause(raised.value) == "connection refused"


def test_one_that_is_away_from_the_start_is_passed_over(clickhouse_server: Server, two: list[Front]) -> None:
    two[0].shut()
    with connect(through(clickhouse_server, *two), user="reader") as client:
        assert client.query("SELECT 1").result_rows[0][0] == 1


def test_tls_is_checked_and_every_fault_is_one_clear_line(clickhouse_server: Server, tmp_path: Path) -> None:
    ours, other = Authority(tmp_path / "ours"), Authority(tmp_path / "other")
    good = ours.signed("ch-1")
    client, late, foreign = ours.signed("funnel"), ours.signed("late", lasts=EXPIRED), other.signed("funnel")
    contexts = [
        tls(good),
        tls(ours.signed("old", lasts=EXPIRED)),
        tls(other.signed("ch-1")),
        tls(ours.signed("elsewhere", names=["ch-9.example.org"])),
        tls(good, clients=ours.file),
        None,
    ]
    with fronts(clickhouse_server.port, contexts) as (right, expired, unknown, named, asking, plain):

        def said(*doors: Front, user: str = "writer", **more: Any) -> str:
            wanted = {"clickhouse_tls": True, "clickhouse_ca_file": str(ours.file), **more}
            with pytest.raises(Unreachable) as raised:
                connect(through(clickhouse_server, *doors, **wanted), user="writer")
            assert "\n" not in str(raised.value)
            return str(raised.value)

        def certificate(files: tuple[Path, Path]) -> dict[str, str]:
            return {"clickhouse_certificate_file": str(files[0]), "clickhouse_key_file": str(files[1])}

        safe = through(clickhouse_server, right, clickhouse_tls=True, clickhouse_ca_file=str(ours.file))
        with connect(safe, user="reader") as reader:
            assert reader.query("SELECT 1").result_rows[0][0] == 1
        both = safe.model_copy(
            update={"clickhouse_addresses": f"{expired.address},{asking.address}", **certificate(client)}
        )
        with connect(both, user="writer") as writer:
            assert writer.query("SELECT 2").result_rows[0][0] == 2, "password and certificate, past an expired one"

        shows = "ClickHouse at {} shows a certificate ".format
        assert said(expired) == f"{shows(expired.address)}that has expired: renew it on that server"
        authority = "of an unknown authority: name the file of that authority in FUNNEL_CLICKHOUSE_CA_FILE"
        assert said(unknown) == shows(unknown.address) + authority
        assert said(right, clickhouse_ca_file="") == shows(right.address) + authority
        other_name = "for another name than 127.0.0.1: name its own in FUNNEL_CLICKHOUSE_ADDRESSES"
        assert said(named) == shows(named.address) + other_name
        nothing: dict[str, str] = {}
        for files in (nothing, certificate(late), certificate(foreign)):
            # The server's reason may be overtaken by its end.
            reasons = ("does not accept our certificate (", "ended the handshake: give its HTTPS port, and FUNNEL_")
            assert said(asking, **files).startswith(tuple(f"ClickHouse at {asking.address} {one}" for one in reasons))
        way_out = "give its HTTPS port, or set FUNNEL_CLICKHOUSE_TLS=false"
        assert said(plain) == f"ClickHouse at {plain.address} does not speak TLS there: {way_out}"
        assert said(right, clickhouse_tls=False, clickhouse_ca_file="") == (
            f"ClickHouse at {right.address} ends the connection: look at `funnel status`; if it is an HTTPS port, set"
            " FUNNEL_CLICKHOUSE_TLS=true"
        )
        assert "FUNNEL_CLICKHOUSE_PASSWORD" in said(right, clickhouse_password=SecretStr("wrong"))
        no_password: dict[str, Any] = {"clickhouse_password": SecretStr(""), **certificate(client)}
        refused = f"ClickHouse at {asking.address} refuses our certificate for the user 'funnel': "
        assert said(asking, **no_password).startswith(refused), "the embedded server knows passwords only"
        both_fail = said(expired, plain)
        assert both_fail.startswith("no ClickHouse of FUNNEL_CLICKHOUSE_ADDRESSES can be used: ClickHouse at")
        assert "has expired" in both_fail
        assert "does not speak TLS" in both_fail


def test_files_that_cannot_be_used_are_said_by_their_setting(tmp_path: Path) -> None:
    ours, other = Authority(tmp_path / "ours"), Authority(tmp_path / "other")
    certificate, key = ours.signed("funnel")
    broken = tmp_path / "broken.pem"
    broken.write_text("no PEM")

    def said(**files: object) -> str:
        texts = {f"clickhouse_{name}_file": str(path) for name, path in files.items()}
        settings = Settings(_env_file=None, **{"clickhouse_tls": True, **texts})  # type: ignore[arg-type]
        with pytest.raises(Refused) as raised:
            connect(settings, user="writer")
        return str(raised.value)

    missing = tmp_path / "none.pem"
    assert said(ca=missing) == f"FUNNEL_CLICKHOUSE_CA_FILE cannot be used: {missing} (No such file or directory)"
    assert said(ca=broken).startswith(f"FUNNEL_CLICKHOUSE_CA_FILE cannot be used: {broken} (")
    assert said(certificate=missing).startswith("FUNNEL_CLICKHOUSE_CERTIFICATE_FILE cannot be used: ")
    wrong = said(certificate=certificate, key=other.signed("funnel")[1])
    assert wrong.startswith("FUNNEL_CLICKHOUSE_KEY_FILE cannot be used: ")
    assert "MISMATCH" in wrong.upper()
    assert said(key=key) == "FUNNEL_CLICKHOUSE_KEY_FILE is set without FUNNEL_CLICKHOUSE_CERTIFICATE_FILE: set both"
    plain = Settings(_env_file=None, clickhouse_ca_file=str(ours.file))
    with pytest.raises(
        Refused, match="FUNNEL_CLICKHOUSE_CA_FILE is set, but TLS is off: set FUNNEL_CLICKHOUSE_TLS=true"
    ):
        connect(plain, user="writer")
