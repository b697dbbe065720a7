"""Recordings without names: nothing of them is left, and they parse as they did."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monserv.model.sample import Sample
from monserv.probe import disks, findings, mounts, recording
from monserv.probe.anonymity import anonymous
from monserv.probe.pseudonyms import Kind
from monserv.wire.details import details
from monserv.wire.encoding import encode
from tests.probe.answers import AT, FOLDER, later, polls, sample

FILES = sorted(FOLDER.rglob("*.txt"))
STAT = "S 0 1 1 0 -1 4194560 4730 294 0 0 60 20 0 0 20 0 1 0 3000 15953920 {pages}" + " 0" * 28
Answers = list[dict[str, str]]


def without_names(value: Any) -> Any:
    """Return a value of JSON with every text, but none of its numbers, made the same."""
    if isinstance(value, dict):
        return {key: without_names(one) for key, one in value.items()}
    if isinstance(value, list):
        return [without_names(one) for one in value]
    return "" if isinstance(value, str) else value


def parsed(answers: Answers) -> Any:
    """Return all that is read from a recording."""
    told = polls(answers)
    last = told[-1]
    first = told[0] if len(told) > 1 else last
    second = last if len(told) > 1 else later(last)
    found = sample(first, second)
    assert isinstance(found, Sample)
    asked = mounts.mounts(last.get("mounts", ""))
    local = [one for one in asked if not one.is_remote]
    remote = [one for one in asked if one.is_remote]
    return [
        json.loads(encode(details(found, AT))),
        [[one.fstype, one.read_only, len(one.mountpoint)] for one in asked],
        [list(vars_of(one)) for one in (disks.disks(last.get("disks", ""), local) or ())],
        [list(vars_of(one)) for one in (disks.disks(last.get("remote", ""), remote) or ())],
        [
            repr_of(finding(last))
            for finding in (findings.units, findings.logins, findings.containers)
        ],
        repr_of(findings.temperatures(last)),
    ]


def vars_of(disk: Any) -> tuple[Any, ...]:
    return disk.total_bytes, disk.used_bytes, disk.free_bytes, disk.fstype, len(disk.mountpoint)


def repr_of(found: Any) -> Any:
    """Return how many there are of something, and the words that alerts are about."""
    if isinstance(found, tuple):
        return [getattr(one, "state", "") for one in found]
    return [getattr(found, word, "") for word in ("quality", "state")], len(
        getattr(found, "failed", ())
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_recorded_system_says_the_same_without_its_names(path: Any) -> None:
    answers = recording.read(path.read_bytes())
    told = anonymous(answers, Random(3))
    assert without_names(parsed(list(told.answers))) == without_names(parsed(answers))
    assert recording.read(recording.write(told.answers)) == list(told.answers)


# No word of these is everybody's, and none comes about by chance.
NAMES = st.lists(
    st.builds("Xq{}w".format, st.text("abcklmÄéяж山", min_size=2, max_size=8)),
    min_size=12,
    max_size=12,
    unique_by=str.lower,
)
HEX = st.text("0123456789abcdef", min_size=12, max_size=12).filter(lambda text: len(set(text)) > 4)
OCTETS = st.tuples(*[st.integers(11, 254)] * 3)


def machine(names: list[str], number: str, octets: tuple[int, ...]) -> tuple[Answers, list[str]]:
    """Return answers full of names, addresses and identifiers, and all of those."""
    host, user, real, share, folder, unit, box, image, process, pool, site, word = names
    address = f"85.{octets[0]}.{octets[1]}.{octets[2]}"
    six = f"2a01:4f8:{number[:4]}::{number[4:8]}"
    uuid = f"{number[:8]}-{number[8:]}-4{number[:3]}-9{number[3:6]}-{number}"
    mac = ":".join(number[i : i + 2] for i in range(0, 12, 2))
    (base,) = polls(recording.read((FOLDER / "systems" / "debian13.txt").read_bytes()))
    base = {name: text for name, text in base.items() if name != "inodes"}
    spaced = f"/media/{user}/{folder}\\040of\\134{word}"
    disguised = "".join(c if c.isascii() else "?" for c in f"/media/{user}/{folder} of\\{word}")
    base |= {
        "hostname": f"{host}.{site}.example\n",
        "users": f"root:x:0:0:root:/root:/bin/sh\n{user}:$6${word}:1000:1000:{real},,{address}:"
        f"/home/{user}:/bin/bash\n",
        "mounts": base["mounts"]
        + f"40 1 0:60 / /home/{user}/{share} rw - nfs4 {host}.{site}:/{share} rw,addr={address}\n"
        f"41 1 0:61 / /mnt/{share} rw - cifs //{six}/{share} rw,username={user},domain={site}\n"
        f"42 1 8:17 /{folder} {spaced} rw,relatime - ext4 /dev/disk/by-uuid/{uuid} rw\n"
        f"43 1 0:62 / /{pool} ro - zfs {pool}/{word} ro\n"
        f"44 1 0:63 / /x - fuse.{process} {process} rw\n",
        "disks": base["disks"] + f"/dev/disk/by-uuid/{uuid} 1000 400 600 40% {disguised}\n"
        f"{pool}/{word} 2000 500 1500 25% /{pool}\n",
        "remote": "Filesystem 1024-blocks Used Available Capacity Mounted on\n"
        f"{host}.{site}:/{share} 100 60 40 60% /home/{user}/{share}\n"
        f"//{six}/{share} 300 60 240 20% /mnt/{share}\n! timeout\n",
        "hardware": f"/sys/class/net/eno1/device\n/sys/class/net/enx{number}/device\n",
        "counters": base["counters"].replace("  eno1:", f"  wg-{user[:4]}:", 1),
        "processes": f"1 (systemd) {STAT.format(pages=10)}\n"
        f"77 ({process.encode()[:9].decode('utf-8', 'ignore')}) x) {STAT.format(pages=900)}\n"
        f"78 (sshd: {user}) {STAT.format(pages=90)}\nodd {word} row\n",
        "owners": "1 0\n77 1000\n78 1000\n",
        "units": f"{unit}@{user}.service loaded failed failed {word} of {real}\n"
        f"mnt-{share}\\x2d{word}.mount loaded failed failed /mnt\n= degraded\n",
        "docker": json.dumps(
            {
                "ID": number * 5,
                "Names": box,
                "Image": f"registry.{site}.example/{image}:2",
                "Command": f"sh -c --password={word}",
                "Labels": f"owner={real}",
                "State": "running",
                "Status": "Up 2 hours",
                "Ports": f"{address}:80->80/tcp",
                "Mac": mac,
            }
        )
        + "\n",
        "podman": f"! Cannot connect as {user}: permission denied\n",
        "logins": f"{user} pts/0 2026-01-01 11:42 ({address})\n"
        f"{real} pts/1 2026-01-01 11:42 ({six})\n",
        "boot": f"{uuid}\n",
        "something": f"new {word} {address}\n",
    }
    return [base], [*names, address, six, uuid, mac, number]


@settings(max_examples=60, deadline=None)
@given(names=NAMES, number=HEX, octets=OCTETS)
def test_no_name_survives_and_all_numbers_do(
    names: list[str], number: str, octets: tuple[int, ...]
) -> None:
    answers, originals = machine(names, number, octets)
    told = anonymous(answers, Random(1))
    written = recording.write(told.answers).decode("utf-8", "surrogateescape").lower()
    assert [one for one in originals if one.lower() in written] == []
    assert without_names(parsed(list(told.answers))) == without_names(parsed(answers))
    assert all(told.counts[kind] for kind in Kind)
    found = parsed(answers)
    assert len(found[2]) == 5, "those of the recorded machine, the disguised one and the pool"
    assert len(found[3]) == 2


@pytest.mark.parametrize("why", ["absent", "hidden", "timeout", "unrecorded"])
def test_why_the_probe_tells_nothing_stays(why: str) -> None:
    told = anonymous([{"logins": f"! {why}\n"}], Random(1)).answers
    assert list(told) == [{"logins": f"! {why}\n"}]


def test_a_name_has_one_pseudonym_in_all_sections() -> None:
    answers = [
        {
            "hostname": "zorro\n",
            "users": "zelda:x:1000:1000::/home/zelda:/bin/sh\n",
            "mounts": "1 0 8:1 / /home/zelda rw - ext4 /dev/sda1 rw\n",
            "disks": "/dev/sda1 10 5 5 50% /home/zelda\n",
            "logins": "zelda pts/0 2026-01-01 11:42 (zorro)\n",
            "os": 'PRETTY_NAME="Debian of zorro"\nZELDA=zelda\n',
        }
    ]
    (told,) = anonymous(answers, Random(5)).answers
    zelda = told["users"].split(":")[0]
    zorro = told["hostname"].strip()
    assert told["mounts"] == f"1 0 8:1 / /home/{zelda} rw - ext4 /dev/sda1 rw\n"
    assert told["disks"] == f"/dev/sda1 10 5 5 50% /home/{zelda}\n"
    assert told["logins"] == f"{zelda} pts/0 2026-01-01 11:42 ({zorro})\n"
    assert told["os"] == f'PRETTY_NAME="Debian of {zorro}"\nZELDA={zelda}\n'
    assert {"zelda", "zorro"}.isdisjoint({zelda, zorro})


def test_a_telephone_is_replaced_as_a_whole() -> None:
    line = "root:x:0:0:room 12,+49 170 555:/root:/bin/sh"
    (told,) = anonymous([{"users": line}], Random(1)).answers
    assert not {"12", "49", "170", "555"} & set(told["users"].replace("+", " ").split())
    assert told["users"].endswith(":/root:/bin/sh")


def test_a_password_hash_is_never_kept() -> None:
    (told,) = anonymous([{"users": "root:$6$abc$def:0:0:root:/root:/bin/sh\n"}], Random(1)).answers
    assert told["users"] == "root:x:0:0:root:/root:/bin/sh\n"


def test_disks_lose_their_names_where_there_is_no_network_too() -> None:
    text = "cpu  1 2 3\nMemTotal: 12345678 kB\n   8       0 md_zelda 12345678 5\n"
    (told,) = anonymous([{"counters": text}], Random(1)).answers
    shown = told["counters"]
    assert "zelda" not in shown
    assert shown.replace(shown.split("md_")[1].split(" ")[0], "zelda") == text


def test_two_recordings_of_one_machine_share_no_pseudonym() -> None:
    one, other = (
        anonymous([{"hostname": "millennium"}], Random(seed)).answers[0]["hostname"]
        for seed in (1, 2)
    )
    assert one != other


@settings(max_examples=60, deadline=None)
@given(data=st.data(), path=st.sampled_from(FILES))
def test_no_mutated_answer_stops_it(data: st.DataObject, path: Any) -> None:
    raw = path.read_bytes()
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(raw)))
        raw = raw[:at] + data.draw(st.binary(max_size=20)) + raw[at + 3 :]
    told = anonymous(recording.read(raw), Random(1))
    assert recording.read(recording.write(told.answers)) is not None
