# What systemd makes of the unit, as far as that goes without it: all file systems read-only
# but for the data ($1) and a /tmp of its own, no capabilities, no way to get any, and no
# memory that can be written and executed. What follows $1 is the command.
set -eu
data=$1
shift
mount --make-rprivate /
mount --bind "$data" "$data"
cut -d ' ' -f 5 /proc/self/mountinfo | while read -r mounted; do
    case $mounted in
    "$data" | /dev | /dev/* | /proc | /proc/* | /sys | /sys/*) ;;
    *) mount -o remount,bind,ro "$(printf '%b' "$mounted")" 2>/dev/null || true ;;
    esac
done
mount -t tmpfs tmpfs /var/tmp
forbid='import ctypes, os, sys; ctypes.CDLL(None).prctl(65, 1, 0, 0, 0); os.execv(sys.argv[1], sys.argv[1:])'
exec setpriv --no-new-privs --bounding-set=-all --inh-caps=-all "$1" -c "$forbid" "$@"
