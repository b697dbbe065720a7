"""What an answer says of the groups that not every box can tell, and why there is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monserv.model.quality import Group, Quality
from monserv.model.services import Units
from monserv.probe import capabilities, findings
from monserv.probe.capabilities import Shortcoming
from monserv.probe.mounts import Mount

DOCKER = '{"ID":"abc","Names":"web","Image":"nginx","State":"running","Status":"Up 2 days"}\n'
NFS = Mount("nas:/a", "/a", "nfs4", read_only=False)
ROW = "nas:/a 1000 300 600 34% /a\n"


def why(found: object) -> tuple[Quality, str]:
    assert isinstance(found, Shortcoming)
    return found.quality, found.reason


def test_units_are_told_or_said_not_to_be() -> None:
    assert findings.units({"units": "= running\n"}) == Units("running", ())
    absent = findings.units({"units": "! absent\n"})
    assert why(absent) == (Quality.UNSUPPORTED, "There is no systemd here.")
    assert why(findings.units({"units": ""}))[0] is Quality.UNSUPPORTED
    assert why(findings.units({}))[0] is Quality.UNSUPPORTED
    hung = findings.units({"units": "! timeout\n"})
    assert why(hung) == (Quality.TIMEOUT, "The program that tells does not answer.")


def test_who_is_logged_in_may_be_nobody() -> None:
    assert findings.logins({"logins": "\n"}) == ()
    assert why(findings.logins({"logins": "! absent\n"}))[0] is Quality.UNSUPPORTED


def test_where_no_record_is_kept_nobody_is_not_said_to_be_logged_in() -> None:
    found = findings.logins({"logins": "! unrecorded\n"})
    assert why(found) == (
        Quality.UNSUPPORTED,
        "This machine keeps no record of who is logged in.",
    )
    assert isinstance(found, Shortcoming)
    assert found.fix == "install -m 664 -g utmp /dev/null /run/utmp"


def test_a_machine_without_sensors_is_told_what_may_help() -> None:
    found = findings.temperatures({"sensors": "\n"})
    assert isinstance(found, Shortcoming)
    assert (found.quality, found.fix) == (Quality.UNSUPPORTED, "sensors-detect --auto")


class TestContainers:
    def test_of_one_engine_are_told_when_there_is_no_other(self) -> None:
        found = findings.containers({"docker": DOCKER, "podman": "! absent\n"})
        assert not isinstance(found, Shortcoming)
        assert [(one.engine, one.name) for one in found] == [("docker", "web")]

    def test_of_one_engine_are_told_when_the_other_fails(self) -> None:
        found = findings.containers({"docker": DOCKER, "podman": "! timeout\n"})
        assert not isinstance(found, Shortcoming)
        assert len(found) == 1

    def test_are_none_where_an_engine_runs_none(self) -> None:
        assert findings.containers({"docker": "\n", "podman": "! absent\n"}) == ()

    def test_are_unsupported_where_there_is_no_engine(self) -> None:
        found = findings.containers({"docker": "! absent\n", "podman": "! absent\n"})
        assert why(found) == (
            Quality.UNSUPPORTED,
            "No docker runs here, and no podman was ever used.",
        )

    def test_that_may_not_be_read_are_denied_with_the_line_that_mends_it(self) -> None:
        said = "permission denied while trying to connect to the Docker daemon socket"
        found = findings.containers({"docker": f"! {said}\n", "podman": "! absent\n"})
        assert isinstance(found, Shortcoming)
        assert found.quality is Quality.DENIED
        assert found.reason == f"It is refused: {said}"
        assert found.fix == (
            "usermod -aG docker <user> (which makes that user as good as root there)"
        )

    def test_of_root_alone_are_denied_to_others_rather_than_none(self) -> None:
        found = findings.containers({"docker": "! absent\n", "podman": "! hidden\n"})
        assert why(found) == (
            Quality.DENIED,
            "podman was used by root, and shows the containers of root to root alone.",
        )

    def test_of_an_engine_that_does_not_run_are_unsupported(self) -> None:
        said = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock."
        found = findings.containers({"docker": f"! {said}\n"})
        assert isinstance(found, Shortcoming)
        assert (found.quality, found.fix) == (Quality.UNSUPPORTED, "systemctl start docker")


def test_network_file_systems_that_answer_are_told_beside_one_that_hangs() -> None:
    answer = {"remote": f"{ROW}! timeout\n"}
    found = findings.network_disks(answer, [NFS])
    assert not isinstance(found, Shortcoming)
    assert [disk.mountpoint for disk in found] == ["/a"]
    assert findings.has_timeout(answer)
    assert findings.network_disks({"remote": "! timeout\n"}, [NFS]) is capabilities.REMOTE_HANGS
    assert findings.network_disks({"remote": "\n"}, [NFS]) is capabilities.DF_FAILED


def test_inodes_that_df_does_not_know_are_unsupported() -> None:
    assert findings.inodes({"inodes": "! failed\n"}, [NFS]) is capabilities.NO_INODES
    assert findings.inodes({"inodes": ROW}, [NFS]) == {"/a": findings.Inodes(1000, 300, 30.0)}


def test_what_a_program_says_is_inert_and_short() -> None:
    found = capabilities.failure(Group.UNITS, "! \x1b[31m" + "x" * 5000 + "\nmore\n")
    assert found is not None
    assert "\x1b" not in found.reason
    assert len(found.reason) < 200


@pytest.mark.parametrize("group", [Group.UNITS, Group.LOGINS, Group.CONTAINERS])
def test_every_reason_is_a_sentence_and_says_how_good_the_group_is(group: Group) -> None:
    for why_not in ("absent", "timeout", "permission denied", "x"):
        found = capabilities.failure(group, f"! {why_not}\n")
        assert found is not None
        assert found.reason[0].isupper()
    assert capabilities.failure(group, "= running\n") is None


@given(st.text(max_size=200), st.sampled_from(["", "! ", "! absent", "{"]))
def test_no_answer_raises(odd: str, start: str) -> None:
    text = start + odd
    answer = dict.fromkeys(("units", "logins", "sensors", "docker", "podman"), text)
    for read in (findings.units, findings.logins, findings.temperatures, findings.containers):
        assert read(answer) is not None
    findings.inodes({"inodes": text}, [NFS])
    findings.network_disks({"remote": text}, [NFS])
