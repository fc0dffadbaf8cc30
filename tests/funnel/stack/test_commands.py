import io
import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from funnel.stack import commands
from funnel.stack.child import Child, Plan
from funnel.stack.commands import child_pid, down, kill_child, status, up, up_plan, watched
from funnel.stack.errors import StackError
from funnel.stack.folder import StackFolder
from funnel.stack.ports import LOOPBACK, free_port, is_free, is_listening
from funnel.stack.state import State
from funnel.stack.strays import strays
from funnel.stack.table import problems
from process.beat import Beat
from streams.settings import Settings
from tests.funnel.stack.children import BEATS, DEAF, NOTES_ITS_END, SLEEPER, python, server
from tests.funnel.stack.waiting import eventually, has_ended
from tests.servers.commands import funnel

PROGRESS = Console(file=io.StringIO()).status("")


@pytest.fixture
def config(tmp_path: Path) -> Iterator[Settings]:
    settings = Settings(data_dir=tmp_path / "data")
    settings.data_dir.mkdir(mode=0o700)
    yield settings
    down(settings)


def states(config: Settings) -> dict[str, str]:
    return {child.name: child.state for child in status(config)}


def test_up_twice_and_down_twice(config: Settings, tmp_path: Path) -> None:
    port = free_port()
    plan = Plan(
        children=(
            server("store", port, tmp_path / "www"),
            python("task", "print('made')", ready="exit", needs=("store",)),
            python("worker", SLEEPER, needs=("task",)),
        )
    )
    up_plan(config, plan, PROGRESS)
    assert states(config) == {"store": "ready", "task": "done", "worker": "ready"}
    pids = [child.pid for child in status(config)]
    assert is_listening(port)

    up_plan(config, plan, PROGRESS)
    assert [child.pid for child in status(config)] == pids

    assert down(config)
    assert states(config) == dict.fromkeys(("store", "task", "worker"), "stopped")
    assert is_free(port)
    assert all(has_ended(pid) for pid in pids if pid)
    assert not down(config)


def test_two_that_start_it_at_once_start_it_once(config: Settings, tmp_path: Path) -> None:
    plan = Plan(children=(server("store", free_port(), tmp_path / "www"), python("worker", SLEEPER)))
    with ThreadPoolExecutor() as pool:
        for done in [pool.submit(up_plan, config, plan, PROGRESS) for _ in range(3)]:
            done.result()
    assert states(config) == {"store": "ready", "worker": "ready"}
    assert {process.pid for process in strays(config.data_dir)} == {child.pid for child in status(config)}


def test_status_of_a_folder_that_never_had_a_stack(config: Settings) -> None:
    assert status(config) == []
    assert not down(config)


def test_what_needs_others_starts_after_them_and_ends_before_them(config: Settings, tmp_path: Path) -> None:
    notes = str(tmp_path / "notes")
    waits = "import time; time.sleep(0.3);" + NOTES_ITS_END
    plan = Plan(
        children=(
            python("first", waits, notes, "first"),
            python("second", NOTES_ITS_END, notes, "second", needs=("first",)),
            python("third", NOTES_ITS_END, notes, "third", needs=("second",)),
        )
    )
    up_plan(config, plan, PROGRESS)
    begun = [child.since for child in status(config)]
    assert begun == sorted(begun)
    down(config)
    assert Path(notes).read_text().split() == ["third", "second", "first"]


def test_what_is_pausable_stands_still_while_somebody_wants_it(config: Settings) -> None:
    worker = python("worker", SLEEPER).model_copy(update={"pausable": True})
    up_plan(config, Plan(children=(python("store", SLEEPER), worker)), PROGRESS)
    folder = StackFolder(config.data_dir)
    with folder.paused():
        eventually(lambda: states(config) == {"store": "ready", "worker": "stopped"})
        assert status(config)[1].trouble == "stopped while funnel rebuild runs"
        with pytest.raises(StackError, match="another funnel rebuild is running"), folder.paused():
            pass
    eventually(lambda: states(config) == {"store": "ready", "worker": "ready"})
    assert status(config)[1].restarts == 0


