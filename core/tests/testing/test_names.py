"""What `voicegateway.testing` offers, and what each part of it needs."""

from __future__ import annotations

import subprocess
import sys
from textwrap import dedent

from voicegateway import testing


def test_every_name_is_there():
    assert dir(testing) == sorted(testing.__all__)
    for name in testing.__all__:
        assert getattr(testing, name) is not None


def test_an_unknown_name_is_an_attribute_error():
    assert not hasattr(testing, "no_such_name")


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", dedent(code)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_fakes_and_the_bench_need_no_pytest(tmp_path):
    done = run(f"""
        import asyncio, sys
        for name in ("pytest", "pytest_asyncio", "hypothesis"):
            sys.modules[name] = None
        from pathlib import Path
        from voicegateway import inference
        from voicegateway.testing import FakeProvider, LoopbackCloud, drain, plugin_bench, prompt

        async def call():
            with plugin_bench(Path({str(tmp_path)!r})) as bench:
                bench.install("acme", FakeProvider())
                await drain(inference.LLM("acme/parrot-1").chat(chat_ctx=prompt()))
                (row,) = await bench.rows()
                print(row.quote.amount_usd)

        asyncio.run(call())
    """)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "0.0058\n"


def test_the_package_itself_imports_nothing_heavy():
    done = run("""
        import sys
        import voicegateway.testing
        print([n for n in ("livekit", "pytest", "hypothesis", "aiohttp") if n in sys.modules])
    """)
    assert done.stdout == "[]\n", done.stderr
