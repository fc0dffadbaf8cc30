"""What comes together is made safe together, and a fault of one request stays with it."""

import asyncio
from contextlib import suppress
from pathlib import Path

from connectors.pipeline import spool
from connectors.pipeline.resolve import Arrival, Resolver
from connectors.pipeline.state import State
from connectors.webhooks.intake import Delivered, Intake, NotSafeError
from connectors.webhooks.kafka_or_spool import KafkaOrSpool
from process.kafka import KafkaSettings
from tests.connectors.pipeline.test_resolve import NOON, webinar


async def test_one_faulty_request_of_a_batch_hurts_no_other(tmp_path: Path) -> None:
    state = State(tmp_path / "data")
    intake = Intake(
        Resolver(state, tmp_path),
        KafkaOrSpool(KafkaSettings(kafka_bootstrap="127.0.0.1:1"), tmp_path, spool_limit=10, reserve_mb=0),
    )
    good = [Delivered("demo", [Arrival("demo", webinar(number, NOON), NOON)], None, NOON) for number in (1, 2)]
    faulty = Delivered("demo", [Arrival("demo", object(), NOON)], None, NOON)  # type: ignore[arg-type]
    running = asyncio.create_task(intake.run())
    async with asyncio.timeout(20):
        first, fault, last = await asyncio.gather(*map(intake.put, [good[0], faulty, good[1]]), return_exceptions=True)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    intake.close()
    assert (first, last) == (None, None)
    assert isinstance(fault, NotSafeError)
    assert [one.key for one in spool.first(state, 9)[1]] == [b"zoom:1", b"zoom:2"]
