"""An inventory of Ansible becomes a list of servers; passwords in it are told of, and left."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monserv.imports import ansible
from monserv.imports.unreadable import UnreadableError
from monserv.model.candidate import Candidate, FileKind, Reading

CANARY = "inv3ntory-c4nary"
INI = f"""
mail.example.net:2222   ; alone
[web]
web[01:03].example.net ansible_user=www  # three
10.0.0.9 ansible_host=10.0.0.9 ansible_password="{CANARY}"

[db]
db-[a:b] ansible_port=5022 ansible_ssh_private_key_file=~/.ssh/id_db

[prod:children]
web
db

[prod:vars]
ansible_user = root
ansible_ssh_common_args = '-o ProxyJump=joe@gate.example.net'

[all:vars]
ansible_user=nobody
"""
YAML = """
all:
  vars: {ansible_user: nobody}
  hosts:
    mail.example.net: {ansible_port: 2222}
  children:
    prod:
      vars:
        ansible_user: root
      children:
        web:
          hosts:
            web01.example.net: {ansible_user: www}
        db:
          hosts:
            db-a:
              ansible_port: 5022
"""


def read(text: str) -> dict[str, Candidate]:
    return {one.name: one for one in ansible.read(text).candidates}


def test_hosts_are_servers_with_their_groups_as_tags_and_the_nearest_values() -> None:
    reading = ansible.read(INI)
    assert reading.kind is FileKind.ANSIBLE
    found = {one.name: one for one in reading.candidates}
    gate, web = "gate.example.net", ("prod", "web")
    assert found == {
        "mail.example.net": Candidate("mail.example.net", "mail.example.net", 2222, "nobody"),
        gate: Candidate(gate, gate, 22, "joe", remarks=("Named as a jump server alone.",)),
        **{
            f"web0{i}.example.net": Candidate(
                f"web0{i}.example.net", f"web0{i}.example.net", 22, "www", jump=gate, tags=web
            )
            for i in (1, 2, 3)
        },
        "10.0.0.9": Candidate(
            "10.0.0.9",
            "10.0.0.9",
            22,
            "root",
            jump=gate,
            tags=web,
            remarks=(ansible.PASSWORD_LEFT,),
        ),
        **{
            name: Candidate(
                name, name, 5022, "root", jump=gate, key="~/.ssh/id_db", tags=("prod", "db")
            )
            for name in ("db-a", "db-b")
        },
    }
    assert CANARY not in repr(reading)


def test_yaml_says_the_same() -> None:
    assert read(YAML) == {
        "mail.example.net": Candidate("mail.example.net", "mail.example.net", 2222, "nobody"),
        "web01.example.net": Candidate(
            "web01.example.net", "web01.example.net", 22, "www", tags=("prod", "web")
        ),
        "db-a": Candidate("db-a", "db-a", 5022, "root", tags=("prod", "db")),
    }


def test_the_json_that_ansible_prints_is_read_too() -> None:
    printed = {
        "_meta": {"hostvars": {"nas": {"ansible_host": "10.0.0.3", "ansible_port": 2222}}},
        "all": {"children": ["ungrouped", "web"]},
        "web": {"hosts": ["nas"], "vars": {"ansible_user": "joe"}},
        "old": ["nas"],
    }
    assert read(json.dumps(printed)) == {
        "nas": Candidate("nas", "10.0.0.3", 2222, "joe", tags=("old", "web"))
    }


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("nas ansible_connection=local", "It is not reached over SSH."),
        ("nas ansible_host='{{ address }}'", ansible.TEMPLATE),
        ("nas ansible_port=70000", ansible.NO_PORT),
        ("nas ansible_port=x", ansible.NO_PORT),
        ("nas ansible_user='$ANSIBLE_VAULT;1.1'", ansible.ENCRYPTED),
        (
            "nas ansible_ssh_common_args='-o ProxyCommand=\"nc %h %p\"'",
            "It is reached through a command, and nothing is executed here.",
        ),
        ("nas ansible_ssh_extra_args='-J a/b'", "Its jump server cannot be read."),
        ("nas ansible_connection=ansible.builtin.ssh", ""),
    ],
)
def test_what_cannot_be_watched_says_why(line: str, problem: str) -> None:
    assert read(line)["nas"].problem == problem


@pytest.mark.parametrize(
    "arguments",
    ["-J gate", "-Jgate", "-o ProxyJump=gate", "-oProxyJump=gate",
     "-o StrictHostKeyChecking=no -o 'ProxyCommand=ssh -W %h:%p gate'"],
)  # fmt: skip
def test_jump_servers_are_found_in_the_arguments_of_ssh(arguments: str) -> None:
    found = read(f'gate ansible_host=10.0.0.1\nnas ansible_ssh_common_args="{arguments}"\n')
    assert found["nas"].jump == "gate"
    assert list(found) == ["gate", "nas"]


def test_a_jump_server_is_one_of_the_inventory_when_its_address_is() -> None:
    found = read("bastion ansible_host=10.0.0.1\nnas ansible_ssh_common_args='-J 10.0.0.1'\n")
    assert (found["nas"].jump, len(found)) == ("bastion", 2)


CIRCLE = "Its groups contain each other, or lie too deep within each other."
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{','.join([f'*{chr(97 + i)}'] * 9)}]\n" for i in range(9)
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BOMB, "It has YAML aliases, which are not followed here."),
        ("a:\n  " + "[" * 5000, "It is nested too deep."),
        ("{" * 5000, "It is nested too deep."),
        ("all:\n" + "".join(f"{' ' * i}a{i}:\n" for i in range(1, 400)), "It is nested too deep."),
        ("a:\n\tb: x\n", "It is no readable YAML in line 2."),
        ("web[1:999999].example", "Line 1 stands for more than 1000 servers."),
        ("w[1:99][1:99]", "Line 1 stands for more than 1000 servers."),
        ("w[5:a]", "Line 1 has a range that makes no sense."),
        ("w[1:5:0]", "Line 1 has a range that makes no sense."),
        ("[a:children]\nb\n[b:children]\na\n", CIRCLE),
        ("\n".join(f"h{i}" for i in range(1001)), "It names more than 1000 servers."),
        ("\n".join(f"[g{i}]" for i in range(1001)), "It has more than 1000 groups."),
    ],
)  # fmt: skip
def test_what_makes_no_sense_or_has_no_end_is_refused_in_a_sentence(text: str, said: str) -> None:
    with pytest.raises(UnreadableError) as error:
        ansible.read(text)
    assert str(error.value) == said


def test_no_object_is_ever_made() -> None:
    assert read("all:\n  hosts:\n    nas: !!python/object/apply:os.system ['true']\n") == {
        "nas": Candidate("nas", "nas")
    }


def test_a_line_that_cannot_be_read_is_left_out_and_said_to_be() -> None:
    reading = ansible.read("nas\nweb 'x\ndb\n")
    assert [one.name for one in reading.candidates] == ["nas", "db"]
    assert reading.remarks == ("Line 2: a quote is not closed, and it is left out.",)


PIECES = st.sampled_from(
    [*"ab[]:={}\"'#;-!&*|> \t,", "\n", "\n  ", "\n[a:children]\n", "\n[b]\n", "hosts:", "children:",
     "all:\n", "[01:20]", "ansible_host=", "ansible_ssh_common_args=-J", "{{", "\u202e",
     "é", "1" * 30]
)  # fmt: skip


def read_or_refused(text: str) -> Reading | str:
    try:
        return ansible.read(text)
    except UnreadableError as error:
        return str(error)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=60).map("".join))
def test_hostile_text_is_read_or_refused(text: str) -> None:
    reading = read_or_refused(text)
    if isinstance(reading, str):
        assert reading.endswith(".")
        return
    assert len({one.name for one in reading.candidates}) == len(reading.candidates)
    assert all(0 < one.port < 65536 for one in reading.candidates)
