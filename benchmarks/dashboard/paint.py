"""What somebody waits for who looks at 1,000,000 requests of this month in a browser.

    python benchmarks/dashboard/paint.py [rows]

Needs the built pages, `pip install playwright` and a Chromium (`CHROMIUM` names another than
/usr/bin/chromium). Prints each figure beside its limit, and exits 1 if one is passed.
"""

from __future__ import annotations

import gzip
import importlib.util
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, Page, Response, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from voicegateway.storage.queries import between

# Two programs are called `reads`: the ledger's makes the rows, the server's runs a server.
_SPEC = importlib.util.spec_from_file_location(
    "server_reads", Path(__file__).parent.parent / "server" / "reads.py"
)
assert _SPEC
assert _SPEC.loader
server_reads = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(server_reads)

PAINT_MS, FILTER_MS, SCRIPT_KB, LIVE_MS = 1000.0, 300.0, 250.0, 1000.0
TIMES = 5
PAGES = ("/", "/calls", "/costs", "/latency", "/budgets")
FILTERS = (
    ("/", "Project=booking"),
    ("/", "Project="),
    ("/costs", "Week"),
    ("/costs", "Project=booking"),
    ("/costs", "Project="),
    ("/latency", "Week"),
    ("/latency", "Leg=tts"),
    ("/calls?view=requests", "Project=survey"),
    ("/calls?view=requests", "Leg=llm"),
    ("/calls?view=requests", "Status=failed"),
)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PAINTED = """() => {
  const main = document.querySelector("main");
  if (!main?.querySelector("h1") || !/\\d/.test(main.innerText)) return false;
  const waits = [...main.querySelectorAll("[role=status]")].some((one) =>
    one.textContent.startsWith("Loading "));
  return waits ? false : performance.now();
}"""
WATCH = """() => {
  window.changed = { from: undefined, last: undefined };
  const began = () => { window.changed.from = performance.now(); window.changed.last = undefined; };
  for (const kind of ["click", "change"]) addEventListener(kind, began, { capture: true });
  new MutationObserver(() => requestAnimationFrame(() => { changed.last = performance.now(); }))
    .observe(document.querySelector("main"),
      { subtree: true, childList: true, characterData: true });
}"""
WRITE = """
import sys, time
from decimal import Decimal
from voicegateway.storage.ledger import open_ledger
from voicegateway.storage.models import Attempt, AttemptClosed, new_call_id
from voicegateway.types import Modality, PriceLine, PriceQuote, Unit
ledger = open_ledger(sys.argv[1], timezone=None)
for line in sys.stdin:
    attempt = Attempt(new_call_id(), 1, time.time_ns() // 1000, "booking", line.strip(), "west",
                      "think-mini", Modality.LLM)
    price = PriceLine(Unit.OUTPUT_TOKENS, Decimal(1), Decimal(1), Decimal(1), Decimal(1),
                      Decimal(1))
    quote = PriceQuote(Decimal(1), (price,), source="a benchmark")
    ledger.append(AttemptClosed(attempt, "completed", {Unit.OUTPUT_TOKENS: Decimal(1)}, "reported",
                                "confirmed", quote, 300.0, 600.0))
    print(time.time() * 1000, flush=True)
"""


def fresh(browser: Browser) -> Page:
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, reduced_motion="reduce", timezone_id="UTC"
    )
    return context.new_page()


def paint(browser: Browser, url: str) -> float:
    """Milliseconds from the navigation to figures on the page; the cache is empty."""
    page = fresh(browser)
    page.goto(url, wait_until="commit")
    try:
        return float(page.wait_for_function(PAINTED, polling="raf", timeout=20_000).json_value())
    except PlaywrightTimeoutError:
        return math.inf
    finally:
        page.context.close()


