"""What the forced command lets through, in the shells to which sshd may hand it."""

from __future__ import annotations

import hashlib
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from monserv.probe import forced, script

# Each as sshd calls a login shell; the command itself starts /bin/sh.
LOGIN_SHELLS = (["sh"], ["bash"], ["busybox", "sh"], ["csh"], ["fish"], ["mksh"], ["tcsh"], ["zsh"])
# What a server may have as /bin/sh.
SHELLS = ("dash", "bash", "busybox", "mksh", "zsh")
OTHER = "echo owned\n" * 2000


def sent(shell: list[str], text: str, probe: str = script.SCRIPT, sh: str = "/bin/sh") -> str:
    """Return what the forced command for ``probe`` says to somebody who sends ``text``."""
    done = subprocess.run(
        [*shell, "-c", forced.command(probe).replace("/bin/sh", sh)],
        input=text,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return done.stdout


@pytest.mark.real
@pytest.mark.parametrize("shell", LOGIN_SHELLS, ids=" ".join)
def test_the_probe_runs_and_reads_what_comes_after_it(shell: list[str]) -> None:
    probe = "while read -r line; do echo \"asked for <$line>; got 'it' \\\\\"; done\n"
    assert sent(shell, f"{probe}a $b\n`c` !d\n", probe).splitlines() == [
        "asked for <a $b>; got 'it' \\",
        "asked for <`c` !d>; got 'it' \\",
    ]


@pytest.mark.real
@pytest.mark.parametrize("shell", SHELLS)
def test_whatever_bin_sh_is_it_runs_the_probe_as_it_was_sent_and_nothing_else(
    shell: str, tmp_path: Path
) -> None:
    program = shutil.which(shell)
    assert program is not None, f"{shell} is not installed"
    (tmp_path / "sh").symlink_to(program)
    (tmp_path / "there").touch()
    probe = f'#.;  *\nset -- {tmp_path}/t*; echo "$1  ~ {{a,b}} \\$$ \\\\"\n'
    assert sent(["sh"], probe, probe, f"{tmp_path}/sh") == f"{tmp_path}/there  ~ {{a,b}} $$ \\\n"
    assert sent(["sh"], OTHER, probe, f"{tmp_path}/sh") == f"{forced.REFUSAL}\n"


@pytest.mark.real
@pytest.mark.parametrize("shell", LOGIN_SHELLS, ids=" ".join)
@pytest.mark.parametrize("text", [OTHER, "echo owned\n", "", f" {script.SCRIPT}"])
def test_anything_else_does_not_run(shell: list[str], text: str) -> None:
    assert sent(shell, text) == f"{forced.REFUSAL}\n"


@pytest.mark.real
def test_one_byte_makes_it_something_else() -> None:
    assert sent(["sh"], script.SCRIPT.replace("cat", "Cat", 1)) == f"{forced.REFUSAL}\n"


def test_every_version_is_as_long_or_a_login_would_wait_for_the_rest_of_another() -> None:
    assert len(script.SCRIPT.encode()) == 8192


def test_the_line_is_one_that_sshd_reads() -> None:
    line = forced.authorized_key("ssh-ed25519 AAAAC3Nz monserv")
    assert len(line.encode()) < forced.MAX_LINE_BYTES
    assert "\n" not in line
    # sshd reads a quote within an option as \", and dropbear knows no such thing.
    assert forced.command().count('"') == 0
    options, kind, key, remark = shlex.split(line)
    assert (kind, key, remark) == ("ssh-ed25519", "AAAAC3Nz", "monserv")
    # Within double quotes a shell keeps this backslash, and so do both servers.
    assert options == f"restrict,command={forced.command()}"


def test_it_is_pinned_by_its_digest() -> None:
    assert forced.digest() == hashlib.sha256(script.SCRIPT.encode()).hexdigest()
    assert forced.digest() in forced.command()
    assert forced.digest("other") not in forced.command()
