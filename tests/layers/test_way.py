"""docs/explanation/path.md: one webhook of Zoom goes all of it in this process, past the files of the table."""

import asyncio
import gc
import time
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import httpx
import pytest
from clickhouse_connect.driver.client import Client

from alerts.detection.settings import DropSettings
from alerts.evaluate import Outcome
from alerts.read import Reader
from alerts.store import AlertStore
from alerts.watch import look
from clickhouse.client import connect
from clickhouse.migrate import create_database, migrate
from connectors.registry import connector
from connectors.settings import ConnectorSettings
from connectors.webhooks import server
from connectors.webhooks.settings import WebhookSettings
from connectors.zoom.settings import zoom_settings
from connectors.zoom.signature import SIGNATURE_HEADER, TIMESTAMP_HEADER, sign
from contract.instants import DAY, MINUTE
from funnel.report.numbers import Question, answer
from funnel.report.verify import compare
from grafana.variables import opened_with
from process.heartbeat import heartbeat
from process.http_guard import Guard, Limits
from streams.app import build
from streams.create_topics import create_topics
from streams.jobs import current
from streams.presence import Presence
from streams.settings import Settings
from streams.transport import consumer
from tests.alerts import world
from tests.grafana.expand import expand
from tests.grafana.pages import PAGES, queries
from tests.layers.sources import ROOT
from tests.layers.way import Step, Watch, rows, wrong
from tests.rows import put
from tests.servers.clickhouse import Server
from tests.servers.kafka import KafkaServer
from tests.waiting import PATIENCE

pytestmark = [pytest.mark.kafka, pytest.mark.xdist_group("kafka")]

NUMBER = "98765432101"
"""Of the webinar that the payload is about: in every form of the event."""
AT = world.T0 + 12 * MINUTE
PAYLOAD = ROOT / "tests/connectors/zoom/payloads/participant_joined.json"
SECRET = "of-a-webhook-of-zoom"
ASTRAY = Step("connectors/bigmarker/mapping.py", "map_payload")
"""In the code, and not on the way of what Zoom sends."""


@pytest.fixture(scope="module")
def watch(clickhouse_server: Server, kafka: KafkaServer, tmp_path_factory: pytest.TempPathFactory) -> Watch:
    """What one join passes; its webinar does worse than the fourteen before."""
    folder = tmp_path_factory.mktemp("way")
    kafka.empty()
    config = clickhouse_server.settings().model_copy(
        # The next epoch: the events of before are in the store and not in this Kafka.
        update={"clickhouse_database": "way", "kafka_bootstrap": kafka.bootstrap, "data_dir": folder, "epoch": 1}
    )
    create_topics(config)
    client = create_database(config)
    migrate(client, config)
    webinar_id = f"zoom:{NUMBER}"
    weak = world.weak_source(webinar_id=webinar_id)
    put(client, config, [*world.past(), *world.today(extra=weak, webinar_id=webinar_id)])
    watch = Watch(NUMBER, [*(step for row in rows() for step in row), ASTRAY])
    with closing(client), watch.watching(), pytest.MonkeyPatch.context() as patch:
        patch.setenv("FUNNEL_ZOOM_SECRET_TOKEN", SECRET)
        # Of a worker that stops for long it ends the process.
        patch.setattr(consumer, "watch", lambda *_: None)
        # Watched, a turn of it takes seconds, and the event waits for each.
        patch.setattr(current, "EVERY_SECONDS", 60.0)
        zoom_settings.cache_clear()
        asyncio.run(_goes_in(config, client, folder))
        _comes_out(config, client)
    zoom_settings.cache_clear()
    return watch


async def _goes_in(config: Settings, client: Client, folder: Path) -> None:
    await _post(config, folder)
    app = build(config, Presence(heartbeat()))
    app.conf.web_enabled = False
    threshold = gc.get_threshold()
    await app.start()
    try:
        deadline = time.monotonic() + PATIENCE
        while not await asyncio.to_thread(_arrived, client):
            assert time.monotonic() < deadline, "no row of the event"
            await asyncio.sleep(0.1)
    finally:
        await app.stop()
        # A worker takes the process for its own.
        gc.unfreeze()
        gc.set_threshold(*threshold)


async def _post(config: Settings, folder: Path) -> None:
    common = ConnectorSettings(
        _env_file=None,
        hash_secret="0123456789abcdef",
        kafka_bootstrap=config.kafka_bootstrap,
        data_dir=folder,
        business_dir=folder,
    )
    app = server.build([connector("zoom")], common, WebhookSettings(_env_file=None), Guard(Limits()))
    body, at = PAYLOAD.read_bytes(), str(int(time.time()))
    headers = {TIMESTAMP_HEADER: at, SIGNATURE_HEADER: sign(body, at, SECRET)}
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://webhooks") as web,
    ):
        while (await web.get("/ready")).status_code != 200:
            await asyncio.sleep(0.05)
        assert (await web.post("/webhooks/zoom", content=body, headers=headers)).status_code == 200


def _arrived(client: Client) -> bool:
    asked = "SELECT count() FROM persons WHERE webinar_id = {id:String} AND bitShiftRight(version, 56) = 1"
    return bool(client.query(asked, {"id": f"zoom:{NUMBER}"}).result_rows[0][0])


def _comes_out(config: Settings, client: Client) -> None:
    """Asked in the order of the table: nothing leads from one to the next."""
    with closing(connect(config, user="reader")) as reader:
        assert f"zoom:{NUMBER}" in {row["webinar_id"] for row in answer(reader, Question(at=AT))}
        page = PAGES["webinars"]
        panel = next(query for query in queries(page) if "numbers${as_of:raw}(" in query.raw_sql)
        reader.query(expand(panel.raw_sql, {**opened_with(page), "at": str(AT), "as_of": "_at"}, AT - 7 * DAY, AT))
    evaluated: Outcome = Outcome()
    for minute in range(4):
        before = (evaluated.stored, evaluated.unusual)
        at = AT + minute * MINUTE
        evaluated, _ = look(Reader(client), AlertStore(client), at, before, DropSettings(), 14)
    assert not compare(client, config, AT).mismatches


def test_one_event_passes_every_file_of_the_table_in_its_order(watch: Watch) -> None:
    assert wrong(rows(), watch) == []


def test_a_row_out_of_its_place_is_noticed(watch: Watch) -> None:
    table = rows()
    for number, (first, second) in enumerate(pairwise(table)):
        assert wrong([*table[:number], second, first, *table[number + 2 :]], watch), second


def test_a_file_that_the_event_does_not_pass_is_noticed(watch: Watch) -> None:
    assert wrong([*rows(), (ASTRAY,)], watch) == [f"{ASTRAY.path}: the event does not pass {ASTRAY.name}"]


def test_a_name_in_another_file_of_the_table_is_noticed() -> None:
    """Each file in turn gives its place to that of another row, and to none."""
    table = rows()
    for row, (other, *_) in pairwise([*table, table[0]]):
        for step in row:
            for path in (other.path, f"{step.path}x"):
                assert Watch(NUMBER, [Step(path, step.name)]).trouble, (path, step.name)
