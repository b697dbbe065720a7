"""The dashboard in Chromium, against a stand-in server that plays each situation."""

from __future__ import annotations

import re
from itertools import groupby
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import conformance
from tests.browser import world
from tests.browser.conftest import Witness
from tests.browser.settled import settled
from tests.browser.standin import StandIn

pytestmark = pytest.mark.real

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
SMALL_PHONE = {"viewport": {"width": 360, "height": 640}, "has_touch": True}
DARK = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"}
QUIET = "rgb(93, 100, 109)"
ALERT = "rgb(198, 47, 42)"
PAPER = "rgb(247, 247, 245)"
QUIET_IN_THE_DARK = "rgb(152, 161, 171)"
MARKUP = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"


def put(server: StandIn, count: int, **changes: Any) -> list[dict[str, Any]]:
    """Let the stand-in watch so many well servers; ``changes`` go to the first."""
    for i in range(count):
        of = world.state(i, cpu=12.5, memory=50.0)
        server.servers.append(world.server(i, of, **(changes if i == 0 else {})))
        server.state[server.servers[-1]["url"] + (f":{i}" if i > 250 else "")] = of
        server.trends[f"s{i}"] = world.points(12, 50, (100, 120))
    return server.servers


def wait_for_sockets(page: Page, server: StandIn, count: int) -> None:
    assert settled(page, server.socket_count, count) == count


def go_away(server: StandIn) -> None:
    """Lose all sockets, and neither take new ones nor answer polls instead of them."""
    server.refuses_sockets = True
    server.failing = {"/api/state": 503}
    server.drop_sockets()


