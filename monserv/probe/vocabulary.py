"""Words that say nothing of whose machine it is: of the kernel, of systems, of programs.

A recording keeps these and nothing else, so a word that is missing here costs only
legibility. None of them is a person's name.
"""

from __future__ import annotations

import re

_FOLDERS = """
backup backups bin boot by cache containers data dev device devices disk disks efi esp etc
export exports firmware firstboot games home host id images isos lib lib32 lib64 libexec
local log logs lost found mapper media misc mnt net nfs nonexistent opt path pool proc pve
root run sbin sda sdb sdc share shared shares shm snap snapshots spool srv storage subvol
swap sys tank tmp usr uuid label partuuid var volume volumes vg lv vol www meminfo cpuinfo
diskstats loadavg slabinfo stat swaps uptime cgroup cgroups unified pts mqueue hugepages
kernel debug tracing security bpf fs fuse connections config user users group credentials
lock overlay overlay2 merged diff work layers rootfs null zero full random urandom tty pci
ptmx console rprivate none nologin false true sync bash dash ash zsh fish ksh mksh csh tcsh
sh git shell busybox library hub docker io ghcr quay registry index latest stable slim
localhost localdomain lan internal class services homes rpool sock unix cpu cpuset cpuacct blkio
freezer pids perf event prio cls hugetlb rdma
"""

_FILE_SYSTEMS = """
autofs binfmt btrfs ceph cephfs cgroup2 cifs configfs devfs devpts devtmpfs ecryptfs efivarfs
exfat ext2 ext3 ext4 f2fs fuseblk fusectl glusterfs gvfsd hugetlbfs iso9660 jfs lxcfs
minix msdos nfs4 nilfs2 nsfs ntfs ntfs3 overlayfs pipefs portal pstore ramfs reiserfs rpc
securityfs selinuxfs smb3 smbfs snapfuse sockfs squashfs sshfs sysfs tmpfs tracefs udf
virtiofs vfat xfs zfs rclone s3fs davfs mfs
"""

# Flags and keys of mounts; "master" and "propagate" are the kernel's optional fields.
_OPTIONS = """
rw ro relatime noatime nodiratime strictatime lazytime nosuid nodev noexec defaults errors
remount continue panic barrier nobarrier discard nodiscard seclabel attr attr2 inode inode64
inode32 logbufs logbsize noquota usrquota grpquota prjquota quota data ordered writeback
journal commit space ssd autodefrag compress zstd lzo zlib subvolid fmask dmask umask
codepage iocharset utf ascii shortname mixed size nr inodes blocks mode gid uid allow other
default permissions blksize blkid read vers rsize wsize namlen hard soft proto tcp udp
timeo retrans sec addr clientaddr mountaddr mountvers mountport mountproto lookupcache
username domain file dir unix posix posixpaths serverino mapposix actimeo forceuid forcegid
noforceuid noforcegid echo interval acl noacl xattr noxattr casesensitive lowerdir upperdir
workdir redirect index nfs4 metacopy xino hidepid invisible gidnumber newinstance fd pgrp
timeout minproto maxproto direct indirect pipe ino nsdelegate memory recursiveprot favordynmods
shared master propagate unbindable stripe sunit swidth alloc ptmxmode pass nofail resv
strict resuid resgid
"""

_DEVICES = """
loop ram zram dm md raid lvm sd hd vd xvd nvme mmcblk sr scd fd nbd rbd drbd bcache zd zvol
cciss sata usb synoboot cachedev mtdblock ubi crypt luks cryptroot cryptswap vda vdb vdc
eth wlan wwan ib lo br vmbr virbr fwbr fwpr fwln tap tun veth docker cni flannel cali cilium
bond team dummy sit gre gretap erspan tunl wg ppp tailscale zt vlan macvlan macvtap bridge ifb
ip6tnl vti teql nlmon bat
"""

