"""The product's own pages in Chromium, over three real servers."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.real.machines import SmallDisk
from tests.real.product import Product, wait_until

pytestmark = [pytest.mark.real, pytest.mark.timeout(120)]


@pytest.fixture
def server(product: Product) -> Product:
    """What the page is watched against: it may talk to the product, to nobody else."""
    return product


def number(text: str) -> float:
    found = re.search(r"[0-9]+(\.[0-9]+)?", text)
    assert found is not None, text
    return float(found.group())


def sees(product: Product, name: str, mountpoint: Path) -> bool:
    metrics: dict[str, Any] = product.server(name)["metrics"]
    return any(disk["mountpoint"] == str(mountpoint) for disk in metrics["disks"])


def is_shown(product: Product, name: str, card: Locator) -> bool:
    """Whether memory and largest process are those that REST has now."""
    metrics: dict[str, Any] = product.server(name)["metrics"]
    memory = number(card.locator("[data-slot=memory]").inner_text())
    largest = card.locator(".process [data-slot=label]").first.inner_text()
    return (
        memory == pytest.approx(metrics["memory"]["used_percent"], abs=0.1)
        and largest == metrics["top_processes_by_memory"][0]["name"]
    )


def test_the_dashboard_shows_each_server_as_rest_does(page: Page, product: Product) -> None:
    page.goto(product.url)
    expect(page.locator("#connection")).to_contain_text("Live")
    expect(page.locator(".card")).to_have_count(3)
    for row in product.data("/api/v1/servers")["servers"]:
        card = page.locator(f"#server-{row['id']}")
        expect(card.locator("[data-slot=name]")).to_have_text(row["name"])
        expect(card.locator("[data-slot=url]")).to_have_text(row["url"])
        expect(card.locator("[data-slot=status]")).to_have_text("Online")
        expect(card.locator("[data-slot=age]")).to_have_text("")
        # The page and REST are read one after the other, and a poll may come in between.
        wait_until(
            lambda name=row["name"], card=card: is_shown(product, name, card),
            what="REST and the page say the same",
        )
        expect(card.locator(".disk [data-slot=label]").first).to_have_text("/")
        root = shutil.disk_usage("/")
        shown = number(card.locator(".disk [data-slot=used]").first.inner_text())
        assert shown == pytest.approx(100 * root.used / (root.used + root.free), abs=1)


def test_the_curve_of_the_last_minutes_is_there_at_once(page: Page, product: Product) -> None:
    wait_until(
        lambda: all(
            len(trend["points"]) >= 3 for trend in product.data("/api/v1/trends")["trends"].values()
        ),
        what="three points of each server",
    )
    page.goto(product.url)
    page.wait_for_function(
        """() => [...document.querySelectorAll(".card [data-slot=cpu-line]")]
          .filter((line) => /M.*L/.test(line.getAttribute("d"))).length === 3"""
    )


def test_a_disk_that_fills_is_a_toast_and_so_is_its_recovery(
    page: Page, product: Product, small_disk: SmallDisk
) -> None:
    for name in ("by-password", "by-key"):
        wait_until(
            lambda name=name: sees(product, name, small_disk.mountpoint), what="the disk is seen"
        )
    page.goto(product.url)
    expect(page.locator("#connection")).to_contain_text("Live")
    try:
        small_disk.fill()
        # Two of the servers are the same machine, which each has a name for.
        raised = page.locator(".toast", has_text="Alert:")
        expect(raised).to_have_count(2)
        for name in ("by-password", "by-key"):
            said = f"{name} disk {small_disk.mountpoint} high"
            expect(raised.filter(has_text=said)).to_have_count(1)
        expect(page.locator(".attention-row")).to_have_count(2)
        expect(page.locator("#summary [data-status=alert] .count")).to_have_text("2")
    finally:
        small_disk.empty()
    recovered = page.locator(".toast", has_text="Recovered:")
    expect(recovered).to_have_count(2)
    expect(page.locator("#attention")).to_be_hidden()
    expect(page.locator("#summary [data-status=online] .count")).to_have_text("3")
    # What is over is in the journal, with its end.
    page.get_by_role("link", name="Alerts", exact=True).click()
    shown = page.locator("#alerts")
    expect(shown.get_by_text("Nothing is wrong now")).to_be_visible()
    for text, count in (
        ("", 2),
        ("no such words", 0),
        (f"{small_disk.mountpoint} high".upper(), 2),
    ):
        shown.get_by_label("Search alerts").fill(text)
        expect(shown.locator(".days .episode")).to_have_count(count)
    shown.locator(".days .episode-toggle").first.click()
    expect(shown.locator(".episode-facts").first).to_contain_text("Recovered")


def test_a_server_has_a_page_with_what_rest_and_history_know(page: Page, product: Product) -> None:
    row = product.server("by-key")
    page.goto(product.url)
    page.get_by_role("link", name="by-key", exact=True).click()
    expect(page).to_have_url(f"{product.url}/servers/{row['id']}")
    expect(page.get_by_role("heading", level=1)).to_have_text("by-key")
    detailed = product.data(f"/api/v1/servers/{row['id']}")["metrics"]
    expect(page.locator(".server-facts")).to_contain_text(detailed["system"]["kernel"])
    expect(page.locator(".tile").nth(1)).to_contain_text("alert at 99 %")
    drawn = """(least) => {
      const isDrawn = (chart) =>
        globalThis.Chart?.getChart(chart.querySelector("canvas"))?.data.datasets[0].data.length >
        least;
      const charts = [...document.querySelectorAll(".chart")].filter(isDrawn);
      const titles = charts.map((chart) => chart.querySelector("h3").textContent);
      return ["CPU", "Memory", "Network"].every((title) => titles.includes(title));
    }"""
    page.wait_for_function(drawn, arg=2)
    page.get_by_label("1 hour").check(force=True)
    expect(page).to_have_url(re.compile(r"\?range=1h$"))
    page.wait_for_function(drawn, arg=0)
    memory = number(page.locator(".tile-value").nth(1).inner_text())
    assert memory == pytest.approx(detailed["memory"]["used_percent"], abs=5)
    expect(page.locator("[data-slot=capabilities-count]")).to_have_text(re.compile(r"\d+ of \d+"))
    expect(page.locator(".footprint")).to_contain_text("2 s")


def test_swagger_ui_explains_the_websocket_and_can_ask(page: Page, product: Product) -> None:
    page.goto(f"{product.url}/swagger/index.html")
    section = page.locator("#operations-tag-WebSocket")
    expect(section).to_contain_text("metrics_update")
    described = product.get("/swagger/doc.json")["paths"].values()
    calls = sum(len(item.keys() - {"parameters"}) for item in described)
    expect(page.locator(".opblock")).to_have_count(calls)
    call = page.locator("#operations-Servers-get_api_v1_servers_metrics")
    call.locator(".opblock-summary-control").click()
    call.get_by_role("button", name="Try it out").click()
    call.get_by_placeholder("url").fill(product.data("/api/v1/servers")["servers"][0]["url"])
    call.get_by_role("button", name="Execute").click()
    expect(call.locator(".live-responses-table .response .response-col_status")).to_have_text("200")
    shown = json.loads(call.locator(".live-responses-table code").first.inner_text())["data"]
    total = re.search(r"MemTotal: +(\d+) kB", Path("/proc/meminfo").read_text())
    assert total is not None
    assert shown["memory"]["total_bytes"] == int(total[1]) * 1024
    root = next(disk for disk in shown["disks"] if disk["mountpoint"] == "/")
    assert root["total_bytes"] == shutil.disk_usage("/").total
    ws = page.locator("#operations-WebSocket-get_ws")
    ws.locator(".opblock-summary-control").click()
    expect(ws.locator(".opblock-description")).to_contain_text("cannot open WebSockets")
    expect(ws.get_by_role("button", name="Try it out")).to_be_hidden()
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.locator("html")).to_have_js_property("scrollWidth", 390)
    name = section.locator("a").first.bounding_box()
    description = section.locator("small").bounding_box()
    assert name is not None
    assert description is not None
    assert name["y"] + name["height"] <= description["y"]
    page.get_by_role("link", name="← Dashboard").click()
    expect(page.locator(".card")).to_have_count(3)
