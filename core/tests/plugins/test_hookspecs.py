"""The contract itself: hooks may gain arguments and never lose one."""

from __future__ import annotations

import inspect

from voicegateway import hookspecs

SIGNATURES = {
    "create_stt": ("provider", "model", "language", "settings", "options"),
    "create_llm": ("provider", "model", "settings", "options"),
    "create_tts": ("provider", "model", "voice", "settings", "options"),
    "price_usage": ("provider", "model", "modality", "usage", "terms"),
    "validate_stream": ("provider", "report"),
    "provider_info": ("provider",),
    "check_provider": ("provider", "settings"),
    "read_usage_export": ("provider", "source"),
    "pull_usage_export": ("provider", "settings", "start", "end", "folder"),
    "default_options": ("provider", "modality"),
    "list_rates": ("provider",),
    "model_bundles": ("provider",),
    "preload_provider": ("provider",),
}


def specified() -> dict[str, object]:
    return {
        name: value for name, value in vars(hookspecs).items() if hasattr(value, "voicegw_spec")
    }


def test_no_hook_is_lost_and_a_new_one_is_added_here():
    assert set(specified()) == set(SIGNATURES)


def test_no_argument_is_lost():
    for hook, arguments in SIGNATURES.items():
        offered = inspect.signature(getattr(hookspecs, hook)).parameters
        assert set(arguments) <= set(offered), hook


def test_every_hook_asks_one_implementation_and_offers_the_provider():
    for hook, spec in specified().items():
        assert spec.voicegw_spec["firstresult"], hook
        assert "provider" in inspect.signature(spec).parameters, hook


def test_the_names_that_plugins_are_written_against():
    from voicegateway.core import registry

    assert hookspecs.ENTRY_POINT_GROUP == registry._GROUP == "voicegw.providers"
    assert hookspecs.PROJECT_NAME == "voicegw"
    assert set(hookspecs.__all__) == {"ENTRY_POINT_GROUP", "PROJECT_NAME", "hookimpl"}
