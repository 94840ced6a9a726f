"""Plugins first loaded off the main thread, and by many threads at once."""

from __future__ import annotations

import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from voicegateway.core.registry import PluginStatus
from voicegateway.errors import PluginError
from voicegateway.types import ProviderSettings

PARTICULAR = """
    import threading
    from voicegateway import hookimpl

    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("Plugins must be registered on the main thread")

    @hookimpl
    def preload_provider(): ...
"""

WRAPPED = """
    import threading
    from voicegateway import hookimpl

    try:
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("Plugins must be registered on the main thread")
    except RuntimeError as error:
        raise ImportError("install acme") from error

    @hookimpl
    def preload_provider(): ...
"""

LOOPING = """
    import asyncio, threading
    from voicegateway import hookimpl

    if threading.current_thread() is not threading.main_thread():
        asyncio.get_event_loop()

    @hookimpl
    def preload_provider(): ...
"""


def elsewhere(call, *arguments, **keywords):
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(call, *arguments, **keywords).result()


@pytest.mark.parametrize("module", [PARTICULAR, WRAPPED], ids=["bare", "wrapped"])
def test_an_import_that_needs_the_main_thread_says_so_and_succeeds_there(site, registry, module):
    site.add("voicegw-acme", "1.2", provider="acme", module=module)
    with pytest.raises(PluginError, match=r"voicegw-acme 1\.2.*voicegateway\.preload\(\)"):
        elsewhere(registry.get, "acme")
    row = site.row(registry)
    assert (row.status, row.error, row.trace) == (PluginStatus.AVAILABLE, None, None)

    assert registry.get("acme").id == "acme"
    assert elsewhere(registry.get, "acme") is registry.get("acme")


def test_an_import_that_needs_an_event_loop_is_the_threads_fault_too(site, registry):
    site.add("voicegw-acme", provider="acme", module=LOOPING)
    with pytest.raises(PluginError, match=r"voicegateway\.preload\(\)"):
        elsewhere(registry.get, "acme")
    assert site.row(registry).status is PluginStatus.AVAILABLE


def test_on_the_main_thread_no_error_is_the_threads_fault(site, registry):
    module = "raise RuntimeError('run me on the main thread')"
    site.add("voicegw-acme", provider="acme", module=module)
    with pytest.raises(PluginError) as caught:
        registry.get("acme")
    assert "preload" not in str(caught.value)
    assert site.row(registry).status is PluginStatus.ERROR


@pytest.mark.parametrize("module", ["import no_such_module", "def broken(:", "x = 1"])
def test_what_the_thread_is_not_to_blame_for_is_kept_there_too(site, registry, module):
    site.add("voicegw-acme", provider="acme", module=module)
    with pytest.raises(PluginError) as caught:
        elsewhere(registry.get, "acme")
    assert "preload" not in str(caught.value)
    assert site.row(registry).status is PluginStatus.ERROR


def test_twenty_threads_load_a_plugin_once(site, registry):
    site.add(
        "voicegw-acme",
        provider="acme",
        module="""
            import sys, time
            from voicegateway import hookimpl

            sys.imports = getattr(sys, "imports", 0) + 1
            time.sleep(0.05)

            @hookimpl
            def preload_provider(): ...
        """,
    )
    barrier = threading.Barrier(20)

    def first_use():
        barrier.wait()
        return registry.get("acme")

    try:
        with ThreadPoolExecutor(20) as pool:
            providers = [f.result() for f in [pool.submit(first_use) for _ in range(20)]]
        assert len(set(map(id, providers))) == 1
        assert sys.imports == 1
    finally:
        del sys.imports


def test_a_livekit_plugin_first_imported_in_a_factory_off_the_main_thread(site):
    """Nothing of LiveKit's is imitated here: its own registration refuses the thread."""
    (site.folder / "vendor_acme.py").write_text(
        "from livekit.agents import Plugin\n"
        "from livekit.agents.llm import LLM as LLM\n"
        "class Acme(Plugin):\n"
        "    def __init__(self): super().__init__('acme', '1.0', __name__)\n"
        "Plugin.register_plugin(Acme())\n"
    )
    site.add(
        "voicegw-acme",
        provider="acme",
        module="""
            from voicegateway import hookimpl

            @hookimpl
            def create_llm():
                import vendor_acme
                return type("AcmeLLM", (vendor_acme.LLM,), {"chat": None})()
        """,
    )
    done = site.run("""
        import threading
        from voicegateway.core.registry import Registry
        from voicegateway.errors import PluginError
        from voicegateway.types import ProviderSettings

        provider = Registry().get("acme")

        def make():
            try:
                print(type(provider.create_llm("m", ProviderSettings("acme"), {})).__name__)
            except PluginError as error:
                print(error, "<-", error.__cause__)

        thread = threading.Thread(target=make)
        thread.start()
        thread.join()
        make()
    """)
    assert done.stderr == ""
    refused, made = done.stdout.splitlines()
    assert "call voicegateway.preload()" in refused
    assert refused.endswith("<- Plugins must be registered on the main thread")
    assert made == "AcmeLLM"


def test_a_factorys_own_error_off_the_main_thread_is_let_through(site, registry):
    site.add(
        "voicegw-acme",
        provider="acme",
        module="""
            from voicegateway import hookimpl

            @hookimpl
            def create_llm(model):
                raise ValueError(f"no model {model}")
        """,
    )
    with pytest.raises(ValueError, match=r"^no model m$"):
        elsewhere(registry.get("acme").create_llm, "m", ProviderSettings("acme"), {})
