"""Real servers for tests: OpenSSH and dropbear on loopback, with users of their own.

They need root, because only root can add users and log in as them. Everything
they make (users, files, mounts in a namespace of their own) goes with them.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

from tests.ports import free_port
from tests.real import canary


def wait_for_port(port: int, seconds: float = 30.0) -> None:
    give_up_at = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 0.5).close()
        except OSError:
            if time.monotonic() > give_up_at:
                raise
            time.sleep(0.05)
        else:
            return


def run(*command: str, text: str | None = None) -> str:
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


def descendants(pid: int) -> list[int]:
    """Return the children of a process, their children, and so on."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text(errors="replace")
        except OSError:
            continue
        parents[int(text.split(" ", 1)[0])] = int(text.rpartition(") ")[2].split()[1])
    found = [pid]
    for parent in found:
        found += [child for child, its_parent in parents.items() if its_parent == parent]
    return found[1:]


def kill_with_descendants(process: subprocess.Popen[bytes]) -> None:
    for pid in [process.pid, *descendants(process.pid)]:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    process.wait()


class User:
    """A user of this machine, with a random name."""

    def __init__(self, home: Path, password: str | None = None, shell: str = "/bin/sh") -> None:
        self.name = f"mst{secrets.token_hex(4)}"
        self.home = home / self.name
        self.password = canary.plant(secrets.token_hex(8) if password is None else password)
        run("useradd", "-M", "-N", "-d", str(self.home), "-s", shell, self.name)
        self.home.mkdir(mode=0o755)
        shutil.chown(self.home, self.name)
        self.set_password(self.password)

    def set_password(self, password: str) -> None:
        self.password = canary.plant(password)
        run("chpasswd", text=f"{self.name}:{password}\n")

    def authorise(self, key_path: Path) -> None:
        folder = self.home / ".ssh"
        folder.mkdir(exist_ok=True)
        with (folder / "authorized_keys").open("a") as file:
            file.write(key_path.with_name(key_path.name + ".pub").read_text())

    def remove(self) -> None:
        # Sessions that are just ending would keep the user busy.
        subprocess.run(["pkill", "-KILL", "-u", self.name], check=False)
        for _ in range(50):
            done = subprocess.run(["userdel", self.name], capture_output=True, check=False)
            if done.returncode == 0:
                return
            time.sleep(0.1)
        raise AssertionError(f"userdel {self.name}: {done.stderr!r}")


class Sshd:
    """Debian's sshd with a configuration of the test's own, perhaps in another namespace."""

    def __init__(
        self,
        folder: Path,
        *extra: str,
        has_own_mounts: bool = False,
        address: str = "127.0.0.1",
        namespace: str = "",
    ) -> None:
        self.folder = folder
        self.port = free_port()
        self.extra = extra
        # What is mounted for its sessions alone shows on no other server of this machine.
        mounts = ("unshare", "--mount", "--propagation", "private")
        self._prefix = mounts if has_own_mounts else ()
        if namespace:
            self._prefix = ("ip", "netns", "exec", namespace)
        self.address = address
        self.process: subprocess.Popen[bytes] | None = None
        self.log_path = folder / "sshd.log"
        for kind in ("ed25519", "rsa"):
            self.new_host_key(kind)

    def new_host_key(self, kind: str) -> None:
        path = self.folder / f"host_{kind}"
        path.unlink(missing_ok=True)
        # A longer one takes a busy machine seconds to find.
        bits = ("-b", "2048") if kind == "rsa" else ()
        run("ssh-keygen", "-q", "-t", kind, *bits, "-N", "", "-f", str(path))

    def start(self) -> None:
        Path("/run/sshd").mkdir(exist_ok=True)
        config = self.folder / "sshd_config"
        lines = [
            f"ListenAddress {self.address}:{self.port}",
            *(f"HostKey {key}" for key in self.folder.glob("host_*[!b]")),
            "PidFile none",
            # Tests in a lane share it, and some leave logins half done. Of this the last counts.
            "MaxStartups 200",
            # The first word on a setting counts, so a test's own come before the usual ones.
            *self.extra,
            "UsePAM no",
            "PasswordAuthentication yes",
            "StrictModes no",
            "LogLevel DEBUG1",
            "PerSourcePenalties no",
        ]
        version = subprocess.run(["sshd", "-V"], capture_output=True, text=True, check=False).stderr
        if not any(f"OpenSSH_{major}" in version for major in ("9.8", "9.9", "10")):
            lines.remove("PerSourcePenalties no")
        config.write_text("\n".join(lines) + "\n")
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [*self._prefix, "/usr/sbin/sshd", "-D", "-e", "-f", str(config)], stderr=log
            )
        self._wait()

    def _wait(self) -> None:
        wait_for_port(self.port)

    def log(self) -> str:
        return self.log_path.read_text(errors="replace")

    def sessions(self) -> list[int]:
        """Return the processes that serve one connection each."""
        assert self.process is not None
        return descendants(self.process.pid)

    def stop(self) -> None:
        """End the listener and every session, as a crash of the machine would."""
        if self.process is not None:
            kill_with_descendants(self.process)
            self.process = None


