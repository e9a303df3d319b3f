"""Walk through the playground's page in headless Chromium and take pictures of it.

Run the playground first, then, with the address that it prints:
``uv run --with playwright python -m tests.benchmarks.playground_tour ADDRESS FOLDER``.
Prints the seconds from each question to its final answer. Needs Debian's chromium.
"""

from __future__ import annotations

import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

CHROMIUM = "/usr/bin/chromium"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MEMBER = (
    ("ask", "When does the regatta start?"),
    ("ask", "日本支部の集まりはいつですか？"),
    ("ask", "What is the wifi password of the harbor office?"),
    ("chat", "Good morning, Marv"),
    ("chat", "おはようございます"),
    ("search", "varnish"),
)
ADMIN = ("library list", "library status", "dataset export", "marv status")


def main() -> None:
    """Take the tour."""
    address, folder = sys.argv[1], Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    playwright = import_module("playwright.sync_api")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        page = browser.new_page(viewport={"width": 1100, "height": 1000})
        page.goto(address)
        page.wait_for_timeout(2000)
        choose(page, "privacy consent", "Keep them, and train on them")
        for number, (command, text) in enumerate(MEMBER, start=1):
            seconds = invoke(page, command, text)
            print(f"/{command} {text}: {seconds:.2f} s")
            picture(page, folder / f"{number}-{command}.png")
        page.select_option("#viewer-picker", label="Mirela (admin)")
        page.wait_for_timeout(1500)
        for number, command in enumerate(ADMIN, start=len(MEMBER) + 1):
            seconds = invoke(page, command, None)
            print(f"/{command}: {seconds:.2f} s")
            picture(page, folder / f"{number}-{command.replace(' ', '-')}.png")
        browser.close()


def choose(page: Any, command: str, choice: str) -> None:
    """Run a command whose option is a choice."""
    write(page, command)
    page.get_by_text(choice, exact=True).click()
    page.wait_for_timeout(500)
    page.click("#send-message")
    page.wait_for_timeout(2500)


def invoke(page: Any, command: str, text: str | None) -> float:
    """Run a command and return the seconds until the page shows what came of it."""
    write(page, command)
    if text is not None:
        page.keyboard.type(text)
        page.wait_for_timeout(300)
    before = page.locator("body").inner_text()
    started = time.perf_counter()
    page.click("#send-message")
    seconds = settled(page, before, started)
    page.wait_for_timeout(1200)
    return seconds


def picture(page: Any, path: Path) -> None:
    """Take a picture of the newest messages."""
    latest = page.get_by_text("jump to latest")
    if latest.count() and latest.first.is_visible():
        latest.first.click()
        page.wait_for_timeout(500)
    page.screenshot(path=path)


def write(page: Any, command: str) -> None:
    """Pick a command from the composer's list."""
    page.locator("#channel-composer-input").fill(f"/{command}")
    page.wait_for_timeout(900)
    page.keyboard.press("Enter")
    page.wait_for_timeout(600)


def settled(page: Any, before: str, started: float) -> float:
    """Wait until the conversation has grown by more than the composer's own changes."""
    while time.perf_counter() - started < 60:
        now = page.locator("body").inner_text()
        if now != before and now.count("APP") > before.count("APP"):
            return time.perf_counter() - started
        page.wait_for_timeout(25)
    return float("nan")


if __name__ == "__main__":
    main()