def contrast(element: Any) -> float:
    """Return how well an element's text stands out from its background, as WCAG counts it."""
    style = "(e) => [getComputedStyle(e).color, getComputedStyle(e).backgroundColor]"

    def luminance(rgb: str) -> float:
        parts = [int(part) / 255 for part in re.findall(r"\d+", rgb)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return sum(share * p for share, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    dark, light = sorted(luminance(rgb) for rgb in element.evaluate(style))
    return (light + 0.05) / (dark + 0.05)


def card(page: Page, number: int) -> Any:
    return page.locator(f"#server-s{number}")


def test_a_card_shows_everything_about_its_server(page: Page, server: StandIn) -> None:
    put(server, 3)
    page.goto(server.url)
    first = card(page, 0)
    expect(first.locator("[data-slot=name]")).to_have_text("server-0")
    expect(first.locator("[data-slot=url]")).to_have_text("ssh://admin:***@10.0.0.0")
    expect(first.locator("[data-slot=status]")).to_have_text("Online")
    expect(first.locator("[data-slot=cpu]")).to_have_text("12.5%")
    expect(first.locator("[data-slot=memory]")).to_have_text("50.0%")
    expect(first.locator("[data-slot=memory-sub]")).to_have_text("8.0 of 16.0 GB")
    expect(first.locator(".disk [data-slot=label]")).to_have_text(["/", "/var"])
    expect(first.locator(".disk [data-slot=used]")).to_have_text(["53.0%", "71.4%"])
    expect(first.locator(".process [data-slot=label]")).to_have_text(["postgres", "java", "nginx"])
    expect(first.locator("[data-slot=received]")).to_have_text("1.2MB/s")
    expect(first.locator("[data-slot=load]")).to_have_text("0.42  0.31  0.20")
    expect(first.locator("[data-slot=uptime]")).to_have_text("12 d")
    # However long the page took: a value that comes now has no age to be told.
    server.state[server.servers[0]["url"]] = world.state(0, cpu=12.5, memory=50.0)
    server.push_state()
    expect(first.locator("[data-slot=age]")).to_have_text("")
    expect(page.locator("#summary [data-status=online] .count")).to_have_text("3")
    expect(page.locator("#connection")).to_contain_text("Live")
    expect(page.locator("#attention")).to_be_hidden()


def test_the_trend_is_there_after_a_reload_with_its_gap(page: Page, server: StandIn) -> None:
    put(server, 1)
    page.goto(server.url)
    for _ in range(2):
        for line in ("cpu-line", "memory-line"):
            drawn = page.locator(f".card [data-slot={line}]")
            # Two strokes, before the gap and after it.
            expect(drawn).to_have_attribute("d", re.compile(r"^M[^M]{500,}M[^M]{500,}(M|$)"))
        expect(page.locator(".trend svg")).to_have_attribute("aria-label", re.compile("now CPU"))
        page.locator(".trend-plot").hover(position={"x": 20, "y": 20})
        expect(page.locator(".tip")).to_have_text(re.compile(r"^\d.*: CPU \d.*, memory \d"))
        page.reload()
    # In a table it is drawn too, before any other sample comes.
    page.locator("#view [value=table]").check(force=True)
    page.reload()
    drawn = "(path) => path.getAttribute('d')?.split('M').length > 2"
    line = page.locator("[data-slot=cpu-line]")
    assert settled(page, lambda: line.evaluate(drawn), expected=True)


def test_values_change_in_place_when_a_message_comes(page: Page, server: StandIn) -> None:
    put(server, 2)
    page.goto(server.url)
    expect(card(page, 0).locator("[data-slot=cpu]")).to_have_text("12.5%")
    page.evaluate("window.kept = document.querySelector('#server-s0 [data-slot=cpu]')")
    url = server.servers[0]["url"]
    server.state[url] = world.state(0, cpu=77.7, memory=61.2)
    server.push_state()
    expect(card(page, 0).locator("[data-slot=cpu]")).to_have_text("77.7%")
    expect(card(page, 0).locator("[data-slot=memory]")).to_have_text("61.2%")
    expect(card(page, 1).locator("[data-slot=cpu]")).to_have_text("12.5%")
    assert page.evaluate("window.kept === document.querySelector('#server-s0 [data-slot=cpu]')")


def test_an_alert_and_its_recovery_are_toasts_and_the_strip_follows(
    page: Page, server: StandIn
) -> None:
    one = put(server, 2)[0]
    page.goto(server.url)
    expect(page.locator("#connection")).to_contain_text("Live")
    server.alerts = [world.alert(one, "mem", "Memory used 85.0% (threshold 80.0%)")]
    one["status"] = "alert"
    server.push_alert("alert", "[ALERT] host0 memory high", "Memory used 85.0% (threshold 80.0%)")
    expect(page.locator(".toast")).to_contain_text(["Alert: server-0 memory high"])
    expect(page.locator(".attention-row")).to_contain_text(["server-0"])
    expect(page.locator(".attention-row")).to_contain_text(
        ["Memory used 85.0% (threshold 80.0%); largest process now: postgres (1200), 2.0 GB"]
    )
    expect(card(page, 0).locator("[data-slot=status]")).to_have_text("Alert")
    expect(card(page, 0).locator("[data-slot=memory]")).to_have_attribute("data-status", "alert")
    expect(card(page, 0).locator("[data-slot=cpu]")).not_to_have_attribute("data-status", "alert")
    server.alerts = []
    one["status"] = "online"
    server.push_alert("recovery", "[RECOVERED] host0 memory", "Memory back to 65.0%")
    expect(page.locator(".toast")).to_contain_text(["Recovered: server-0 memory"])
    expect(page.locator("#attention")).to_be_hidden()
    page.locator(".toast-close").click()
    expect(page.locator(".toast")).to_have_count(0)


def test_servers_that_raise_the_same_words_are_one_toast_that_counts(
    page: Page, server: StandIn
) -> None:
    put(server, 1)
    page.goto(server.url)
    expect(page.locator("#connection")).to_contain_text("Live")
    for _ in range(6):
        server.push_alert("alert", "[ALERT] nas memory high", "Memory used 85.0%")
    title = page.locator(".toast .toast-title")
    expect(title).to_have_count(1)
    expect(title.locator("[aria-hidden]")).to_have_text("\u00d76")
    expect(title.locator(".sr")).to_have_text("6 times")
    toasts = page.get_by_role("log").get_by_role("list")
    expect(toasts.get_by_role("listitem")).to_have_count(1)


def test_the_strip_is_sorted_by_the_names_that_it_shows(page: Page, server: StandIn) -> None:
    put(server, 3)
    for one, name in zip(server.servers, ["nas10", "nas2", "nas1"], strict=True):
        one["name"] = name
        server.alerts.append(world.alert(one, "mem", "Memory used 85.0%"))
    page.goto(server.url)
    expect(page.locator(".attention-row a")).to_have_text(["nas1", "nas2", "nas10"])


def test_a_storm_of_alerts_leaves_three_toasts(page: Page, server: StandIn) -> None:
    put(server, 1)
    page.goto(server.url)
    expect(page.locator("#connection")).to_contain_text("Live")
    for i in range(60):
        server.push_alert("alert", f"[ALERT] host{i} offline", "No data for 3 polls")
    expect(page.locator(".toast-dropped")).to_have_text("and 57 more")
    expect(page.locator(".toast")).to_have_count(3)
    expect(page.locator(".toast").last).to_contain_text("host59")


def test_the_page_reconnects_and_says_so(page: Page, server: StandIn) -> None:
    put(server, 1)
    page.goto(server.url)
    expect(page.locator("#connection")).to_contain_text("Live")
    wait_for_sockets(page, server, 1)
    page.evaluate("Math.random = () => 0.9")
    go_away(server)
    expect(page.locator("#connection")).to_contain_text("Reconnecting")
    expect(card(page, 0).locator(".big").first).to_have_css("color", QUIET)
    expect(page.get_by_role("button", name="Try now")).to_be_visible()
    server.refuses_sockets, server.failing = False, {}
    server.alerts = [world.alert(server.servers[0], "cpu", "CPU used 95.0%", "warning")]
    expect(page.locator("#connection .connection-word")).to_have_text("Live")
    wait_for_sockets(page, server, 1)
    expect(page.locator(".toast")).to_contain_text(["Alert: server-0 CPU high"])


def test_a_socket_that_falls_silent_is_no_data_until_data_come(page: Page, server: StandIn) -> None:
    put(server, 1)
    page.clock.install()
    page.goto(server.url)
    expect(card(page, 0).locator("[data-slot=cpu]")).to_have_text("12.5%")
    wait_for_sockets(page, server, 1)
    server.is_mute = True
    # So long until it is asked whether it is there, and until that has no answer.
    page.clock.run_for(10_500)
    page.clock.run_for(5_500)
    badge = page.locator("#connection")
    expect(badge.locator(".connection-word")).to_have_text("No data")
    expect(badge.get_by_role("button")).to_be_hidden()
    expect(card(page, 0).locator(".big").first).to_have_css("color", QUIET)
    server.state[server.servers[0]["url"]] = world.state(0, cpu=33.3, memory=50)
    server.push_state()
    page.clock.run_for(1000)
    expect(badge.locator(".connection-word")).to_have_text("Live")


@pytest.mark.parametrize(("context_options", "quiet"), [({}, QUIET), (DARK, QUIET_IN_THE_DARK)])
def test_everything_dims_while_disconnected_and_stays_legible(
    page: Page, server: StandIn, quiet: str
) -> None:
    one = put(server, 1, status="alert")[0]
    server.alerts = [
        world.alert(one, "mem", "Memory used 85.0%"),
        world.alert(one, "disk|/", "Disk used 95.0%", "warning"),
    ]
    page.goto(server.url)
    expect(page.locator("#connection")).to_contain_text("Live")
    expect(page.locator(".attention-row")).to_have_count(2)
    expect(card(page, 0).locator(".disk").first).to_have_attribute("data-status", "warning")
    wait_for_sockets(page, server, 1)
    inks = """() => [...document.querySelectorAll(".attention *, .summary *, .grid *")]
      .filter((e) => e.checkVisibility() && [...e.childNodes].some((n) => n.nodeValue?.trim()))
      .map((e) => getComputedStyle(e).color)"""
    assert len(set(page.evaluate(inks))) > 3
    page.evaluate("Math.random = () => 0.9")
    go_away(server)
    expect(page.locator("#connection")).to_contain_text("Reconnecting")
    assert settled(page, lambda: set(page.evaluate(inks)), {quiet}) == {quiet}
    for surface in (".attention", ".card"):
        assert contrast(page.locator(surface).first) >= 4.5


def test_after_three_failures_the_page_polls_and_goes_on_trying(
    page: Page, server: StandIn, witness: Witness
) -> None:
    put(server, 1)
    server.refuses_sockets = True
    # No waiting between the attempts: the jitter draws nought.
    page.add_init_script("Math.random = () => 0.02")
    page.goto(server.url)
    expect(page.locator("#connection .connection-word")).to_have_text("Polling")
    assert server.requested.count("/ws") >= 3
    server.state[server.servers[0]["url"]] = world.state(0, cpu=33.3, memory=50)
    expect(card(page, 0).locator("[data-slot=cpu]")).to_have_text("33.3%")
    expect(card(page, 0).locator(".big").first).not_to_have_css("color", QUIET)
    server.refuses_sockets = False
    expect(page.locator("#connection .connection-word")).to_have_text("Live")
    assert witness.network_errors


def test_a_server_that_does_not_speak_keyed_is_heard_in_plain(page: Page, server: StandIn) -> None:
    one = put(server, 2)[0]
    server.speaks_keyed = False
    page.add_init_script("Math.random = () => 0.02")
    page.goto(server.url)
    expect(page.locator("#connection .connection-word")).to_have_text("Live")
    expect(page.locator(".card")).to_have_count(2)
    server.state[one["url"]] = world.state(0, cpu=33.3, memory=50)
    server.push_state()
    expect(card(page, 0).locator("[data-slot=cpu]")).to_have_text("33.3%")
    server.alerts = [world.alert(one, "cpu", "CPU used 95.0%", "warning")]
    server.push_alert("alert", "[ALERT] host0 CPU high", "CPU used 95.0%")
    expect(page.locator(".attention-row")).to_have_count(1)
    assert server.heard == []


# Without a list by the socket within a second and a half it would be asked for, as is right.
@pytest.mark.timed
def test_who_speaks_keyed_is_asked_for_no_list_and_goes_on_after_a_restart(
    page: Page, server: StandIn
) -> None:
    one = put(server, 2)[0]
    page.add_init_script("Math.random = () => 0.02")
    page.goto(server.url)
    expect(card(page, 1).locator("[data-slot=cpu]")).to_have_text("12.5%")
    wait_for_sockets(page, server, 1)
    server.drop_sockets()
    wait_for_sockets(page, server, 1)
    server.state[one["url"]] = world.state(0, cpu=33.3, memory=50)
    server.push_state()
    expect(card(page, 0).locator("[data-slot=cpu]")).to_have_text("33.3%")
    server.restart()
    del server.servers[1]
    server.drop_sockets()
    expect(page.locator(".card")).to_have_count(1)
    wait_for_sockets(page, server, 1)
    server.state[one["url"]] = world.state(0, cpu=44.4, memory=50)
    server.push_state()
    expect(card(page, 0).locator("[data-slot=cpu]")).to_have_text("44.4%")
    # On a slow machine it may ask again whether anybody is there.
    said = [kind for kind, _ in groupby(message["type"] for message in server.heard)]
    assert said == ["subscribe", "resume", "subscribe"]
    lists = {"/api/v1/servers", "/api/v1/alerts/active", "/api/state"}
    assert lists.isdisjoint(server.requested)


def test_a_sample_that_missed_its_poll_is_dimmed_and_says_its_age(
    page: Page, server: StandIn
) -> None:
    put(server, 2)
    page.goto(server.url)
    expect(card(page, 0)).to_be_visible()
    # 3 s when the page is there by then.
    expect(card(page, 0).locator("[data-slot=age]")).to_have_text(
        re.compile("^([3-9]|1[0-9]) s ago$")
    )
    expect(card(page, 0).locator(".big").first).to_have_css("color", QUIET)
    server.state[server.servers[0]["url"]] = world.state(0, cpu=12.5, memory=50)
    server.push_state()
    expect(card(page, 0).locator("[data-slot=age]")).to_have_text("")
    expect(card(page, 0).locator(".big").first).not_to_have_css("color", QUIET)
    expect(card(page, 1)).to_have_attribute("data-stale", "")


def test_what_a_server_cannot_give_is_a_dash_with_its_reason(page: Page, server: StandIn) -> None:
    one = put(server, 2)[0]
    for group in ("memory", "network", "load"):
        del one["metrics"][group]
    del server.state[one["url"]]["memory"]
    pending = {"status": "offline", "reason": "pending", "metrics": None}
    server.servers[1].update(pending)
    del server.state[server.servers[1]["url"]]
    page.goto(server.url)
    memory = card(page, 0).locator("[data-slot=memory]")
    expect(memory.locator(".number")).to_have_text("—")
    expect(card(page, 0).locator("[data-slot=received] .number")).to_have_text("—")
    expect(card(page, 0).locator("[data-slot=load]")).to_have_text("—")
    memory.focus()
    expect(page.locator(".tip")).to_have_text("Memory could not be read on this server")
    expect(card(page, 1).locator("[data-slot=status]")).to_have_text("Pending")
    expect(card(page, 1).locator("[data-slot=note]")).to_have_text("Waiting for the first sample")


def test_a_server_that_was_never_sampled_shows_its_whole_reason_and_no_empty_values(
    page: Page, server: StandIn
) -> None:
    put(server, 2)
    reason = "no route to the host " * 12
    server.servers[1] |= {
        "status": "offline",
        "reason": "unreachable",
        "last_error": reason.strip(),
        "metrics": None,
        "tags": "",
    }
    del server.state[server.servers[1]["url"]]
    page.goto(server.url)
    expect(card(page, 0).locator("[data-slot=cpu]")).to_have_text("12.5%")
    never = card(page, 1)
    note = never.locator("[data-slot=note]")
    expect(note).to_have_text(f"Unreachable: {reason.strip()}")
    assert note.evaluate("(e) => e.scrollWidth <= e.clientWidth")
    assert "—" not in never.inner_text()
    expect(never.locator(".trend svg")).to_be_hidden()
    heights = [card(page, i).evaluate("(e) => e.offsetHeight") for i in (0, 1)]
    assert heights[0] == heights[1]
    page.set_viewport_size({"width": 390, "height": 900})
    never.locator(".card-name").click()
    expect(never.locator("[data-slot=since]")).to_be_visible()
    assert "—" not in never.inner_text()
    # Its menu, trying now, its page, then the next server.
    for reached in ("server-s1", "server-s1", "server-s1", "server-s0"):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('.card').id") == reached


def test_a_history_of_gaps_alone_is_no_history(page: Page, server: StandIn) -> None:
    put(server, 1)
    server.state = {}
    server.servers[0]["metrics"] |= {"cpu": None, "memory": None}
    server.trends["s0"] = {"points": [[world.stamp(i), None, None] for i in (9, 6, 3)]}
    page.goto(server.url)
    expect(card(page, 0).locator(".trend-empty")).to_have_text("No history yet")
    expect(card(page, 0).locator(".trend-empty")).to_be_visible()
    expect(card(page, 0).locator(".trend svg")).to_be_hidden()


def test_an_offline_server_says_why(page: Page, server: StandIn) -> None:
    put(
        server,
        2,
        status="offline",
        reason="authentication_failed",
        last_error="The password was refused",
        missed_polls=4,
    )
    page.goto(server.url)
    expect(card(page, 0).locator("[data-slot=status]")).to_have_text("Offline")
    expect(card(page, 0).locator("[data-slot=note]")).to_have_text(
        "Authentication failed: The password was refused"
    )
    assert page.locator(".card").first.get_attribute("id") == "server-s0"


def test_markup_in_every_server_text_stays_inert(page: Page, server: StandIn) -> None:
    # No status is markup: this is worse than anything that the product sends.
    conformance.excuse(server.port)

    def poison(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: poison(item) for key, item in value.items()}
        if isinstance(value, list):
            return [poison(item) for item in value]
        return MARKUP if isinstance(value, str) else value

    of = world.state(0, cpu=12.5, memory=50) | {"generatedAtUtc": world.stamp()}
    one = world.server(0, of, id=MARKUP)
    hostile = poison(one) | {"status": "online", "since": world.stamp()}
    hostile["metrics"]["generated_at_utc"] = of["generatedAtUtc"]
    server.servers = [hostile]
    server.state = {MARKUP: poison(of) | {"generatedAtUtc": of["generatedAtUtc"]}}
    alert = poison(world.alert(one, "mem", "")) | {"triggered_at": world.stamp()}
    server.alerts = [alert]
    page.goto(server.url)
    expect(page.locator(".card [data-slot=name]")).to_contain_text("<img src=x")
    page.set_viewport_size({"width": 390, "height": 900})
    page.locator(".card-name").click()
    server.push_alert(MARKUP, MARKUP, MARKUP)
    expect(page.locator(".toast [data-slot=subject]")).to_contain_text("<script>")
    expect(page.locator(".attention-row")).to_contain_text("onerror")
    page.locator(".card [data-slot=name]").hover()
    assert page.locator("img, .card script, .toast script").count() == 0
    assert page.title() == "(1) monserv"


@pytest.mark.parametrize("context_options", [DARK])
def test_the_theme_follows_the_system_and_a_choice_is_remembered(
    page: Page, server: StandIn
) -> None:
    put(server, 1)
    page.goto(server.url)
    expect(page.locator(".card")).to_be_visible()
    body = page.locator("body")
    expect(body).to_have_css("background-color", "rgb(14, 16, 18)")
    page.get_by_label("Light").check(force=True)
    expect(body).to_have_css("background-color", PAPER)
    page.reload()
    expect(body).to_have_css("background-color", PAPER)
    page.get_by_label("System").check(force=True)
    expect(body).to_have_css("background-color", "rgb(14, 16, 18)")


@pytest.mark.parametrize("context_options", [PHONE])
def test_a_phone_shows_rows_that_open_and_never_scrolls_sideways(
    page: Page, server: StandIn
) -> None:
    one = put(server, 12, name="n" * 60, url="ssh://" + "u" * 60 + "@10.0.0.0")[0]
    server.alerts = [
        world.alert(of, "mem", "Memory used 85.0% of " + "x" * 80) for of in server.servers
    ]
    page.goto(server.url)
    expect(page.locator(".attention-row")).to_have_count(2)
    row = card(page, 0)
    expect(row.locator("[data-slot=brief-cpu]")).to_have_text("12.5%")
    expect(row.locator(".card-url, .card-sub")).to_be_hidden()
    row.locator(".card-name").tap()
    expect(row.locator("[data-slot=url]")).to_have_text(one["url"])
    expect(row.locator(".trend svg")).to_be_visible()
    link = row.get_by_role("link", name="All of this server")
    expect(link).to_have_attribute("href", "/servers/s0")
    server.push_alert("alert", "[ALERT] " + "h" * 80, "m" * 200)
    expect(page.locator(".toast")).to_be_visible()
    expect(page.locator("html")).to_have_js_property("scrollWidth", 390)
    for button in page.locator("button:visible").all()[:8]:
        assert (button.bounding_box() or {"height": 0})["height"] >= 24


@pytest.mark.parametrize("context_options", [PHONE])
def test_a_row_on_a_phone_says_what_is_wrong(page: Page, server: StandIn) -> None:
    one = put(server, 2, status="alert")[0]
    message = "Memory used 85.0% (threshold 80.0%) and a few more words that have no room"
    server.alerts = [world.alert(one, "mem", message)]
    page.goto(server.url)
    wrong = card(page, 0).locator("[data-slot=wrong]")
    expect(wrong).to_have_text(message)
    expect(wrong).to_be_visible()
    assert wrong.evaluate("(e) => e.offsetHeight") < 20
    assert wrong.evaluate("(e) => e.scrollWidth > e.clientWidth")
    expect(card(page, 0)).to_have_js_property("offsetHeight", 57)
    # The word is read out, not seen.
    word = card(page, 0).locator("[data-slot=status]")
    expect(word).to_have_css("clip-path", "inset(50%)")
    expect(card(page, 0).locator("[data-slot=brief-memory]")).to_have_css("color", ALERT)
    expect(card(page, 0).locator("[data-slot=brief-cpu]")).not_to_have_css("color", ALERT)
    expect(card(page, 1).locator("[data-slot=wrong]")).to_be_hidden()
    card(page, 0).locator(".card-name").tap()
    expect(wrong).to_be_hidden()
    expect(card(page, 0).locator("[data-slot=note]")).to_have_text(message)


@pytest.mark.parametrize("context_options", [PHONE])
def test_a_phone_shows_the_two_newest_toasts(page: Page, server: StandIn) -> None:
    put(server, 1)
    page.goto(server.url)
    expect(page.locator("#connection")).to_contain_text("Live")
    for i in range(5):
        server.push_alert("alert", f"[ALERT] host{i} offline", "No data for 3 polls")
    subjects = page.locator(".toast [data-slot=subject]")
    expect(subjects).to_have_text(["host3 offline", "host4 offline"])
    expect(page.locator(".toast-dropped")).to_have_text("and 3 more")
    page.locator(".toast-close").last.tap()
    expect(subjects).to_have_text(["host2 offline", "host3 offline"])


@pytest.mark.parametrize("context_options", [PHONE, SMALL_PHONE])
def test_the_header_of_a_phone_does_not_grow_when_the_connection_is_lost(
    page: Page, server: StandIn
) -> None:
    put(server, 1)
    page.goto(server.url)
    expect(page.locator("#connection")).to_contain_text("Live")
    wait_for_sockets(page, server, 1)
    is_whole = "(e) => e.scrollWidth <= e.clientWidth"
    assert page.locator("#connection .connection-word").evaluate(is_whole)
    height = page.locator("#top").evaluate("(e) => e.offsetHeight")
    page.evaluate("Math.random = () => 0.9")
    go_away(server)
    for word in ("Reconnecting", "Polling"):
        expect(page.locator("#connection .connection-word")).to_have_text(word)
        expect(page.get_by_role("button", name="Try now")).to_be_visible()
        expect(page.locator("#top")).to_have_js_property("offsetHeight", height)
        server.failing = {}
    expect(page.get_by_role("link", name="monserv")).to_be_attached()


def test_a_link_of_the_strip_leads_to_the_page_of_its_server(page: Page, server: StandIn) -> None:
    put(server, 3)
    server.alerts = [world.alert(server.servers[2], "mem", "Memory used 85.0%")]
    page.goto(server.url)
    page.locator(".attention-row a").click()
    expect(page).to_have_url(f"{server.url}servers/s2")
    expect(page.locator("#server")).to_be_focused()
    expect(page.locator("#server-title")).to_have_text("server-2")


def test_an_opened_strip_leaves_half_of_the_screen(page: Page, server: StandIn) -> None:
    put(server, 40)
    server.alerts = [world.alert(of, "mem", "Memory used 85.0%") for of in server.servers]
    page.goto(server.url)
    page.get_by_role("button", name="Show all 40 alerts").click()
    expect(page.locator(".attention-row")).to_have_count(40)
    strip = page.locator("#attention")
    expect(strip).to_have_js_property("offsetHeight", 405)
    assert strip.evaluate("(e) => e.scrollHeight > e.clientHeight")
    page.set_viewport_size({"width": 640, "height": 900})
    row = page.locator(".attention-row").first
    edges = "(e) => [e, e.querySelector('.attention-since')].map((x) => x.getBoundingClientRect())"
    ends = f"(e) => ({edges})(e).map((r) => r.right).reduce((whole, since) => whole - since) < 1"
    assert settled(page, lambda: row.evaluate(ends), expected=True)
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 400})
        for element in (strip, page.locator("#top")):
            expect(element).not_to_have_css("position", "sticky")
        assert strip.evaluate("(e) => e.scrollHeight <= e.clientHeight")


