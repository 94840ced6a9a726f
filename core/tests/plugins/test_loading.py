"""What happens when a plugin's module cannot be imported."""

from __future__ import annotations

import sys

import pytest

from voicegateway.core.registry import PluginStatus
from voicegateway.errors import PluginError

BROKEN = {
    "raises": ("raise ValueError('no  such\\n thing.')", "ValueError: no such thing."),
    "says nothing": ("raise ValueError", "ValueError."),
    "misses an import": ("import no_such_module", "ModuleNotFoundError: No module named"),
    "misses a name": ("from json import no_such_name", "ImportError: cannot import name"),
    "is no Python": ("def broken(:", "SyntaxError: invalid syntax"),
    "has a null byte": ("x = '\0'", "SyntaxError: source code"),
    "exits": ("import sys; sys.exit(3)", "SystemExit: 3."),
    "exits quietly": ("raise SystemExit", "SystemExit."),
    "panics": ("class Panic(BaseException): ...\nraise Panic('rust')", "Panic: rust."),
    "cannot say why": (
        "class Mute(Exception):\n    def __str__(self): raise RuntimeError\nraise Mute",
        "Mute.",
    ),
    "recurses": ("def f(): f()\nf()", "RecursionError: maximum recursion depth"),
}


@pytest.mark.parametrize(("module", "reason"), BROKEN.values(), ids=BROKEN)
def test_a_broken_import_is_kept_and_raised_for_that_provider_alone(site, registry, module, reason):
    site.add("voicegw-acme", "1.2", provider="acme", module=module)
    assert site.row(registry).status is PluginStatus.AVAILABLE

    with pytest.raises(PluginError) as first:
        registry.get("acme")

    message = str(first.value)
    assert "\n" not in message
    for part in ("'acme'", "voicegw-acme 1.2", "entry point 'voicegw_acme'", reason):
        assert part in message
    row = site.row(registry)
    assert (row.status, row.error) == (PluginStatus.ERROR, message)
    assert row.trace.startswith("Traceback (most recent call last):")
    assert "acme" not in registry.installed()

    with pytest.raises(PluginError) as second:
        registry.get("acme")
    assert str(second.value) == message


def test_the_trace_points_into_the_plugin(site, registry):
    site.add("voicegw-acme", provider="acme", module="import json\njson.loads('{')\n")
    with pytest.raises(PluginError) as caught:
        registry.get("acme")
    row = site.row(registry)
    assert f'File "{site.folder / "voicegw_acme.py"}", line 2' in row.trace
    assert row.trace.rstrip().endswith("(char 1)")
    assert type(caught.value.__cause__).__name__ == "JSONDecodeError"


def test_a_broken_module_is_imported_once(site, registry):
    site.add(
        "voicegw-acme",
        provider="acme",
        module="import sys; sys.imports = getattr(sys, 'imports', 0) + 1; raise OSError",
    )
    try:
        for _ in range(3):
            with pytest.raises(PluginError):
                registry.get("acme")
        assert sys.imports == 1
    finally:
        del sys.imports


def test_ctrl_c_during_an_import_passes_through_and_is_not_held_against_the_plugin(site):
    site.add(
        "voicegw-acme",
        provider="acme",
        module="""
            import sys
            if not hasattr(sys, "pressed"):
                sys.pressed = True
                raise KeyboardInterrupt
            from voicegateway import hookimpl
            @hookimpl
            def preload_provider(): ...
        """,
    )
    done = site.run("""
        from voicegateway.core.registry import Registry
        registry = Registry()
        status = lambda: [str(r.status) for r in registry.records() if r.provider == "acme"]
        try:
            registry.get("acme")
        except KeyboardInterrupt:
            print("interrupted", status())
        print(registry.get("acme").id, status())
    """)
    assert done.stderr == ""
    assert done.stdout == "interrupted ['available']\nacme ['loaded']\n"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("no_such_module_anywhere", "ModuleNotFoundError"),
        ("voicegw_acme:no_such_object", "AttributeError"),
        ("voicegw-acme", "its value has to be `package.module`"),
        ("voicegw_acme:", "its value has to be `package.module`"),
        ("voicegw_acme:nothing", "no hook implementation"),
    ],
)
def test_an_entry_point_that_leads_nowhere(site, registry, value, reason):
    site.add("voicegw-acme", provider={"acme": value}, module="nothing = None")
    with pytest.raises(PluginError) as caught:
        registry.get("acme")
    assert repr(value) in str(caught.value)
    assert reason in str(caught.value)
    assert site.row(registry).status is PluginStatus.ERROR


def test_a_plugin_may_ask_for_another_while_it_is_imported(site, registry, monkeypatch):
    site.add("voicegw-base", provider="base")
    site.add(
        "voicegw-acme",
        provider="acme",
        module="""
            from voicegateway import hookimpl
            from voicegateway.core.registry import get_provider

            base = get_provider("base")

            @hookimpl
            def provider_info():
                return base.provider_info()
        """,
    )
    monkeypatch.setattr("voicegateway.core.registry._registry", registry)
    assert registry.get("acme").provider_info().title == "I am base"
