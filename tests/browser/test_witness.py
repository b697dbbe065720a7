"""What a page asks of another host is noticed, and goes nowhere."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Witness
from tests.browser.standin import StandIn

pytestmark = pytest.mark.real

ASK = "(url) => fetch(url, { mode: 'no-cors' }).then(() => 'answered', () => 'refused')"


@pytest.mark.parametrize("url", ["http://example.net/x.js", "http://192.0.2.7/x.js"])
def test_a_request_to_another_host_is_a_strangers(
    browser: Browser, server: StandIn, url: str
) -> None:
    # Where the policy of the page would let it.
    context = browser.new_context(bypass_csp=True)
    witness = Witness(context)
    page = context.new_page()
    page.goto(f"{server.url}static/favicon.svg")
    assert page.evaluate(ASK, f"{server.url}static/favicon.svg") == "answered"
    assert witness.strangers() == []
    assert page.evaluate(ASK, url) == "refused"
    # An address, too, is one that nobody finds: nothing was sent.
    assert witness.strangers() == [f"{url}: net::ERR_NAME_NOT_RESOLVED"]
    context.close()