def test_an_open_card_cuts_nothing_off(page: Page, server: StandIn) -> None:
    one = put(server, 1, name="n" * 60, url="ssh://" + "u" * 60 + "@10.0.0.0")[0]
    process = one["metrics"]["top_processes_by_memory"][0]
    server.state.clear()
    process["cmdline"] = "/usr/lib/jvm/java-21/bin/java -Xmx4g " + "x" * 120
    one["metrics"]["disks"][0]["mountpoint"] = "/srv/" + "y" * 90
    page.set_viewport_size({"width": 360, "height": 900})
    page.goto(server.url)
    card(page, 0).locator(".card-name").click()
    expect(card(page, 0).locator(".process [data-slot=label]").first).to_have_text(
        process["cmdline"]
    )
    cut = "(all) => all.filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.dataset.slot)"
    clips = card(page, 0).locator(".clip:visible")
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 900})
        expect(page.locator("html")).to_have_js_property("scrollWidth", width)
        assert settled(page, lambda: clips.evaluate_all(cut), []) == []


def test_everything_can_be_reached_with_the_keyboard(page: Page, server: StandIn) -> None:
    one = put(server, 2)[0]
    server.alerts = [world.alert(one, "mem", "Memory used 85.0%")]
    page.goto(server.url)
    expect(page.locator(".attention-row")).to_be_visible()
    expect(page.locator(".card")).to_have_count(2)
    reached = []
    names = """() => {
      const { className, name, dataset } = document.activeElement;
      return className || name || dataset.slot || "";
    }"""
    for _ in range(24):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(names))
    assert reached[0] == "skip"
    assert "server" in reached
    assert {"theme", "view", "search", "select"} <= set(reached)
    assert reached.count("card-name own") == 2
    page.locator("#server-s0 .card-name").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{server.url}servers/s0")
    expect(page.locator("#server")).to_be_focused()


