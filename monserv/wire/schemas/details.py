"""What is shown of one server alone: its metrics in full, and what they are worth."""

from __future__ import annotations

from marshmallow import Schema
from marshmallow.fields import Boolean, Dict, Enum, Float, List, Nested, String

from monserv.model.quality import Group, Quality
from monserv.wire import detailed_examples as examples
from monserv.wire.schemas import metrics
from monserv.wire.schemas.fields import count, instant, number, percent, perhaps, size, text
from monserv.wire.schemas.resources import Server


class Core(Schema):
    """One core, over the time since the sample before."""

    core = count("Its number", 0)
    used_percent = percent("Time not idle", 14.0)
    user_percent = percent("Time in programs", 9.0)
    system_percent = percent("Time in the kernel", 5.0)
    iowait_percent = percent("Idle time with disk operations outstanding", 1.0)
    steal_percent = percent("Time that the hypervisor gave to others", 0.0)


class DetailedCpu(metrics.Cpu):
    """The processors, one by one too."""

    per_core = List(Nested(Core), required=True)


class DetailedInterface(metrics.Interface):
    """One network interface with its rates, which are absent at its first reading."""

    bytes_sent_rate = perhaps(count("Bytes sent per second", 1500))
    bytes_recv_rate = perhaps(count("Bytes received per second", 250000))
    errors_rate = perhaps(number("Errors per second, both ways", 0.0))
    drops_rate = perhaps(number("Drops per second, both ways", 0.0))


class DetailedNetwork(metrics.Network):
    """All interfaces but loopback, each with its rates."""

    interfaces = List(Nested(DetailedInterface), required=True)


class BlockDevice(Schema):
    """A whole disk, or what is made of disks; rates are absent at its first reading."""

    name = text("Name as the kernel has it", "sda")
    is_layered = Boolean(
        required=True,
        metadata={
            "description": "Whether it is made of other block devices (RAID, LVM, encryption) "
            "and carries their bytes again",
            "example": False,
        },
    )
    read_bytes = size("Read since boot", 1099511627776)
    written_bytes = size("Written since boot", 549755813888)
    reads_completed = count("Reads since boot", 26843545)
    writes_completed = count("Writes since boot", 13421772)
    read_bytes_rate = perhaps(count("Bytes read per second", 1048576))
    written_bytes_rate = perhaps(count("Bytes written per second", 524288))
    used_percent = perhaps(percent("Time in which it was busy", 7.5))


class ResourcePressure(Schema):
    """How long tasks waited for one resource; full is absent where the kernel tells none."""

    some_percent = number("Time in which some task waited, over 10 s", 0.5)
    some_seconds = number("The same since boot", 12.5)
    full_percent = perhaps(number("Time in which all tasks waited, over 10 s", 0.0))
    full_seconds = perhaps(number("The same since boot", 1.25))


class Pressure(Schema):
    """Pressure stall information."""

    cpu = Nested(ResourcePressure, required=True)
    io = Nested(ResourcePressure, required=True)
    memory = Nested(ResourcePressure, required=True)


class Temperature(Schema):
    """One sensor."""

    chip = text("Chip", "coretemp")
    name = text("Name within the chip", "Package id 0")
    celsius = Float(required=True, metadata={"description": "Degrees Celsius", "example": 45.0})
    critical_celsius = perhaps(number("Limit that the chip names", 100.0))


class BusyProcess(metrics.Process):
    """One process that used the CPU."""

    cpu_percent = number("CPU time since the reading before, in percent of one core", 37.5)


class FailedUnit(Schema):
    """A systemd unit that has failed."""

    name = text("Name", "backup.service")
    description = text("Description", "Nightly backup")


class Container(Schema):
    """One container, running or not."""

    engine = text("docker or podman", "docker")
    id = text("Id", "4f66ad9a0b2e")
    name = text("Name", "web")
    image = text("Image", "nginx:1.27")
    state = text("State in one word", "running")
    status = text("State as the engine words it", "Up 2 hours (healthy)")


class Login(Schema):
    """A user at a terminal."""

    username = text("User", "ada")
    terminal = text("Terminal", "pts/0")
    since = text("When, as the server words it", "2026-01-01 11:42")
    origin = text("From where, empty when local", "10.0.0.7")


class System(Schema):
    """What runs on the machine; empty where it does not say."""

    os = text("Operating system", "Debian GNU/Linux 13 (trixie)")
    kernel = text("Kernel release", "6.12.48+deb13-amd64")
    architecture = text("Architecture", "x86_64")
    boot_id = text("Changes with each boot", "0b0d1f0e-5d6a-4a3c-9a54-3f8b4a6f6a11")


class GroupQuality(Schema):
    """What one group is worth."""

    quality = Enum(
        Quality,
        by_value=String,
        required=True,
        metadata={
            "description": "ok; stale: an older value, since the newest reading failed; "
            "unsupported: the server has none; denied: the user may not; timeout: no answer",
            "example": "ok",
        },
    )
    age_seconds = Float(
        required=True,
        allow_none=True,
        metadata={
            "description": "Seconds since it was last read, null when it never was",
            "minimum": 0,
            "example": 2.5,
        },
    )
    reason = text("Why it is no better; empty for ok", "")


class GroupCapability(GroupQuality):
    """What one group is worth, and what would mend it."""

    at = instant("When it was last read, or null", "2026-01-01T12:00:00Z", allow_none=True)
    fix = text("The line that would mend it on that server; empty where none would", "")


class DetailedMetrics(metrics.Metrics):
    """All of one complete sample. A group that the server cannot give is absent."""

    cpu = Nested(DetailedCpu)
    network = Nested(DetailedNetwork)
    block_devices = List(Nested(BlockDevice))
    pressure = Nested(Pressure)
    temperatures = List(Nested(Temperature))
    top_processes_by_cpu = List(Nested(BusyProcess))
    units_state = perhaps(text("How systemd is, in its own word", "degraded"))
    failed_units = List(Nested(FailedUnit))
    containers = List(Nested(Container))
    logins = List(Nested(Login))
    system = Nested(System)
    quality = Dict(
        required=True,
        keys=String(),
        values=Nested(GroupQuality),
        metadata={
            "description": "Group -> what it is worth: " + ", ".join(Group),
            "example": examples.METRICS["quality"],
        },
    )


class Thresholds(Schema):
    """From which use on alerts are raised."""

    cpu_percent = number("CPU, in percent", 90.0)
    memory_percent = number("Memory, in percent", 80.0)
    disk_percent = number("Each disk, in percent", 80.0)
    process_ram_percent = number("Memory of one process, in percent", 90.0)


class DetailedServer(Server):
    """A monitored machine and how it does, with all of its metrics."""

    metrics = Nested(
        DetailedMetrics,
        required=True,
        allow_none=True,
        metadata={"description": "null before the first complete sample"},
    )
    thresholds = Nested(Thresholds, required=True)


Capabilities = Schema.from_dict(
    {
        str(group): Nested(GroupCapability, metadata={"description": f"The group {group.value}"})
        for group in Group
    },
    name="Capabilities",
)
