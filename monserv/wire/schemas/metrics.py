"""One server's metrics. A group that the server cannot give is absent."""

from __future__ import annotations

from marshmallow import Schema
from marshmallow.fields import Float, List, Nested

from monserv.wire.schemas.fields import count, instant, percent, perhaps, size, text


class Cpu(Schema):
    """The processors."""

    cores = count("Processors online", 4)
    used_percent = percent("Time not idle since the sample before", 12.5)
    model_name = text("Model as the kernel names it; may be empty", "Intel(R) Celeron(R) J4125")
    user_percent = perhaps(percent("Time in programs, nice and guests included", 8.1))
    system_percent = perhaps(percent("Time in the kernel, interrupts included", 4.2))
    iowait_percent = perhaps(percent("Idle time with disk operations outstanding", 1.3))
    steal_percent = perhaps(percent("Time that the hypervisor gave to others", 0.2))


class Memory(Schema):
    """The memory."""

    total_bytes = size("All memory", 8589934592)
    used_bytes = size("Total less free", 7301444403)
    free_bytes = size("What programs can still get (MemAvailable)", 1288490189)
    used_percent = percent("Used of total", 85.0)
    available_bytes = perhaps(size("The same as free_bytes", 1288490189))
    cached_bytes = perhaps(size("What the kernel and ZFS could drop", 1073741824))
    swap_total_bytes = perhaps(size("Swap space", 2147483648))
    swap_used_bytes = perhaps(size("Swap space in use", 536870912))
    swap_used_percent = perhaps(percent("Swap in use of all swap", 25.0))


class Disk(Schema):
    """One mounted file system."""

    device = text("Device", "/dev/sda1")
    mountpoint = text("Mount point", "/")
    fstype = text("File system type", "ext4")
    total_bytes = size("Size", 107374182400)
    used_bytes = size("Used", 53687091200)
    free_bytes = size("What an ordinary user can still write", 53687091200)
    used_percent = percent("Used / (used + free), as df means it", 50.0)
    inodes_total = perhaps(count("Files that it can hold", 6553600))
    inodes_used = perhaps(count("Files that it holds", 163840))
    inodes_used_percent = perhaps(percent("Inodes in use", 2.5))


class Process(Schema):
    """One process."""

    pid = count("Process id", 1234)
    name = text("Name", "postgres")
    username = text("Its user", "postgres")
    rss_bytes = size("Resident memory", 536870912)
    percent_ram = percent("Resident memory of all memory", 6.2)
    cmdline = text("Command line; empty unless the operator turned command lines on", "")


class Interface(Schema):
    """One network interface; all counters run since its start."""

    name = text("Name", "eth0")
    bytes_sent = size("Sent", 123456789)
    bytes_recv = size("Received", 987654321)
    packets_sent = count("Packets sent", 1000)
    packets_recv = count("Packets received", 2000)
    errors_in = count("Errors while receiving", 0)
    errors_out = count("Errors while sending", 0)
    drops_in = count("Received packets that were dropped", 0)
    drops_out = count("Packets dropped before sending", 0)


class Network(Schema):
    """All interfaces but loopback; totals and rates count hardware interfaces once."""

    interfaces = List(Nested(Interface), required=True)
    total_bytes_sent = size("Sent in all", 123456789)
    total_bytes_recv = size("Received in all", 987654321)
    bytes_sent_rate = count("Bytes sent per second since the sample before", 1500)
    bytes_recv_rate = count("Bytes received per second since the sample before", 250000)


class Load(Schema):
    """Load averages."""

    one_minute = Float(required=True, metadata={"description": "Over 1 minute", "example": 0.42})
    five_minutes = Float(required=True, metadata={"description": "Over 5 minutes", "example": 0.31})
    fifteen_minutes = Float(
        required=True, metadata={"description": "Over 15 minutes", "example": 0.2}
    )


class Metrics(Schema):
    """One complete sample. A group that the server cannot give is absent."""

    hostname = text("Name that the server gives itself", "scadanas")
    uptime_seconds = count("Seconds since it started", 3600)
    cpu = Nested(Cpu)
    memory = Nested(Memory)
    disks = List(Nested(Disk), required=True)
    top_processes_by_memory = List(Nested(Process), required=True)
    network = Nested(Network)
    load = Nested(Load)  # type: ignore[assignment]  # a field is taken out of its class
    generated_at_utc = instant("When the sample was taken", "2026-01-01T12:00:00Z")
