r"""The one script that runs on a watched server, and the requests that it reads.

It needs ``sh``, ``cat`` and ``df``; whatever else it uses is used where it is there. It
writes nothing, keeps nothing resident but the shell it runs in, and forks as little as it
can. It ends in a loop of its own, so once it is ``READY`` nothing that is sent is ever
run as shell: a request is a line ``<verb> <marker> [arguments]``.

Each answer is a row of sections, each opened by a line ``<marker> <name>``, closed by
``<marker> end``. The marker is random for each session and never on a command line, so no
process, mount point or banner can forge it. A section that a machine cannot give is a
line ``! <why>``: ``absent`` (no such program), ``unrecorded`` (nothing that it could read),
``hidden`` (from this user), ``timeout``, or what the program said.

Answers are gathered and written at once: a packet costs more than a byte. Engines of
containers are asked only where they are used: asking one that is not costs a server as
much as ten polls, and makes podman write into the home of who asks. It shows everybody his
own containers, so that one which only root has used is not asked by others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from monserv.probe.containers import MAX_CONTAINERS

READY = b"monserv is ready\n"

# What an optional program may take; nobody waits for it meanwhile. A dead network mount
# gets less, because there may be several.
TOOL_SECONDS = 8
DF_SECONDS = 3

# What is read of a command line, which may have megabytes.
COMMAND_LINE_BYTES = 2048

# The shell's own options are left alone but for the locale, which decides how df
# words its header, and the search path, which some boxes leave empty. ``say`` writes its
# arguments as they are; mksh has no printf of its own, and others no print. ``IFS`` is
# set because some shells take it from the environment. Arguments are cut at blanks and
# never taken for patterns of file names, and a process is digits alone: whoever stole a
# login that may run this and nothing else could list folders, or read files, else. Being
# ready is told by the command that reads, because a shell reads it whole before it runs
# it, and nothing is behind it.
_TEXT = (
    r"""
