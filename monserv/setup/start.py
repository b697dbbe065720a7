"""``python3 wsgi.py``: what is needed, then the checks, then gunicorn in this very process."""

from __future__ import annotations

import errno
import os
import shlex
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from monserv.errors import MonservError, StartRefused
from monserv.setup import lock, product, requirements, signals, usage, virtualenv
from monserv.setup.places import place
from monserv.setup.product import ROOT

REFUSED = 2
VENV = ".venv"


def main(arguments: Sequence[str]) -> int:
    """Become gunicorn, by way of a virtual environment if need be.

    Returns an exit code when that cannot be; one line then says why.
    """
    signals.let_in()
    try:
        _start(arguments)
    except MonservError as error:
        tell(str(error))
        return REFUSED


def tell(text: str) -> None:
    """Print one line about the start."""
    sys.stderr.write(f"monserv: {text}\n")
    sys.stderr.flush()


def plan(checkout: Path, name: str, suffix: str, chosen: str | None) -> virtualenv.Plan:
    """Return the plan for the environment ``name`` with ``requirements<suffix>.txt``."""
    constraints = [checkout / "constraints.txt", checkout / f"constraints{suffix}.txt"]
    return virtualenv.Plan(
        directory=place(checkout, name, chosen, os.environ),
        requirements=checkout / f"requirements{suffix}.txt",
        constraints=tuple(dict.fromkeys(constraints)),
        is_ours=not chosen,
    )


def is_set_up() -> bool:
    """Whether no packages have to be installed before monserv can run."""
    return not _missing() or _wanted().is_done()


def find_packages(again: Sequence[str]) -> None:
    """Return when this Python has the packages; else become one that has, with ``again``.

    Raises ``StartRefused`` with what to type.
    """
    missing = _missing()
    if not missing:
        return
    if product.IS_INSTALLED:
        raise StartRefused(
            "This Python lacks what monserv needs; "
            f"type: {sys.executable} -m pip install {shlex.join(missing)}"
        )
    wanted = _wanted()
    if Path(sys.prefix) == wanted.directory:
        raise StartRefused(
            f"{wanted.directory} lacks {', '.join(missing)}; "
            f"remove that directory and type: python3 {ROOT / 'wsgi.py'}"
        )
    if wanted.directory.parent != ROOT and not wanted.is_done():
        tell(f"the packages go to {wanted.directory} (MONSERV_VENV names another place)")
    _become(str(virtualenv.ensure(wanted, tell)), again)


def _missing() -> list[str]:
    return requirements.unmet(ROOT / "requirements.txt")


def _wanted() -> virtualenv.Plan:
    return plan(ROOT, VENV, "", os.environ.get("MONSERV_VENV"))


def _start(arguments: Sequence[str]) -> NoReturn:
    find_packages([str(ROOT / "wsgi.py"), *arguments])
    os.chdir(product.settings_directory())
    _check()
    configuration = str(ROOT / "gunicorn.conf.py")
    # Of two configurations the last counts, and it has to be ours: it lets the signals in.
    # -P, so that nothing is imported from a directory in which it only happens to run.
    _become(sys.executable, ["-P", "-m", "gunicorn", *arguments, "-c", configuration, "wsgi:app"])


def _check() -> None:
    """Refuse what gunicorn would only stumble over."""
    product.let_import()
    # The settings need the packages, which only now are certain to be there.
    import config  # noqa: PLC0415 -- as said above

    settings = config.load()
    if settings.data_dir.parent != ROOT and "MONSERV_DATA_DIR" not in os.environ:
        tell(f"the data goes to {settings.data_dir} (MONSERV_DATA_DIR names another place)")
    lock.make_directory(settings.data_dir)
    lock.check(settings.data_dir)
    _check_port(settings.server_host, settings.server_port)


def _check_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            probe.listen(1)
    except OSError as error:
        raise StartRefused(_port_failure(error, host, port)) from None


def _port_failure(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} of {host} is taken by another program; "
            f"type: SERVER_PORT={port + 1 if port < 65535 else 18904} {usage.START}"  # noqa: PLR2004 -- the last port
        )
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"SERVER_PORT={port}: this user may not listen there; use one above 1023"
    return f"SERVER_HOST={host}: this machine cannot listen there ({error.strerror})"


def _become(program: str, arguments: Sequence[str]) -> NoReturn:
    sys.stdout.flush()
    sys.stderr.flush()
    signals.hold_back()
    os.execv(program, [program, *arguments])  # noqa: S606 -- the very purpose
