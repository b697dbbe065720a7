"""The dashboard as an app on a phone or desk: Chromium finds nothing missing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser import world
from tests.browser.standin import StandIn

pytestmark = pytest.mark.real


def test_chromium_would_install_it(page: Page, server: StandIn) -> None:
    server.servers.append(world.server(0, world.state(0, cpu=12.5, memory=50.0)))
    page.goto(server.url)
    expect(page.locator("#server-s0")).to_be_visible()
    chromium = page.context.new_cdp_session(page)
    manifest = chromium.send("Page.getAppManifest")
    assert manifest["url"].endswith("/static/manifest.webmanifest")
    assert manifest["errors"] == []
    found = chromium.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # A page of a test is in such a context, and nowhere else.
    assert [one["errorId"] for one in found if one["errorId"] != "in-incognito"] == []