class SmallDisk:
    """A real ext4 file system of 16 MiB that only the sessions of one sshd see, if one is given."""

    def __init__(self, folder: Path, sshd: Sshd | None = None) -> None:
        self.mountpoint = folder / "small disk"
        inside = self.mountpoint
        self._enter: tuple[str, ...] = ()
        if sshd is not None:
            assert sshd.process is not None
            pid = str(sshd.process.pid)
            inside = Path("/proc", pid, "root", *self.mountpoint.parts[1:])
            self._enter = ("nsenter", "--mount", "--target", pid)
        self._ballast = inside / "ballast"
        image = folder / "disk.img"
        with image.open("wb") as file:
            file.truncate(16 * 2**20)
        run("mkfs.ext4", "-q", "-F", "-m", "0", str(image))
        self.mountpoint.mkdir(exist_ok=True)
        run(*self._enter, "mount", "-o", "loop", str(image), str(self.mountpoint))

    def fill(self) -> None:
        """Write until nothing fits any more."""
        with contextlib.suppress(OSError), self._ballast.open("wb", buffering=0) as ballast:
            while ballast.write(bytes(64 * 1024)):
                pass

    def empty(self) -> None:
        self._ballast.unlink()

    def remove(self) -> None:
        run(*self._enter, "umount", "--lazy", str(self.mountpoint))


class Tinysshd:
    """Debian's tinysshd, started anew for each connection, as inetd would."""

    def __init__(self, folder: Path) -> None:
        self._keys = folder / "tinysshd"
        run("tinysshd-makekey", "-q", str(self._keys))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.connections = 0
        self._children: list[subprocess.Popen[bytes]] = []
        self._thread = threading.Thread(target=self._serve, name="tinysshd")

    def start(self) -> None:
        self._thread.start()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                with connection:
                    self._children.append(
                        subprocess.Popen(
                            ["tinysshd", str(self._keys)],
                            stdin=connection,
                            stdout=connection,
                            stderr=subprocess.DEVNULL,
                        )
                    )

    def stop(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(30)
        for child in self._children:
            child.kill()
            child.wait()


class Dropbear:
    """Debian's dropbear in a root of its own, where BusyBox is all there is."""

    LIBRARIES_OF = ("/usr/sbin/dropbear", "/bin/busybox")
    APPLETS = ("sh", "cat", "df", "mkdir", "true")

    def __init__(self, folder: Path, password: str, *options: str) -> None:
        self.port = free_port()
        self.options = options
        self.log_path = folder / "dropbear.log"
        self.root = folder / "root"
        self.password = canary.plant(password)
        self.process: subprocess.Popen[bytes] | None = None
        self._make_root()

    def _make_root(self) -> None:
        for name in ("bin", "usr/sbin", "proc", "etc", "dev", "root", "sys", "tmp"):
            (self.root / name).mkdir(parents=True, exist_ok=True)
        for program in self.LIBRARIES_OF:
            self._copy(Path(program))
            for word in run("ldd", program).split():
                if word.startswith("/"):
                    self._copy(Path(word))
        for applet in self.APPLETS:
            (self.root / "bin" / applet).symlink_to("busybox")
        hashed = run("openssl", "passwd", "-6", self.password).strip()
        (self.root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
        (self.root / "etc/group").write_text("root:x:0:\n")
        (self.root / "etc/shadow").write_text(f"root:{hashed}:19000:0:99999:7:::\n")
        (self.root / "etc/shells").write_text("/bin/sh\n")
        key = self.root / "etc/host_key"
        run("dropbearkey", "-t", "ed25519", "-f", str(key))

    def _copy(self, path: Path) -> None:
        target = self.root / str(path).lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path.resolve(), target)

    def start(self) -> None:
        script = (
            # A root that is a mount of its own, so that it is a disk in there.
            f'mount --bind "{self.root}" "{self.root}" &&'
            f' mount -t proc proc "{self.root}/proc" && mount --rbind /dev "{self.root}/dev" &&'
            f' mount --rbind /sys "{self.root}/sys" &&'
            f' exec chroot "{self.root}" /usr/sbin/dropbear -F -E -r /etc/host_key'
            f" -p 127.0.0.1:{self.port} -P /tmp/pid {' '.join(self.options)}"
        )
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                ["unshare", "--mount", "--propagation", "private", "sh", "-c", script], stderr=log
            )
        wait_for_port(self.port)

    def log(self) -> str:
        return self.log_path.read_text(errors="replace")

    def stop(self) -> None:
        if self.process is not None:
            kill_with_descendants(self.process)
            self.process = None