def test_cards_do_not_move_under_the_pointer(page: Page, server: StandIn) -> None:
    put(server, 3)
    page.goto(server.url)
    expect(page.locator(".card")).to_have_count(3)
    card(page, 0).hover()
    server.servers[2]["status"] = "alert"
    server.push_alert("alert", "[ALERT] host2 memory high", "Memory used 85.0%")
    expect(card(page, 2).locator("[data-slot=status]")).to_have_text("Alert")
    assert page.locator(".card").first.get_attribute("id") == "server-s0"
    page.mouse.move(5, 5)
    expect(page.locator(".card").first).to_have_attribute("id", "server-s2")


@pytest.mark.parametrize("context_options", [PHONE, {}])
def test_with_no_server_the_page_says_what_to_do(page: Page, server: StandIn) -> None:
    page.goto(server.url)
    expect(page.locator("#message")).to_contain_text("No servers yet")
    expect(page.locator("#message")).to_contain_text("SERVERS=ssh://")
    expect(page.locator("#message [hidden]")).to_have_count(1)
    expect(page.locator("#grid")).to_be_hidden()
    example = page.locator("#message pre")
    assert example.evaluate("(e) => e.scrollWidth <= e.clientWidth")
    width = page.evaluate("innerWidth")
    expect(page.locator("html")).to_have_js_property("scrollWidth", width)