def test_the_servers_stay_up_where_a_worker_alone_does_not_start(config: Settings) -> None:
    lost = python("worker", "import sys; sys.exit('error: run funnel rebuild')").model_copy(update={"pausable": True})
    with pytest.raises(StackError, match="worker does not start: error: run funnel rebuild"):
        up_plan(config, Plan(children=(python("store", SLEEPER), lost)), PROGRESS)
    assert states(config)["store"] == "ready"


def test_a_task_is_run_again_when_the_server_that_it_was_for_comes_back(config: Settings, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    noting = "import sys; open(sys.argv[1], 'a').write('made ')"
    task = python("task", noting, str(notes), ready="exit", needs=("store",))
    up_plan(config, Plan(children=(python("store", SLEEPER), task)), PROGRESS)
    assert notes.read_text() == "made "
    kill_child(config, "store")
    eventually(lambda: notes.read_text() == "made made " and states(config) == {"store": "ready", "task": "done"})


def test_a_killed_child_is_started_again(config: Settings) -> None:
    up_plan(config, Plan(children=(python("worker", SLEEPER), python("other", SLEEPER))), PROGRESS)
    other = child_pid(config, "other")

    killed = kill_child(config, "worker")

    def is_back() -> bool:
        worker = status(config)[0]
        return worker.state is State.READY and worker.pid != killed

    eventually(is_back)
    worker = status(config)[0]
    assert worker.restarts == 1
    assert worker.error == "ended by SIGKILL"
    assert child_pid(config, "worker") == worker.pid
    assert child_pid(config, "other") == other


def test_a_child_that_does_not_run_has_no_pid(config: Settings) -> None:
    up_plan(config, Plan(children=(python("task", "", ready="exit"),)), PROGRESS)
    for name in ("task", "nobody"):
        with pytest.raises(StackError, match=f"no running {name} \\(known: task\\)"):
            child_pid(config, name)


def test_a_deaf_child_is_killed_in_time(config: Settings) -> None:
    deaf = python("deaf", DEAF).model_copy(update={"stop_seconds": 0.3})
    up_plan(config, Plan(children=(deaf,)), PROGRESS)
    pid = child_pid(config, "deaf")
    down(config)
    assert has_ended(pid)


def test_up_names_the_child_that_fails_its_last_words_and_its_log_and_ends_the_rest(config: Settings) -> None:
    plan = Plan(children=(python("well", SLEEPER), python("ill", "import sys; sys.exit('cannot bear it')")))
    with pytest.raises(StackError, match=r"ill does not start: cannot bear it .*logs/ill\.log") as caught:
        up_plan(config, plan, PROGRESS)
    assert "\n" not in str(caught.value)
    assert not StackFolder(config.data_dir).is_supervised()
    assert states(config) == {"well": "stopped", "ill": "stopped"}


def test_up_waits_no_longer_than_its_deadline(config: Settings) -> None:
    slow = python("slow", "import time; time.sleep(600)")
    with pytest.raises(StackError, match=r"slow was not ready within 1 s; see .*logs/slow\.log"):
        up_plan(config, Plan(children=(slow,)), PROGRESS, deadline_seconds=1)


def test_a_command_that_does_not_exist_is_named(config: Settings) -> None:
    missing = Child(name="missing", command=("/nonexistent/program",), ready="line")
    with pytest.raises(StackError, match=r"missing does not start: it cannot be started: .*/nonexistent/program"):
        up_plan(config, Plan(children=(missing,)), PROGRESS)


def test_after_a_killed_supervisor_up_ends_the_orphans_and_starts_anew(config: Settings, tmp_path: Path) -> None:
    port = free_port()
    plan = Plan(children=(server("store", port, tmp_path / "www"), python("worker", SLEEPER)))
    up_plan(config, plan, PROGRESS)
    orphans = [child_pid(config, name) for name in ("store", "worker")]
    kill_supervisor(config)
    assert [child.pid for child in status(config)] == orphans

    up_plan(config, plan, PROGRESS)

    assert all(has_ended(pid) for pid in orphans)
    assert states(config) == {"store": "ready", "worker": "ready"}


def test_after_a_killed_supervisor_and_a_lost_state_down_ends_the_orphans(config: Settings) -> None:
    up_plan(config, Plan(children=(python("worker", SLEEPER),)), PROGRESS)
    orphan = child_pid(config, "worker")
    kill_supervisor(config)
    StackFolder(config.data_dir).state.unlink()

    assert down(config)
    assert has_ended(orphan)


def test_stacks_in_two_folders_do_not_touch_each_other(config: Settings, tmp_path: Path) -> None:
    other = Settings(data_dir=tmp_path / "data" / "other")
    other.data_dir.mkdir()
    plan = Plan(children=(python("worker", SLEEPER),))
    up_plan(config, plan, PROGRESS)
    up_plan(other, plan, PROGRESS)
    pid = child_pid(config, "worker")
    down(other)
    assert child_pid(config, "worker") == pid


def test_children_read_the_settings_of_up(config: Settings, tmp_path: Path) -> None:
    code = (
        "from streams.settings import Settings; s = Settings(); print('ready', s.partitions, s.data_dir, flush=True);"
    )
    children = (python("reader", code + "import time; time.sleep(600)"),)
    up_plan(config.model_copy(update={"partitions": 5}), Plan(children=children), PROGRESS)
    assert status(config)[0].log.read_text().splitlines()[0] == f"ready 5 {config.data_dir}"


def test_a_busy_port_is_named_with_its_holder(config: Settings, tmp_path: Path) -> None:
    port = free_port()
    plan = Plan(children=(server("clickhouse", port, tmp_path / "www"),))
    up_plan(config, plan, PROGRESS)
    second = Settings(data_dir=tmp_path / "second")
    second.data_dir.mkdir()
    expected = rf"port {port} of clickhouse is held by process \d+ \(.*http.server.*FUNNEL_CLICKHOUSE_PORT"
    with pytest.raises(StackError, match=expected):
        up_plan(second, plan, PROGRESS)


def test_up_without_java_says_so(config: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StackError, match="Kafka needs Java 17 or newer, but none is installed: install it"):
        up(config, console=Console(file=io.StringIO()))


def test_a_question_that_is_not_answered_holds_up_nobody_else(config: Settings) -> None:
    with socket.create_server((LOOPBACK, 0)) as silent:
        kafka = python("kafka", SLEEPER).model_copy(update={"ready": "kafka", "port": silent.getsockname()[1]})
        plan = Plan(children=(python("worker", SLEEPER), kafka))
        # Not by up, which would wait for it.
        commands._start_supervisor(config, plan, StackFolder(config.data_dir))
        for ends in range(1, 4):
            eventually(lambda: states(config) == {"worker": "ready", "kafka": "starting"})
            kill_child(config, "worker")
            eventually(lambda ends=ends: status(config)[0].restarts == ends, 10)  # type: ignore[misc]


def test_a_restart_is_told_though_all_is_ready_again_and_status_exits_1(config: Settings) -> None:
    up_plan(config, Plan(children=(python("worker", BEATS, heartbeat=True),)), PROGRESS)
    assert problems(status(config), watched(config), datetime.now(UTC)) == []
    kill_child(config, "worker")
    eventually(lambda: status(config)[0].restarts == 1 and status(config)[0].state is State.READY)
    (told,) = problems(status(config), watched(config), datetime.now(UTC))
    assert told.startswith("worker was restarted once in the last hour, at ")
    assert told.endswith(" UTC (ended by SIGKILL); it is ready again")

    said = funnel_status(config, "--json")
    assert said.returncode == 1
    assert json.loads(said.stdout)["problems"] == [told]
    assert f"Not healthy: {told}" in funnel_status(config).stdout


def test_a_supervisor_that_is_gone_or_stands_still_is_told(config: Settings) -> None:
    up_plan(config, Plan(children=(python("worker", SLEEPER),)), PROGRESS)
    pid = StackFolder(config.data_dir).supervisor_pid()
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    beat = StackFolder(config.data_dir).heartbeat("supervisor")
    eventually(lambda: watched(config) != "")
    assert watched(config).startswith("the supervisor is hung: no sign of progress for 1")
    assert f"kill -9 {pid}, then funnel up" in watched(config)
    # What an earlier one left there says nothing of this one.
    beat.write_text(Beat(pid=pid + 1, at=0, progress=0).model_dump_json())
    assert watched(config) == ""
    os.kill(pid, signal.SIGCONT)
    eventually(lambda: watched(config) == "")

    kill_supervisor(config)
    assert watched(config) == "no supervisor is running: start it with funnel up"
    assert problems(status(config), watched(config), datetime.now(UTC)) == [watched(config)]


def test_what_was_wrong_before_the_supervisor_was_killed_is_not_told_as_if_it_were_now(config: Settings) -> None:
    ill = "import time; from process.heartbeat import heartbeat; heartbeat().fails('settle', 'Code: 457')\n"
    code = f"{ill}heartbeat().beat(); print('ready', flush=True); time.sleep(600)"
    up_plan(config, Plan(children=(python("worker", code, heartbeat=True),)), PROGRESS)
    eventually(lambda: status(config)[0].trouble == "settle: Code: 457")
    orphan = child_pid(config, "worker")
    kill_supervisor(config)
    os.kill(orphan, signal.SIGKILL)
    eventually(lambda: status(config)[0].state is State.STOPPED)
    assert status(config)[0].trouble == ""


def test_a_state_that_cannot_be_written_is_told(config: Settings) -> None:
    up_plan(config, Plan(children=(python("worker", SLEEPER),)), PROGRESS)
    # Nobody can write a file where a folder stands, as on a full disk.
    folder = StackFolder(config.data_dir)
    spare = folder.state.with_name(f".{folder.state.name}.spare")
    spare.unlink(missing_ok=True)
    spare.mkdir()
    kill_child(config, "worker")
    eventually(lambda: "stack.json: it cannot be written" in watched(config))
    spare.rmdir()
    eventually(lambda: watched(config) == "" and status(config)[0].restarts == 1)
    said = folder.log("supervisor").read_text()
    assert said.count("cannot be written") == said.count("worker: ready -> backing off") == 1


def test_too_little_room_is_told_whatever_the_supervisor_could_write(config: Settings) -> None:
    up_plan(config, Plan(children=(python("worker", SLEEPER),)), PROGRESS)
    said = funnel_status(config, FUNNEL_DISK_RESERVE_MB="1000000000")
    assert said.returncode == 1
    assert "have to stay free: make room (FUNNEL_DISK_RESERVE_MB)" in said.stdout
    assert "have to stay free" not in funnel_status(config, FUNNEL_DISK_RESERVE_MB="0").stdout


def test_a_stopped_child_ends_when_it_is_told_to(config: Settings, tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    up_plan(config, Plan(children=(python("worker", NOTES_ITS_END, str(notes), "ended"),)), PROGRESS)
    os.kill(child_pid(config, "worker"), signal.SIGSTOP)
    down(config)
    assert notes.read_text() == "ended\n"


def funnel_status(config: Settings, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "FUNNEL_DATA_DIR": str(config.data_dir), **environment}
    return funnel("status", *options, folder=Path.cwd(), environment=environment)


def kill_supervisor(config: Settings) -> None:
    folder = StackFolder(config.data_dir)
    pid = folder.supervisor_pid()
    assert pid is not None
    assert pid not in (os.getpid(), os.getppid())
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: not folder.is_supervised())