exec 2>/dev/null
IFS=' @TAB
'
LC_ALL=C; export LC_ALL
PATH="$PATH:/usr/sbin:/usr/bin:/sbin:/bin"; export PATH
case $KSH_VERSION in
"") say() { printf '%s\n' "$@"; };;
*) say() { while [ $# -gt 0 ]; do print -r -- "$1"; shift; done; };;
esac
if timeout 9 cat </dev/null; then N=2 W=2; within() { timeout "$@"; }
else N=0 W=1; within() { shift; "$@"; }; fi
run() {
N=$((N+W+1))
o=$(within @TOOL "$@" 2>&1 </dev/null)
case $? in
0) return 0;;
124|143) o="! timeout";;
*) o="! ${o##*
}";;
esac
return 1
}
facts() {
N=$((N+5))
model= n=0
while [ $n -lt 64 ] && read -r l; do
n=$((n+1))
case $l in "model name"*|"cpu model"*|Model*|Hardware*) model=$l; break;; esac
done </proc/cpuinfo
page=
while read -r k l; do
case $k in KernelPageSize:) page=$l; break;; esac
done </proc/self/smaps
f=/etc/os-release; [ -e $f ] || f=/usr/lib/os-release
tree=/proc/device-tree/model; [ -e $tree ] && tree=$(cat $tree) || tree=
say "$m hostname" "$(cat /proc/sys/kernel/hostname)" "$m model" "$model" \
"$m device_tree" "$tree" "$m page" "$page" "$m users" "$(cat /etc/passwd)" \
"$m os" "$(cat $f)" "$m kernel" "$(cat /proc/sys/kernel/osrelease; uname -m)"
}
poll() {
N=$((N+1))
b= u= a=
read -r b </proc/sys/kernel/random/boot_id
read -r u </proc/uptime
read -r a </proc/loadavg
say "$m boot" "$b" "$m uptime" "$u" "$m load" "$a" "$m counters" \
"$(cat /proc/stat /proc/meminfo /proc/net/dev /proc/diskstats \
/proc/pressure/cpu /proc/pressure/io /proc/pressure/memory)"
}
mounts() {
N=$((N+1))
say "$m mounts" "$(cat /proc/self/mountinfo)" "$m hardware"
for l in /sys/class/net/*/device; do say "$l"; done
}
memory() {
N=$((N+1))
a=/proc/spl/kstat/zfs/arcstats; [ -e $a ] && a=$(cat $a) || a=
say "$m arc" "$a" "$m vmstat" "$(cat /proc/vmstat)"
}
cores() {
p=
cd -P "$2/device" && p=${PWD%/*} p=${p##*/}/${PWD##*/}
cd /
for f in "$2"/temp*_input; do
v= l= c=
read -r v <"$f" || continue
f=${f%_input}
read -r l <"${f}_label"
read -r c <"${f}_crit"
o="$o$1 ${f##*/} $l@TAB$v@TAB$c@TAB$p
"
done
}
sensors() {
o=
for d in /sys/class/hwmon/hwmon*; do
n=; read -r n <"$d/name" || continue
cores "$n" "$d"
done
[ "$o" ] || for d in /sys/class/thermal/thermal_zone*; do
n= v=
read -r n <"$d/type" && read -r v <"$d/temp" && o="$o$n ${d##*/} @TAB$v
"
done
say "$m sensors" "$o"
}
units() {
say "$m units"
[ -d /run/systemd/system ] || { say "! absent"; return; }
run systemctl show -p SystemState -p NFailedUnits || { say "$o"; return; }
s= n=
for l in $o; do
case $l in
SystemState=*) s=${l#*=};;
NFailedUnits=*) n=${l#*=};;
esac
done
[ "$n" = 0 ] || {
run systemctl list-units --failed --plain --no-legend --no-pager --full
say "$o"
}
say "= $s"
}
used() {
case $1 in
docker) [ "$DOCKER_HOST" ] || [ -S /var/run/docker.sock ] || [ -e "$HOME/.docker/config.json" ];;
*) [ -e "$HOME/.local/share/containers" ] || [ -w /var/lib/containers/storage ];;
esac
}
engine() {
say "$m $1"
command -v "$1" >/dev/null && used "$1" || {
[ "$1" = podman ] && [ -e /var/lib/containers/storage ] && say "! hidden" || say "! absent"
return
}
run "$1" ps -a --last @LAST --no-trunc --format '{{json .}}'; say "$o"
}
logins() {
say "$m logins"
command -v who >/dev/null || { say "! absent"; return; }
for f in /run/utmp /var/run/utmp /run/utmps/utmp /run/systemd/sessions; do
[ -e $f ] && { run who; say "$o"; return; }
done
say "! unrecorded"
}
cost() {
say "$m cost"; times
l=; read -r l </proc/$PPID/stat; say "$l" "forks $N"
}
space() {
N=$((N+1))
o=$(df "$@" </dev/null) || [ "$o" ] || o="! failed"
say "$o"
}
remote() {
say "$m remote"
for p; do
N=$((N+W))
within @DF df -kP -- "$p" </dev/null
[ $? = 124 ] && say "! timeout"
done
}
owners() {
say "$m owners"
for p; do
case $p in ""|*[!0-9]*) continue;; esac
while read -r k u l; do
case $k in Uid:) say "$p $u"; break;; esac
done </proc/"$p"/status
done
}
evidence() {
N=$((N+2))
say "$m io" "$(grep -H '_bytes: ' /proc/[0-9]*/io </dev/null)"
if dmesg </dev/null >/dev/null; then
N=$((N+W+4))
o=$(within @TOOL dmesg </dev/null | grep -i 'kill.* process ' | tail -n 16)
else o="! denied"; fi
say "$m oom" "$o"
}
commands() {
for p; do
case $p in ""|*[!0-9]*) continue;; esac
N=$((N+1))
say "$m command $p"; head -c @LINE /proc/"$p"/cmdline; say ""
done
}
arguments() {
v=$1; shift
n=$#
while [ $n -gt 0 ]; do
p=$1; shift; n=$((n-1))
case $p in *\\*) N=$((N+1)); p=$(printf '%b.' "$p"); p=${p%.};; esac
set -- "$@" "$p"
done
case $v in
disks) say "$m disks"; space -kP -- "$@";;
inodes) say "$m inodes"; space -iP -- "$@";;
*) "$v" "$@";;
esac
}
echo monserv is ready; while read -r verb m rest; do
case $verb in
facts|poll|mounts|memory|sensors|units|logins|cost|evidence) "$verb";;
processes) N=$((N+1)); say "$m processes" "$(cat /proc/[0-9]*/stat)";;
containers) engine docker; engine podman;;
disks|inodes|remote|owners|commands)
set -f; set -- $rest; set +f
arguments "$verb" "$@";;
*) say "$m unknown";;
esac
say "$m end"
done; exit
""".replace("@TAB", "\t")
    .replace("@TOOL", str(TOOL_SECONDS))
    .replace("@DF", str(DF_SECONDS))
    .replace("@LINE", str(COMMAND_LINE_BYTES))
    .replace("@LAST", str(MAX_CONTAINERS))
)

# A login that is narrowed to the probe reads so many bytes before it can tell which they
# are: those of every version.
SCRIPT_BYTES = 8192
SCRIPT = f"#{'.' * (SCRIPT_BYTES - len(_TEXT) - 2)}\n{_TEXT}"

# Whatever else is in a path is sent as its number, so that one line is one request and
# a blank ends an argument.
_ODD = re.compile(rb"[^A-Za-z0-9/._-]")


def request(verb: str, marker: str, arguments: Iterable[str] = ()) -> str:
    """Return the line that asks for what ``verb`` gives."""
    return f"{' '.join((verb, marker, *arguments))}\n"


def paths(names: Sequence[str]) -> list[str]:
    """Return paths as arguments of a request: every byte survives, and none is special."""
    return [encode(name) for name in names]


def encode(path: str) -> str:
    r"""Return ``path`` with each byte that a shell may look at as ``\0ooo``."""
    raw = path.encode("utf-8", "surrogateescape")
    return _ODD.sub(lambda odd: b"\\0%03o" % odd[0][0], raw).decode("ascii")