def test_an_error_at_load_is_explained_and_heals_by_itself(page: Page, server: StandIn) -> None:
    put(server, 1)
    server.refuses_sockets = True
    server.failing = {"/api/v1/servers": 500}
    page.goto(server.url)
    expect(page.locator("#message")).to_contain_text("The servers could not be loaded")
    expect(page.locator("#message")).to_contain_text("the test said so. Trying again by itself.")
    server.failing = {}
    expect(page.locator(".card")).to_have_count(1)
    expect(page.locator("#message")).to_be_hidden()


def test_a_later_error_leaves_the_cards_and_says_so_quietly(page: Page, server: StandIn) -> None:
    put(server, 1)
    server.failing = {"/api/v1/trends": 503}
    page.goto(server.url)
    expect(page.locator(".card")).to_have_count(1)
    expect(page.locator("#message")).to_contain_text("Part of this page is old")
    server.failing = {}
    expect(page.locator("#message")).to_be_hidden()


def test_a_server_that_is_removed_leaves_the_page(page: Page, server: StandIn) -> None:
    put(server, 3)
    page.goto(server.url)
    expect(page.locator(".card")).to_have_count(3)
    del server.servers[1]
    server.push_alert("recovery", "[RECOVERED] host1 memory", "The server was removed")
    expect(page.locator(".card")).to_have_count(2)
    expect(card(page, 1)).to_have_count(0)
