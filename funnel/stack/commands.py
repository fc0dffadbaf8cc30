"""`funnel up`, `down` and `status`. Every failure is a StackError: one line with the way out."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress

import psutil
from rich.console import Console
from rich.status import Status

from connectors.pipeline.polling import can_be_polled
from connectors.pipeline.room import MEGABYTE, fullest, size
from connectors.registry import connectors
from connectors.settings import SettingsError, connector_settings
from connectors.webhooks.settings import webhook_settings
from funnel.answers.settings import ApiSettings, api_settings
from funnel.answers.tokens import TokensError, tokens_of
from funnel.stack.alone import refuse_servers_alone
from funnel.stack.child import Plan
from funnel.stack.clickhouse.choice import choose_store
from funnel.stack.errors import ChildError, StackError
from funnel.stack.folder import StackFolder
from funnel.stack.grafana.choice import PREVIEW, Dashboards, choose
from funnel.stack.grafana.settings import GrafanaSettings
from funnel.stack.grafana.upload import UploadError, upload
from funnel.stack.java import find_java
from funnel.stack.kafka.brokers import brokers_of, for_brokers
from funnel.stack.kafka.jars import jars_folder
from funnel.stack.plan import settings_environment, stack_plan
from funnel.stack.ports import LOOPBACK
from funnel.stack.preflight import check_folder, check_ports
from funnel.stack.private import UMASK, close_to_others, with_passwords
from funnel.stack.state import ChildStatus, StackState, State, read_state
from funnel.stack.strays import belongs, end_strays
from process.beat import SILENT, illness
from process.heartbeat import read_beat
from streams.settings import Settings

UP_SECONDS = 180
DOWN_SECONDS = 60
_HOPELESS_FAILURES = 3
"""After this many failures in a row, a start is given up."""
_POLL_SECONDS = 0.1


def up(
    settings: Settings,
    workers: int = 2,
    console: Console | None = None,
    grafana: GrafanaSettings | None = None,
    brokers: int | None = None,
) -> None:
    """Starts the stack of these settings, and returns once everything is ready. Starts nothing if it is up.

    `brokers`: of Kafka; None: as many as the data folder has, at first one. `grafana`: None shows the preview, whatever
    Grafana there is. A Grafana elsewhere gets the dashboards each time.
    Raises StackError if the stack does not come up; what was started is then stopped again, unless only a worker
    is late.
    """
    os.umask(UMASK)
    folder = StackFolder(settings.data_dir)
    console = console or Console(stderr=True)
    store = choose_store(settings, folder)
    # Servers elsewhere have passwords of their own, or know us by a certificate.
    settings = settings if store.elsewhere else with_passwords(settings)
    chosen = PREVIEW if grafana is None else choose(grafana, folder)
    if chosen.grafana is not None and settings.clickhouse_tls:
        chosen = Dashboards(reason="its data source is provisioned without TLS (docs/clickhouse-cluster.md)")
    refuse_servers_alone(folder)
    port, host = _webhooks(console)
    count = brokers_of(folder.root, brokers)
    named = settings.kafka_bootstrap
    settings = for_brokers(settings, count)
    # Without the secret for person ids nothing can be polled either.
    polls = [] if port is None else [one.name for one in connectors() if can_be_polled(one)]
    api = _api(console)
    plan = stack_plan(settings, workers, port, chosen, host, count, store, polls, api)
    check_folder(folder.root, settings.disk_reserve_mb)
    for line in close_to_others(folder.root):
        _print(console, line)
    with console.status("starting") as progress:
        if not folder.is_supervised():
            find_java()
            progress.update("downloading Kafka's jars (only once)")
            jars_folder()
        if not folder.is_supervised() and store.said:
            _print(console, store.said)
        if not folder.is_supervised() and chosen.reason:
            _print(console, f"Preview instead of Grafana: {chosen.reason}")
        try:
            up_plan(settings, plan, progress)
        except ChildError as error:
            if error.child != "grafana" or folder.is_supervised():
                raise
            _print(console, f"Preview instead of Grafana: {error}")
            again = stack_plan(
                settings, workers, port, webhook_host=host, brokers=count, store=store, polls=polls, api=api
            )
            up_plan(settings, again, progress)
    if grafana is not None and chosen.address:
        _fill(chosen, grafana, console)
    children = status(settings)
    for child in children:
        if child.state is State.FAILING:
            _print(console, f"{child.name} runs, but is failing: {child.trouble}")
    where = dashboards_address(children, chosen.address)
    if settings.kafka_bootstrap != named:
        _print(console, f"Set FUNNEL_KAFKA_BOOTSTRAP={settings.kafka_bootstrap}: then commands find each broker, too")
    _print(console, f"up: data and logs in {folder.root}; dashboards at {where}")


def _fill(chosen: Dashboards, grafana: GrafanaSettings, console: Console) -> None:
    """Sends the dashboards to a Grafana elsewhere, and prints the result. The stack is up whatever the result."""
    token = grafana.funnel_grafana_token.get_secret_value()
    if not token:
        _print(
            console,
            f"Nothing is sent to {chosen.address}: provision it with grafana/provisioning and "
            "grafana/dashboards, or set FUNNEL_GRAFANA_TOKEN",
        )
        return
    try:
        sent = upload(chosen.address, token)
    except UploadError as error:
        _print(console, f"The dashboards are not in {chosen.address}: {error}")
    else:
        _print(console, f"{sent} dashboards sent to {chosen.address}; its data source and alert rules stay as they are")


def _print(console: Console, text: str) -> None:
    console.print(text, soft_wrap=True, highlight=False, markup=False)


def _webhooks(console: Console) -> tuple[int | None, str]:
    """Port and address of the webhook server.

    No port if the secret for person ids is not set: the rest of the stack then runs without webhooks.
    """
    try:
        connector_settings()
    except SettingsError as missing:
        _print(console, f"Without the webhook server: {missing}")
        return None, LOOPBACK
    own = webhook_settings()
    return own.port, own.host


def _api(console: Console) -> ApiSettings | None:
    """The settings of the API; None: it is not wanted, or not with these settings."""
    try:
        own = api_settings()
        if not own.tokens.get_secret_value() and own.tokens_file is None:
            return None
        tokens_of(own)
    except (SettingsError, TokensError) as wrong:
        _print(console, f"Without the API: {wrong}")
        return None
    return own


def up_plan(settings: Settings, plan: Plan, progress: Status, deadline_seconds: float = UP_SECONDS) -> None:
    """`up` for any plan. If only a worker does not start, the rest stays up: the way out may need the servers."""
    folder = StackFolder(settings.data_dir)
    was_supervised = folder.is_supervised()
    if not was_supervised:
        check_ports(plan, folder)
        _start_supervisor(settings, plan, folder)
    try:
        _wait_until_ready(folder, progress, deadline_seconds)
    except (StackError, KeyboardInterrupt) as error:
        if not (was_supervised or _is_of_a_worker(error, plan)):
            progress.update("stopping")
            down(settings)
        raise


def _is_of_a_worker(error: BaseException, plan: Plan) -> bool:
    workers = {child.name for child in plan.children if child.pausable}
    return isinstance(error, ChildError) and error.child in workers


def down(settings: Settings) -> bool:
    """Stops the stack of this data folder, and leftovers of a dead supervisor. False if nothing was running."""
    folder = StackFolder(settings.data_dir)
    pid = folder.supervisor_pid()
    if pid is not None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
            deadline = time.monotonic() + DOWN_SECONDS
            while folder.is_supervised():
                if time.monotonic() > deadline:
                    os.kill(pid, signal.SIGKILL)
                time.sleep(_POLL_SECONDS)
    return end_strays(folder.root) > 0 or pid is not None


def status(settings: Settings) -> list[ChildStatus]:
    """The children's current state; none if this data folder never had a stack. Without a supervisor, children that do
    not run count as stopped, and their former faults are not reported as current."""
    folder = StackFolder(settings.data_dir)
    state = read_state(folder.state)
    if state is None:
        return []
    if state.supervisor != folder.supervisor_pid():
        for child in state.children:
            if _process(child, folder) is None:
                child.state, child.trouble, child.pid, child.created = State.STOPPED, "", None, None
    return state.children


def watched(settings: Settings) -> str:
    """What is wrong with this data folder's supervisor, and the way out, in one line; empty: nothing."""
    folder = StackFolder(settings.data_dir)
    pid = folder.supervisor_pid()
    if pid is None:
        return "no supervisor is running: start it with funnel up"
    beat = read_beat(folder.heartbeat("supervisor"))
    # Until it has stopped an earlier one's leftovers, the file holds that one's last state.
    trouble = illness(beat if beat is not None and beat.pid == pid else None, time.monotonic())
    if trouble.startswith("hung"):
        return f"the supervisor is {trouble}, so the lines above may be old: kill -9 {pid}, then funnel up"
    if trouble.startswith("failing"):
        return f"the supervisor is {trouble}, so the lines above may be old"
    if beat is None and _age(pid) > SILENT:
        return f"the supervisor writes no heartbeat to {folder.heartbeats}, so the lines above may be old: make room"
    return ""


