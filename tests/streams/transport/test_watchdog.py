"""When the patience with a worker ends."""

from streams.transport.watchdog import Condition, Patience

WORKING = Condition(waiting=True, progress=1, stopping=False)
IDLE = Condition(waiting=False, progress=1, stopping=False)
STOPPING = Condition(waiting=False, progress=1, stopping=True)


def _patience() -> Patience:
    return Patience(stall_seconds=60, stop_seconds=10)


def test_a_worker_with_nothing_to_do_may_be_idle_for_ever() -> None:
    patience = _patience()
    assert not any(patience.exhausted(IDLE, now) for now in range(0, 10_000, 10))


def test_a_worker_that_gets_on_may_be_behind_for_ever() -> None:
    patience = _patience()
    assert not any(patience.exhausted(WORKING._replace(progress=now), now) for now in range(0, 10_000, 10))


def test_waiting_without_progress_ends() -> None:
    patience = _patience()
    assert patience.exhausted(WORKING, 1_000) is None
    assert patience.exhausted(WORKING, 1_059) is None
    assert patience.exhausted(WORKING, 1_060) == "records wait, but there was no progress for 60 s"


def test_a_step_or_a_pause_makes_the_patience_start_anew() -> None:
    for relief in (WORKING._replace(progress=2), IDLE):
        patience = _patience()
        assert patience.exhausted(WORKING, 0) is None
        assert patience.exhausted(relief, 59) is None
        assert patience.exhausted(WORKING._replace(progress=relief.progress), 61) is None
        assert patience.exhausted(WORKING._replace(progress=relief.progress), 125)


def test_stopping_may_not_take_long() -> None:
    patience = _patience()
    assert patience.exhausted(STOPPING, 0) is None
    assert patience.exhausted(STOPPING, 9) is None
    assert patience.exhausted(STOPPING, 10) == "still not stopped after 10 s"
