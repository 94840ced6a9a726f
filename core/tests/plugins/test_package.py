"""`import voicegateway`: what it offers, and that it costs nothing until it is used."""

from __future__ import annotations

import json

import voicegateway

PUBLIC = ["__version__", "attach", "hookimpl", "inference", "preload"]
HEAVY = [
    "pluggy",
    "importlib_metadata",
    "pydantic",
    "livekit",
    "typer",
    "rich",
    "ruamel",
    "asyncio",
]


def test_the_public_names_are_these():
    assert voicegateway.__all__ == dir(voicegateway) == PUBLIC


def test_every_public_name_is_there():
    for name in PUBLIC:
        assert getattr(voicegateway, name) is not None


def test_hookimpl_is_the_marker_of_the_contract():
    from voicegateway.hookspecs import hookimpl

    assert voicegateway.hookimpl is hookimpl


def test_an_unknown_name_is_an_attribute_error():
    assert not hasattr(voicegateway, "no_such_name")


def test_importing_the_package_loads_nothing_heavy(site):
    done = site.run(f"""
        import json, sys
        import voicegateway
        voicegateway.__version__
        dir(voicegateway)
        print(json.dumps([name for name in {HEAVY} if name in sys.modules]))
    """)
    assert done.stderr == ""
    assert json.loads(done.stdout) == []


def test_a_plugin_needs_no_more_than_pluggy_and_the_types(site):
    done = site.run(f"""
        import json, sys
        from voicegateway import hookimpl
        import voicegateway.types
        print(json.dumps([name for name in {HEAVY} if name in sys.modules]))
    """)
    assert done.stderr == ""
    assert json.loads(done.stdout) == ["pluggy"]