def short_of_room(settings: Settings) -> str:
    """A line if less than the reserve is free, even if the supervisor could not report it; empty: enough is free."""
    free, needed = fullest(settings.data_dir.resolve()), settings.disk_reserve_mb * MEGABYTE
    if free is None or free.bytes >= needed:
        return ""
    return f"{free}, and {size(needed)} have to stay free: make room (FUNNEL_DISK_RESERVE_MB)"


def _age(pid: int) -> float:
    try:
        return time.time() - psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return 0.0


def dashboards_address(children: Sequence[ChildStatus], elsewhere: str) -> str:
    """The address of the dashboards from these children, else of the Grafana elsewhere; empty: none now."""
    shown = next((child for child in children if child.name in ("grafana", "dashboards")), None)
    if shown is None:
        return elsewhere
    return f"http://{LOOPBACK}:{shown.port}" if shown.state in (State.READY, State.FAILING) else ""


def child_pid(settings: Settings, name: str) -> int:
    """The pid of a running child. Raises StackError if no child has this name, or it does not run."""
    return _running(settings, name).pid


def kill_child(settings: Settings, name: str) -> int:
    """Kills a child at once (SIGKILL), like a crash, and returns its former pid. The supervisor restarts it.

    Raises the same StackErrors as child_pid.
    """
    process = _running(settings, name)
    process.kill()
    return process.pid