def change(browser: Browser, url: str, path: str, what: str) -> float:
    """Milliseconds from a filter's event to the last change of the page that it made."""
    page = fresh(browser)
    page.goto(url + path)
    page.wait_for_function(PAINTED, polling="raf", timeout=30_000)
    page.wait_for_timeout(700)
    page.evaluate(WATCH)
    label, _, value = what.partition("=")
    if "=" in what:
        page.get_by_label(label, exact=True).select_option(value)
    else:
        page.get_by_role("group", name="Period").get_by_role("button", name=label).click()
    page.wait_for_timeout(1500)
    taken = page.evaluate("changed.last === undefined ? null : changed.last - changed.from")
    page.context.close()
    return math.inf if taken is None else float(taken)


def script_kb(browser: Browser, url: str) -> float:
    page, sizes = fresh(browser), list[int]()

    def weigh(answer: Response) -> None:
        if answer.request.resource_type == "script":
            sizes.append(len(gzip.compress(answer.body(), 6)))

    page.on("response", weigh)
    page.goto(url)
    page.get_by_text("Live", exact=True).locator("visible=true").wait_for()
    page.wait_for_timeout(1500)
    page.context.close()
    return sum(sizes) / 1000


def live(browser: Browser, url: str, ledger: Path) -> list[float]:
    """Milliseconds from an append in another process until its row is on the page."""
    page, taken = fresh(browser), []
    page.goto(f"{url}/calls?view=requests")
    page.get_by_text("Live", exact=True).locator("visible=true").wait_for()
    command = [sys.executable, "-c", WRITE, str(ledger)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdin
        assert writer.stdout
        for number in range(TIMES + 1):
            name = f"RM_live_{number}"
            writer.stdin.write(f"{name}\n")
            writer.stdin.flush()
            sent = float(writer.stdout.readline())
            seen = page.wait_for_function(
                "(name) => document.querySelector(`[title='${name}']`) && Date.now()",
                arg=name,
                polling="raf",
            )
            taken.append(float(seen.json_value()) - sent)
            time.sleep(0.3)
        writer.stdin.close()
    page.context.close()
    return taken[1:]  # the first opens the ledger


def row(name: str, values: list[float], limit: float, unit: str) -> bool:
    middle, worst = statistics.median(values), max(values)
    missed = not middle <= limit  # a change that was not seen is a miss
    mark = "  MISSED" if missed else ""
    print(f"  {name:44} {middle:8.1f} {unit}  worst {worst:8.1f}   limit {limit:6.0f}{mark}")
    return not missed


def measure(browser: Browser, url: str, ledger: Path) -> bool:
    fine = []
    for path in PAGES:
        paint(browser, url + path)
        taken = [paint(browser, url + path) for _ in range(TIMES)]
        fine.append(row(f"first useful paint of {path}", taken, PAINT_MS, "ms"))
    for path, what in FILTERS:
        taken = [change(browser, url, path, what) for _ in range(3)]
        fine.append(row(f"{path} {what}", taken, FILTER_MS, "ms"))
    fine.append(row("scripts of /, gzipped", [script_kb(browser, url)], SCRIPT_KB, "kB"))
    fine.append(row("a row of another process", live(browser, url, ledger), LIVE_MS, "ms"))
    return all(fine)


def main(rows: int) -> bool:
    now = datetime.now(UTC)
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    server_reads.ledger_reads.MONTH = between(first, now, "UTC")
    os.environ.pop("VOICEGW_DB_PATH", None)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        ledger, config = Path(folder) / "voicegw.db", Path(folder) / "voicegw.yaml"
        config.write_text(
            f"cost_tracking: {{db_path: {ledger}}}\n"
            "projects: {booking: {monthly_budget: 100000, budget_action: block}}\n"
        )
        server_reads.compiled(Path(folder) / "bytecode")
        server_reads.ledger_reads.build(ledger, rows)
        server = server_reads.Server(config)
        try:
            browser = playwright.chromium.launch(
                executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=FLAGS
            )
            print(f"{rows} requests; load {os.getloadavg()[0]:.1f}")
            return measure(browser, f"http://127.0.0.1:{server.port}", ledger)
        finally:
            server.stop()


if __name__ == "__main__":
    sys.exit(0 if main(int((sys.argv[1:] or ["1000000"])[0])) else 1)
