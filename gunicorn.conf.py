"""The process: one gevent worker, its lock, its migration, its drain.

gunicorn's master imports nothing that the worker must patch later; state lives
in the worker, so there is exactly one and nothing is loaded before the fork.
"""

from __future__ import annotations

import logging
import math
import os
import resource
import signal
import subprocess
import sys
import threading
from functools import lru_cache
from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger
from gunicorn.util import getcwd

ROOT = str(Path(__file__).resolve().parent)


def _path_without(directory: str) -> list[str]:
    """Return the path of imports, ours first, without a directory where we only happen to run."""
    return [ROOT, *(place for place in sys.path if place not in {ROOT, directory})]


# gunicorn has put this one first, whatever lies there.
sys.path[:] = _path_without(getcwd())

from monserv.setup import signals  # noqa: E402 -- the checkout need not be the current directory

# Before the other imports, which take a while.
signals.let_in()

from config import load, remarks  # noqa: E402 -- as above
from monserv import capacity, garbage, large_pages, logs  # noqa: E402 -- as above
from monserv.capacity import MAX_OPEN_FILES  # noqa: E402 -- as above
from monserv.clock import SystemClock, give_way  # noqa: E402 -- as above
from monserv.errors import MonservError, StartRefused  # noqa: E402 -- as above
from monserv.model.channel import NO_CHANNELS  # noqa: E402 -- as above
from monserv.settings import greeting  # noqa: E402 -- as above
from monserv.settings.addresses import in_url, is_loopback  # noqa: E402 -- as above
from monserv.setup import lock, product, usage  # noqa: E402 -- as above

REFUSED = 2
NOBODY = 4
CENSUS_SECONDS = 30
STOP_SECONDS = 2.0
REQUEST_SECONDS = 0.3
BODY_SECONDS = 10.0
DRAIN_SECONDS = 2.6
MIGRATION_SECONDS = 600
PREFLIGHT_SECONDS = 120