def _running(settings: Settings, name: str) -> psutil.Process:
    folder = StackFolder(settings.data_dir)
    children = {child.name: child for child in status(settings)}
    process = _process(children[name], folder) if name in children else None
    if process is None:
        known = ", ".join(children) or "none"
        raise StackError(f"there is no running {name} (known: {known}): see funnel status, or start it with funnel up")
    return process


def _process(child: ChildStatus, folder: StackFolder) -> psutil.Process | None:
    """The running process of a child; None if it has ended, even if another process has its pid now."""
    if child.pid is None:
        return None
    try:
        process = psutil.Process(child.pid)
        return process if process.create_time() == child.created and belongs(process, folder.root) else None
    except psutil.NoSuchProcess:
        return None


def _start_supervisor(settings: Settings, plan: Plan, folder: StackFolder) -> None:
    folder.root.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.logs.mkdir(mode=0o700, exist_ok=True)
    log_file = os.open(folder.log("supervisor"), os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    with os.fdopen(log_file, "ab") as log:
        # It detaches from this process's session and returns at once.
        subprocess.run(
            [sys.executable, "-m", "funnel.stack.supervisor", str(folder.root)],
            env={**os.environ, **settings_environment(settings)},
            input=plan.model_dump_json().encode(),
            stdout=log,
            stderr=subprocess.STDOUT,
            check=True,
            # For all files of it and its children: records, logs, stack.json.
            umask=UMASK,
        )


def _wait_until_ready(folder: StackFolder, progress: Status, deadline_seconds: float) -> None:
    deadline = time.monotonic() + deadline_seconds
    while True:
        state = read_state(folder.state)
        # The state of a former supervisor says nothing about this one.
        if state is not None and state.supervisor == folder.supervisor_pid():
            if state.is_up:
                return
            progress.update(_line(state))
            hopeless = [
                child for child in state.children if child.failures >= _HOPELESS_FAILURES or child.state is State.HELD
            ]
            if hopeless:
                child = hopeless[0]
                raise ChildError(
                    child.name, f"{child.name} does not start: {child.trouble or child.error}; see {child.log}"
                )
        if time.monotonic() > deadline:
            raise _too_late(state, folder, deadline_seconds)
        time.sleep(_POLL_SECONDS)


def _too_late(state: StackState | None, folder: StackFolder, seconds: float) -> StackError:
    if state is None or state.supervisor != folder.supervisor_pid():
        return StackError(f"the supervisor did not start within {seconds:.0f} s; see {folder.log('supervisor')}")
    late = next(child for child in state.children if child.state not in (State.READY, State.DONE, State.FAILING))
    reason = f" ({late.trouble or late.error})" if late.trouble or late.error else ""
    return ChildError(late.name, f"{late.name} was not ready within {seconds:.0f} s{reason}; see {late.log}")


def _line(state: StackState) -> str:
    return ", ".join(f"{child.name} {child.state}" for child in state.children)
