"""The one script that runs on a watched server, and the lines that call it.

It needs ``sh``, ``cat`` and ``df``. It writes nothing, keeps nothing resident
but the shell it runs in, and forks as little as it can: short files are read
with the shell's own ``read``. Each answer is a row of sections, each opened by a
line ``<marker> <name>``, closed by ``<marker> end``. The marker is random for
each session and never on a command line, so no process, mount point or banner
can forge it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

# The shell's own options are left alone but for the locale, which decides how df
# words its header, and the search path, which some boxes leave empty.
SCRIPT = r"""
exec 2>/dev/null
LC_ALL=C; export LC_ALL
PATH="$PATH:/usr/sbin:/usr/bin:/sbin:/bin"; export PATH
monserv_facts() {
echo "$1 hostname"; cat /proc/sys/kernel/hostname
echo "$1 model"
monserv_n=0
while [ $monserv_n -lt 64 ] && read -r monserv_l; do
monserv_n=$((monserv_n+1))
case $monserv_l in
"model name"*|"cpu model"*|Model*|Hardware*) echo "$monserv_l"; break;;
esac
done </proc/cpuinfo
echo "$1 device_tree"; cat /proc/device-tree/model && echo
echo "$1 page"
while read -r monserv_k monserv_l; do
case $monserv_k in KernelPageSize:) echo "$monserv_l"; break;; esac
done </proc/self/smaps
echo "$1 users"; cat /etc/passwd
echo "$1 end"
}
monserv_poll() {
echo "$1 boot"; read -r monserv_l </proc/sys/kernel/random/boot_id && echo "$monserv_l"
echo "$1 uptime"; read -r monserv_l </proc/uptime && echo "$monserv_l"
echo "$1 load"; read -r monserv_l </proc/loadavg && echo "$monserv_l"
echo "$1 hardware"; for monserv_l in /sys/class/net/*/device; do echo "$monserv_l"; done
echo "$1 counters"; cat /proc/stat /proc/meminfo /proc/net/dev
echo "$1 mounts"; cat /proc/self/mountinfo
echo "$1 processes"; cat /proc/[0-9]*/stat
echo "$1 end"
}
monserv_disks() {
monserv_m=$1; shift
echo "$monserv_m disks"; df -kP -- "$@"
echo "$monserv_m end"
}
monserv_owners() {
monserv_m=$1; shift
echo "$monserv_m owners"
for monserv_p; do
while read -r monserv_k monserv_u monserv_l; do
case $monserv_k in Uid:) echo "$monserv_p $monserv_u"; break;; esac
done </proc/"$monserv_p"/status
done
echo "$monserv_m end"
}
"""


def facts_line(marker: str) -> str:
    """Return the line that asks for what does not change within a session."""
    return f"monserv_facts {marker}\n"


def poll_line(marker: str) -> str:
    """Return the line that asks for one reading of the counters."""
    return f"monserv_poll {marker}\n"


def disks_line(marker: str, mountpoints: Sequence[str]) -> str:
    """Return the line that asks ``df`` about exactly these mount points."""
    return f"monserv_disks {marker} {' '.join(quote(path) for path in mountpoints)}\n"


def owners_line(marker: str, pids: Iterable[int]) -> str:
    """Return the line that asks for the owners (numeric users) of these processes."""
    return f"monserv_owners {marker} {' '.join(str(pid) for pid in pids)}\n"


def quote(text: str) -> str:
    """Quote ``text`` for ``sh`` so that every byte of it is literal."""
    return "'" + text.replace("'", "'\\''") + "'"