_PROCESSES = """
acpid agetty apache apache2 apt auditd avahi blkcg caddy celery chronyd clamd collectd
containerd crond cron cups cupsd daemon dbus dbus dhclient dhcpcd dnsmasq dockerd dovecot
dropbear earlyoom elasticsearch exim4 fail2ban fpm getty gitlab gitea grafana gunicorn haproxy
hostapd httpd influxd init initrd inetd iscsid java journald jellyfin klogd knotd kubelet k3s
launcher libvirtd lighttpd logind login lvmetad lxc lxd mariadbd mdadm memcached mimir mongod
mosquitto multipathd mysqld named netdata netplan networkd networkmanager nfsd nginx nmbd node
nrpe nscd ntpd ntpdate openvpn oomd php pmxcfs plex podman polkitd postfix postgres postmaster
prometheus proxy pveproxy pvedaemon pvestatd pvescheduler python python3 qemu qmgr pickup
rabbitmq redis resolved rpcbind rpc rsync rsyncd rsyslogd sagent samba server slapd
smartd smbd snapd snmpd squid ssh sshd sssd statd supervisord syslog syslogd syslogng system
systemd tailscaled tgtd thermald timesyncd tini tmux screen sleep top ps df cat awk sed grep
tail head sudo su traefik transmission tuned udevd udisksd uwsgi unattended upgrades varnishd
vault vmtoolsd watchdog watchdogd winbindd wpa supplicant zabbix zed exporter agentd runsvdir
runit openrc shim runc conmon crun manager pam session sftp dumb entrypoint
kthreadd kworker ksoftirqd migration cpuhp idle inject rcu sched gp bh par tasks kthread rude
trace kdevtmpfs inet frag kauditd khungtaskd reaper kcompactd ksmd khugepaged kintegrityd
kblockd
blkcg punt bio tpm ata sff edac poller devfreq wq kswapd kthrotld irq aerdrv acpi thermal
pm scsi
eh tmf ipv6 addrconf kstrp zswap shrink charger jbd jbd2 rsv conversion xfsalloc xfs mru xfsaild
events highpri unbound mm oom exp kvfree reclaim vmstat percpu slub flushwq pool
workqueue netns cryptd crypto hwrng
txg quiesce z wr rd iss int zthr arc evict prune dbu dbuf
"""

_ACCOUNTS = """
adm admin apt backup bin daemon games gnats guest http irc list lp mail man messagebus news
nobody nogroup operator pi proxy root shutdown halt sys sync systemd network resolve timesync
coredump sshd tss ubuntu debian ec2 uucp www uuidd tcpdump landscape pollinate syslog dnsmasq
postgres mysql redis nginx apache polkit rtkit colord chrony nfsnobody dbus avahi usbmux
alpine arch centos fedora rhel suse opensuse gentoo synology proxmox openwrt
raspberrypi raspberry raspbian linux gnu
"""

# What systemctl, df, who and container engines say.
_SAID = """
service socket mount automount timer target slice scope path swap loaded failed not found
masked bad setting error active inactive degraded running maintenance starting initializing
stopping unit wait online offline for the of to be is on at in from and or by while trying
connect connection refused permission denied access operation permitted no such file or
directory command unknown option invalid usage cannot open read write timed out daemon
required authentication interactive unavailable available container image name names filesystem
available used capacity mounted blocks iused ifree iuse terminal idle time what line comment
must have old off pts tty ttys ttyama seat screen via unknown utc configured configure network
nightly weekly daily monthly hourly created up seconds minutes hours days weeks months ago
absent got management synchronization administrator mailing reporting gateway manager forks
exited healthy unhealthy paused dead removing restarting removal about an less than unrecorded
hidden

web db worker app api frontend backend
postgresql mysql mariadb mongo memcached httpd alpine ubuntu debian busybox hello world
portainer watchtower homeassistant nextcloud pihole
"""

WORDS = frozenset(
    f"{_FOLDERS}{_FILE_SYSTEMS}{_OPTIONS}{_DEVICES}{_PROCESSES}{_ACCOUNTS}{_SAID}".split()
)

# A letter says nothing, nor do the three digits that things are numbered with.
_LETTER = 1
_NUMBERED = re.compile(r"([a-z]*?)\d{0,3}", re.ASCII)

# How the kernel and udev name disks, their partitions and interfaces.
_BY_THE_KERNEL = re.compile(
    r"(?:[shvx]v?d[a-z]{1,2}\d{0,3}|(?:nvme|mmcblk|md|zd|loop|nbd|rbd|sata|usb)\d{1,3}(?:n\d{1,3})?"
    r"(?:p\d{1,3}|boot\d)?|c\d{1,2}d\d{1,2}(?:p\d{1,2})?"
    r"|(?:en|wl|ww|ib|sl)(?:[op]?p?\d{1,3})?(?:s\d{1,3})?(?:f\d{1,3})?(?:[nd]p?\d{1,3})?(?:i\d)?"
    r"|(?:tap|veth|fwbr|fwpr|fwln)\d{1,5}[ipo]\d{1,3})",
    re.ASCII,
)


def is_known(word: str) -> bool:
    """Whether ``word``, in small letters, is everybody's; digits alone are not a word."""
    if len(word) == _LETTER and word.isascii():
        return True
    numbered = _NUMBERED.fullmatch(word)
    if numbered and (numbered[1] in WORDS or len(numbered[1]) == _LETTER):
        return True
    return word in WORDS or (not word.isdigit() and _BY_THE_KERNEL.fullmatch(word) is not None)
