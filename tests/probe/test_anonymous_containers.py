from __future__ import annotations

import json
from random import Random

from monserv.probe.anonymous_containers import engine
from monserv.probe.containers import containers
from monserv.probe.pseudonyms import Pseudonyms

ROW = {
    "ID": "0123456789ab",
    "Names": "zelda-web-1",
    "Image": "quay.io/zelda/site:2.1",
    "Command": "serve --password=tr0ub4dor",
    "Labels": "owner=zelda",
    "State": "exited",
    "Status": "Exited (137) 2 hours ago",
    "Size": "0B",
    "Mounts": ["/srv/zelda", {"zelda": 12345678}],
    "Pid": 12345678,
}


def told(line: str) -> str:
    return engine(line, Pseudonyms([line], Random(4)))


def test_names_images_and_commands_are_replaced_and_states_stay() -> None:
    line = told(json.dumps(ROW))
    (found,) = containers(line, "docker") or ()
    assert (found.state, found.status) == ("exited", "Exited (137) 2 hours ago")
    assert (found.name[5:], found.image[:8], found.image[-4:]) == ("-web-1", "quay.io/", ":2.1")
    assert json.loads(line)["Pid"] == 12345678
    assert "zelda" not in line
    assert "tr0ub4dor" not in line


def test_labels_are_left_out() -> None:
    for labels, empty in (("a=b", ""), ({"a": "b"}, {}), (["a"], []), (None, None)):
        assert json.loads(told(json.dumps({"ID": "1", "Labels": labels})))["Labels"] == empty


def test_what_is_no_object_has_its_words_replaced() -> None:
    for line in ("zelda", '["zelda"]', '{"zelda', "[" * 100_000 + "zelda"):
        assert "zelda" not in told(line)
