"""Several lanes at once: what begins first, and what stays together.

A lane is a process of pytest-xdist, or the run that gevent has patched.
"""

from __future__ import annotations

import gc
from collections.abc import Generator
from pathlib import Path

import pytest
from gevent import monkey
from hypothesis import strategies
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

# Three lanes have a Chromium at once; more of them would take all processors.
BROWSER = "tests/browser/"
BROWSERS = 3
# What takes a minute or more begins first, the longest before all others, so that no lane is
# left alone with one of them at the end. Those of the browser go to its lanes in this order.
LONG = (
    "tests/browser/test_managing.py",
    "tests/browser/test_server_page.py",
    "tests/browser/test_adding.py",
    "tests/real/test_jump.py",
    "tests/bootstrap/test_set_up.py",
    "tests/real/test_product_alerts.py",
    "tests/real/test_polling_hostkeys.py",
    "tests/browser/test_alerts_page.py",
    "tests/browser/test_dashboard.py",
    "tests/browser/test_overview.py",
    "tests/browser/test_language.py",
    "tests/docs/test_examples.py",
    "tests/kit/test_plugin.py",
    "tests/real/test_product_accounts.py",
    "tests/real/test_polling_login.py",
    "tests/cli/test_hardened.py",
    "tests/bootstrap/test_process.py",
    "tests/bootstrap/test_installed.py",
    "tests/deployment/test_proxies.py",
    "tests/web/test_schema_fuzz.py",
    "tests/clients/test_single_page.py",
    "tests/web/test_sse_stream.py",
)
# What only computes is the same where gevent has patched threads, sockets, locks and sleep,
# and so is what never runs there: benchmarks, commands, and what comes before the patch. Where
# nearly all start programs, which are patched themselves or not at all, the rest does neither.
# The calls of REST that are left out ask the application within one thread and a fake runtime;
# whatever of it threads share (logins, throttle, what is kept ready, live clients) stays.
UNPATCHED = (
    "tests/alerts/",
    "tests/bench/",
    "tests/bootstrap/",
    "tests/browser/",
    "tests/cli/",
    "tests/clients/",
    "tests/deployment/",
    "tests/docs/",
    "tests/imports/",
    "tests/kit/",
    "tests/model/",
    "tests/notify/test_cooldown.py",
    "tests/notify/test_message.py",
    "tests/poll/test_cadences.py",
    "tests/poll/test_pace.py",
    "tests/poll/test_schedule.py",
    "tests/probe/",
    "tests/real/",
    "tests/series/test_blocks.py",
    "tests/series/test_codes.py",
    "tests/series/test_curves.py",
    "tests/series/test_gauges.py",
    "tests/series/test_minutes.py",
    "tests/series/test_points.py",
    "tests/series/test_recent.py",
    "tests/series/test_ring.py",
    "tests/settings/",
    "tests/setup/",
    "tests/sshconfig/",
    "tests/ssh/test_judgement.py",
    "tests/ssh/test_private_key.py",
    "tests/stream/test_extension.py",
    "tests/stream/test_frames.py",
    "tests/stream/test_parser.py",
    "tests/stream/test_protocol.py",
    "tests/stream/test_requests.py",
    "tests/stream/test_v2.py",
    "tests/web/asyncapi/",
    "tests/web/test_alerts.py",
    "tests/web/test_any_query.py",
    "tests/web/test_api.py",
    "tests/web/test_catalogues.py",
    "tests/web/test_description",
    "tests/web/test_every_door.py",
    "tests/web/test_guard",
    "tests/web/test_headers.py",
    "tests/web/test_history.py",
    "tests/web/test_host_keys.py",
    "tests/web/test_hostile_bodies.py",
    "tests/web/test_language.py",
    "tests/web/test_managing.py",
    "tests/web/test_messages.py",
    "tests/web/test_negotiation.py",
    "tests/web/test_notifications.py",
    "tests/web/test_pages.py",
    "tests/web/test_schema_fuzz",
    "tests/web/test_servers.py",
    "tests/web/test_vendor.py",
    "tests/wire/",
    "tests/test_config.py",
    "tests/test_conformance.py",
)


class Lane:
    """The hooks of one lane."""

    # What is collected stays to the end, so that to look through it again and again for what
    # could be freed takes a third of the time, and later some of that of each test.
    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_collection(self) -> Generator[None, object, object]:
        gc.disable()
        # Which characters can be encoded takes two seconds to find out, and lies on the disk then:
        # in a fresh checkout each lane would find it out at once.
        strategies.text().validate()
        try:
            return (yield)
        finally:
            gc.freeze()
            gc.enable()

    def pytest_ignore_collect(self, collection_path: Path, config: pytest.Config) -> bool | None:
        """Keep the patched lane from importing what it leaves out."""
        if not _is_patched() or not collection_path.is_file():
            return None
        file = str(collection_path.relative_to(config.rootpath))
        return True if file.startswith(UNPATCHED) else None

    def pytest_collection_modifyitems(
        self, config: pytest.Config, items: list[pytest.Item]
    ) -> None:
        if _is_patched():
            left_out = [item for item in items if item.nodeid.startswith(UNPATCHED)]
            config.hook.pytest_deselected(items=left_out)
            items[:] = [item for item in items if not item.nodeid.startswith(UNPATCHED)]
        # The short ones fill up what is left at the end.
        items.sort(key=lambda item: (_rank(item), item.get_closest_marker("real") is None))

    # What interrupts the telling, as a time limit does that ends only now, ends the whole lane.
    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        if call.excinfo is not None:
            item.ihook.pytest_timeout_cancel_timer(item=item)


class Scheduling(LoadFileScheduling):
    """Gives out files as a whole, and those of the browser as ``BROWSERS`` wholes."""

    def __init__(self, config: pytest.Config, log: Producer) -> None:
        super().__init__(config, log)
        self._windows: dict[str, str] = {}

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        if not file.startswith(BROWSER):
            return file
        return self._windows.setdefault(file, f"{BROWSER}{len(self._windows) % BROWSERS}")


def scheduling(config: pytest.Config, log: Producer) -> Scheduling | None:
    """Return it where files are to be kept together, which is what the test command asks for."""
    return Scheduling(config, log) if config.getoption("dist") == "loadfile" else None


def _is_patched() -> bool:
    return bool(monkey.is_module_patched("threading"))


def _rank(item: pytest.Item) -> int:
    file = item.nodeid.partition("::")[0]
    return LONG.index(file) if file in LONG else len(LONG)