def _most_open_files() -> int:
    """Return how many open files the system lets us have."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MAX_OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, MAX_OPEN_FILES)


class _RequestLog(Logger):
    """gunicorn's log, which gathers what a request's line says only where lines are kept."""

    def access(self, resp: Any, req: Any, environ: Any, request_time: Any) -> None:
        if self.access_log.isEnabledFor(logging.INFO):
            super().access(resp, req, environ, request_time)


def _refuse(reason: object) -> None:
    sys.stderr.write(f"monserv: {reason}\n")
    sys.exit(REFUSED)


try:
    settings = load()
except MonservError as refusal:
    _refuse(refusal)

bind = f"{in_url(settings.server_host)}:{settings.server_port}"
if settings.tls_certificate is not None:
    certfile, keyfile = str(settings.tls_certificate), str(settings.tls_key)
chdir = str(product.settings_directory())
# Unless it is there already, gunicorn puts this one first as well; later it is not needed.
sys.path.append(chdir)
worker_class = "gevent"
workers = 1
worker_connections = capacity.connections(_most_open_files(), len(settings.servers))
preload_app = False
control_socket_disable = True
graceful_timeout = 3
keepalive = 5
# As long as gunicorn can: the URLs that may be asked for have up to 4096 characters.
limit_request_line = 8190
# No header may change what the others mean: links have no scheme, and paths no prefix.
forwarder_headers = ""
secure_scheme_headers = {}
# So nobody has to be told apart from others by the address, with each request.
forwarded_allow_ips = "*"
proc_name = "monserv"
logger_class = _RequestLog
logconfig_dict = logs.configuration(settings.log_level, settings.log_format)
access_log_format = "%(h)s %(m)s %(U)s %(s)s %(B)s bytes %(M)s ms"
if os.access("/dev/shm", os.W_OK):  # noqa: S108 -- the heartbeat must not wait for a disk
    worker_tmp_dir = "/dev/shm"  # noqa: S108 -- as above

log = logging.getLogger("monserv")
clock = SystemClock()


def on_starting(server: Any) -> None:
    """Refuse what cannot work, take the data directory, bring the database to this version."""
    sys.path[:] = _path_without(chdir)
    try:
        _refuse_other_shapes(server.cfg)
        _tame_signals(server)
        os.umask(0o077)
        _raise_file_limit()
        # A core dump would hold every password.
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        lock.make_directory(settings.data_dir)
        # Held by this process and its worker until the last of them ends.
        lock.hold(settings.data_dir)
        _check_what_libraries_know()
        _migrate()
        _require_somebody()
        for remark in remarks(settings):
            log.warning("%s", remark)
    except StartRefused as refusal:
        _refuse(refusal)


def post_fork(_server: Any, worker: Any) -> None:
    """End a worker that is still being loaded at the first signal: there is nothing to save yet.

    Until it has its own handlers it has the master's, which only take note. So do its own, and
    to load the application takes a busy machine longer than anybody waits for an end.
    """
    init_signals = worker.init_signals

    def init_signals_and_vanish() -> None:
        init_signals()
        _vanish_at_signals()

    worker.init_signals = init_signals_and_vanish
    _vanish_at_signals()
    _patch_without_plugins()


def _vanish_at_signals() -> None:
    for number in signals.ENDING:
        signal.signal(number, _vanish)


def _patch_without_plugins() -> None:
    """Keep gevent, which patches after this, from asking each package for a plugin of that.

    It would read all of their metadata once for each module that it patches.
    """
    from gevent import events  # noqa: PLC0415 -- only in the worker

    events.notify_and_call_entry_points = events.notify


def _vanish(_number: int, _frame: Any) -> None:
    os._exit(0)


def post_worker_init(worker: Any) -> None:
    """Start the runtime, where threads are green, and say where it is."""
    import gevent  # noqa: PLC0415 -- only in the worker, once everything is patched

    _read_in_turns()
    _make_once(worker.cfg)
    _refuse_in_the_envelope()
    drain = _Drain(worker, gevent.getcurrent())
    for number in signals.ENDING:
        gevent.signal_handler(number, drain.run)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    garbage.collect_rarely(SystemClock())
    runtime = worker.wsgi.extensions["monserv"]
    runtime.start()
    garbage.expect(len(runtime.state.snapshot().servers))
    large_pages.keep()
    drain.may_begin.set()
    for line in greeting.links(settings):
        log.info("%s", line)
    for line in greeting.hints(settings, contained=greeting.is_container()):
        log.warning("%s", line)


def ssl_context(_config: Any, _usual: Any) -> Any:
    """Return what makes TLS of connections; asked for in the worker, if at all."""
    from monserv.stream import tls  # noqa: PLC0415 -- only in the worker, once all is patched

    return tls.context(settings.tls_certificate, settings.tls_key)


def pre_request(_worker: Any, request: Any) -> None:
    """Count the requests that are being answered, WebSockets among them.

    The next request may have come with this one, and gunicorn would answer one
    after the other without ever letting another client in. One that had to be read
    has waited for its turn already.
    """
    _Drain.requests += 1
    unreader = request.unreader
    unreader.give_up_at = clock.monotonic() + BODY_SECONDS
    if not unreader.was_in_turn:
        give_way()
    unreader.was_in_turn = False


def post_request(_worker: Any, request: Any, _environ: Any, _response: Any) -> None:
    """Count the requests that are being answered."""
    _Drain.requests -= 1
    request.unreader.give_up_at = math.inf


def worker_exit(_server: Any, _worker: Any) -> None:
    """End at once after a drain: a thread stuck in a disk would keep the interpreter."""
    if _Drain.is_done:
        logging.shutdown()
        os._exit(0)


class _Drain:
    """Closes WebSockets, flushes the database and ends the worker, once, within a bound.

    gunicorn's own way looks at its flag once a second and says nothing to WebSockets.
    """

    requests = 0
    is_done = False

    def __init__(self, worker: Any, main_greenlet: Any) -> None:
        self._worker = worker
        self._main = main_greenlet
        self._begun = False
        # What is still being started cannot be stopped yet.
        self.may_begin = threading.Event()

    def run(self) -> None:
        import gevent  # noqa: PLC0415 -- only in the worker

        if self._begun:
            return
        self._begun = True
        try:
            with gevent.Timeout(DRAIN_SECONDS, False):
                self.may_begin.wait()
                self._worker.wsgi.extensions["monserv"].stop(STOP_SECONDS)
                with gevent.Timeout(REQUEST_SECONDS, False):
                    while _Drain.requests > 0:
                        gevent.sleep(0.02)
        except Exception:
            log.exception("monserv did not stop cleanly")
        finally:
            _Drain.is_done = True
            gevent.get_hub().loop.run_callback(self._main.throw, SystemExit(0))


def _read_in_turns() -> None:
    """Let the others go first before each piece that is read, and keep the pieces small.

    gunicorn reads a body that nobody wants to its end, and would do nothing else
    for as long as its client is quick. It bounds the time that headers may take (as
    ``keepalive``), and a body none: one that is late ends where it is.
    """
    from gunicorn.http.unreader import SocketUnreader  # noqa: PLC0415 -- only in the worker

    read = SocketUnreader.chunk

    def read_in_turn(unreader: Any, _wanted_bytes: int | None = None) -> bytes:
        give_way()
        unreader.was_in_turn = True
        left_seconds = getattr(unreader, "give_up_at", math.inf) - clock.monotonic()
        if left_seconds == math.inf:
            return bytes(read(unreader))
        unreader.sock.settimeout(max(left_seconds, 0.001))
        try:
            return bytes(read(unreader))
        except TimeoutError:
            return b""
        finally:
            unreader.sock.settimeout(None)

    SocketUnreader.chunk = read_in_turn
    SocketUnreader.was_in_turn = False


def _make_once(cfg: Any) -> None:
    """Keep what gunicorn makes for each request: its way to the log, and the time in words.

    Together they are a tenth of what a short answer costs; and so is looking for settings,
    thirty for each request, in objects that are asked for what does not change any more.
    """
    from gunicorn import util  # noqa: PLC0415 -- only in the worker
    from gunicorn.http import wsgi  # noqa: PLC0415 -- as above

    # Past its own way of setting what is no setting.
    vars(cfg).update({name: setting.get() for name, setting in cfg.settings.items()})
    errors = wsgi.WSGIErrorsWrapper(cfg)
    wsgi.WSGIErrorsWrapper = lambda _cfg: errors
    in_words = lru_cache(1)(util.http_date)
    util.http_date = lambda at=None: in_words(int(clock.now().timestamp() if at is None else at))


def _refuse_in_the_envelope() -> None:
    """Answer requests that gunicorn cannot read as all others are answered.

    gunicorn itself answers in HTML, and repeats what was sent.
    """
    from gunicorn import util  # noqa: PLC0415 -- only in the worker

    from monserv.web import unreadable  # noqa: PLC0415 -- as above

    def write(client: Any, code: int, _reason: str, _message: str) -> None:
        util.write_nonblock(client, unreadable.answer(code))

    util.write_error = write


def _refuse_other_shapes(cfg: Any) -> None:
    if cfg.workers != 1:
        raise StartRefused(
            f"{cfg.workers} workers are refused: monserv keeps its state in one process; "
            "leave out -w, --workers and WEB_CONCURRENCY"
        )
    if cfg.worker_class_str != "gevent":
        raise StartRefused(
            f"The worker class {cfg.worker_class_str} is refused: WebSockets and pollers need "
            "gevent; leave out -k and --worker-class"
        )
    if cfg.is_ssl and settings.tls_certificate is None:
        raise StartRefused(
            "--certfile and --keyfile are refused: MONSERV_TLS_CERT and MONSERV_TLS_KEY do the "
            "same, and are checked before the start"
        )
    if cfg.preload_app:
        raise StartRefused(
            "--preload is refused: what starts before the fork is lost in the worker; leave it out"
        )


def _tame_signals(server: Any) -> None:
    """Replace what gunicorn does on signals that would make a second worker or master.

    A closed terminal ends the program, as it ends others, and under ``nohup`` it
    does not.
    """

    def stay() -> None:
        log.warning("monserv keeps its state in one process, and so stays as it is")

    server.handle_ttin = server.handle_usr2 = stay
    under_nohup = signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    server.handle_hup = (lambda: None) if under_nohup else server.handle_term


def _raise_file_limit() -> None:
    """Allow as many open files, and so clients, as the system lets us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _most_open_files()
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    if worker_connections < capacity.MAX_CONNECTIONS:
        log.warning(
            "at most %d connections, %d of them streams, since %d files may be open; "
            "ulimit -n, or LimitNOFILE, allows more",
            worker_connections,
            capacity.streams(most, len(settings.servers)),
            most,
        )


