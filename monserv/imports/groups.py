"""Hosts and groups of an inventory, whichever file they were read from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from monserv.imports.unreadable import MAX_CANDIDATES, UnreadableError

MAX_GROUPS = 1000
# As deep as anybody nests groups, and deeper.
MAX_DEPTH = 50
ALL = "all"
# Groups that Ansible makes by itself.
OWN = frozenset({ALL, "ungrouped"})


@dataclass(slots=True)
class Group:
    """The hosts, variables and children of one group."""

    hosts: dict[str, None] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    children: dict[str, None] = field(default_factory=dict)


@dataclass(slots=True)
class Groups:
    """All of an inventory; ``hosts`` have the variables of their own."""

    groups: dict[str, Group] = field(default_factory=dict)
    hosts: dict[str, dict[str, str]] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def group(self, name: str) -> Group:
        """Return a group, a new one where there is none; raises ``UnreadableError``."""
        if name not in self.groups and len(self.groups) >= MAX_GROUPS:
            raise UnreadableError(f"It has more than {MAX_GROUPS} groups.")
        return self.groups.setdefault(name, Group())

    def add_host(self, group: str, host: str, variables: Mapping[str, str]) -> None:
        """Put a host into a group; raises ``UnreadableError``."""
        if host not in self.hosts and len(self.hosts) >= MAX_CANDIDATES:
            raise UnreadableError(f"It names more than {MAX_CANDIDATES} servers.")
        self.group(group).hosts[host] = None
        self.hosts.setdefault(host, {}).update(variables)

    def memberships(self) -> dict[str, list[str]]:
        """Return the groups of each host, those that lie further out first.

        Raises ``UnreadableError`` for groups that contain each other.
        """
        depths = self._depths()
        around = self._ancestors(depths)
        found: dict[str, set[str]] = {host: {ALL} for host in self.hosts}
        for name, group in self.groups.items():
            for host in group.hosts:
                found[host] |= {name, *around[name]}
        return {
            host: sorted(names, key=lambda name: (depths.get(name, 0), name))
            for host, names in found.items()
        }

    def _depths(self) -> dict[str, int]:
        """Return how many groups each one lies within."""
        depths = dict.fromkeys(self.groups, 1) | {ALL: 0}
        for _ in range(MAX_DEPTH):
            deeper = {
                child: depths[name] + 1
                for name, group in self.groups.items()
                for child in group.children
                if child in depths and depths[child] <= depths[name]
            }
            if not deeper:
                return depths
            depths |= deeper
        raise UnreadableError("Its groups contain each other, or lie too deep within each other.")

    def _ancestors(self, depths: Mapping[str, int]) -> dict[str, set[str]]:
        parents: dict[str, set[str]] = {name: set() for name in self.groups}
        for name, group in self.groups.items():
            for child in group.children.keys() & parents.keys():
                parents[child].add(name)
        found: dict[str, set[str]] = {}
        # From the outside inwards, so that those of a parent are known.
        for name in sorted(parents, key=depths.__getitem__):
            found[name] = set(parents[name]).union(*(found[one] for one in parents[name]))
        return found
