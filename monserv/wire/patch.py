"""JSON merge patches (RFC 7396) over plain values; pure, and nothing that is given is changed.

A patch cannot set null: in a document that is patched, null never occurs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def diff(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return the patch that makes ``after`` of ``before``; empty when they are equal.

    Neither holds a null at any depth. Parts of ``after`` may be parts of the patch.
    """
    patch: dict[str, Any] = {name: None for name in before if name not in after}
    for name, new in after.items():
        old = before.get(name)
        if old is new or old == new:
            continue
        is_inner = isinstance(old, dict) and isinstance(new, dict)
        patch[name] = diff(old, new) if is_inner and old is not None else new
    return patch


def apply(target: Any, patch: Any) -> Any:
    """Return what ``patch`` makes of ``target``, as RFC 7396 has it (section 2)."""
    if not isinstance(patch, dict):
        return patch
    patched = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            patched.pop(name, None)
        else:
            patched[name] = apply(patched.get(name), value)
    return patched