def _check_what_libraries_know() -> None:
    """Refuse the start with a key or a channel that cannot be used, and say what would mend it."""
    has_keys = any(server.credentials.key_path for server in settings.servers)
    if not has_keys and settings.notify == NO_CHANNELS:
        return
    done = _apart("monserv.preflight", "", PREFLIGHT_SECONDS)
    if done.returncode != 0:
        raise StartRefused("; ".join(done.stderr.splitlines()))


def _apart(module: str, told: str, seconds: float) -> subprocess.CompletedProcess[str]:
    """Run ``module`` in a process of its own, so that this one stays free of what must be patched.

    It reads ``told``, and what it says on the standard error comes back.
    """
    before = os.environ.get("PYTHONPATH")
    path = os.pathsep.join([ROOT, before] if before else [ROOT])
    return subprocess.run(  # noqa: S603 -- our own command
        # -P, so that it imports nothing from the directory in which it runs.
        [sys.executable, "-P", "-m", module],
        cwd=chdir,
        env=os.environ | {"PYTHONPATH": path},
        input=told,
        stderr=subprocess.PIPE,
        text=True,
        timeout=seconds,
        check=False,
    )


def _migrate() -> None:
    """Bring the database to this version.

    Watching goes on with a database that cannot be used, and says so; only an
    address that names none is refused.
    """
    # Given as an argument, the URL would show in the list of processes.
    done = _apart("monserv.db.migrate", f"{settings.database_url}\n", MIGRATION_SECONDS)
    said = done.stderr.strip()
    if done.returncode == REFUSED and said.startswith("DATABASE_URL"):
        raise StartRefused(said)
    if done.returncode != 0:
        log.error("%s; watching goes on, alerts are told but not recorded", said)


def _require_somebody() -> None:
    """Refuse to listen to others while nobody could log in.

    Where the set-up code waits in the log, somebody can; and what cannot be read
    lets nobody in.
    """
    if settings.auth != "auto" or is_loopback(settings.server_host):
        return
    done = _apart("monserv.accounts.census", f"{settings.database_url}\n", CENSUS_SECONDS)
    if done.returncode == NOBODY:
        raise StartRefused(
            f"SERVER_HOST={settings.server_host} would show your servers to everybody who can "
            "reach this machine, and nobody has an account yet; "
            f"type: {usage.COMMAND} user add NAME (or set MONSERV_AUTH=required to make the first "
            "account in the browser, or MONSERV_AUTH=none to let everybody in)"
        )
