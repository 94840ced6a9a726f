"""The dataclasses are a public contract: fields may be added with defaults, never renamed."""

from __future__ import annotations

import dataclasses
import inspect
import json
from typing import get_args

import pytest

from voicegateway import types

REQUIRED = object()
FIELDS = {
    "Usage": {"units": REQUIRED, "basis": "reported"},
    "PriceTerms": {
        "at": REQUIRED,
        "mode": "streaming",
        "plan": None,
        "channels": 1,
        "addons": frozenset(),
        "service_tier": None,
    },
    "PriceLine": {
        "unit": REQUIRED,
        "quantity": REQUIRED,
        "billed": REQUIRED,
        "rate_usd": REQUIRED,
        "per": REQUIRED,
        "amount_usd": REQUIRED,
        "rule": "",
    },
    "PriceQuote": {
        "amount_usd": REQUIRED,
        "lines": (),
        "unpriced": (),
        "confidence": "exact",
        "source": "",
        "source_url": "",
        "as_of": None,
    },
    "ListedRate": {
        **dict.fromkeys(["model", "modality", "unit", "rate_usd", "per"], REQUIRED),
        "mode": None,
        "plan": None,
        "rule": "",
        "source": "",
        "source_url": "",
        "checked_on": None,
        "valid_from": None,
        "valid_to": None,
        "disputed": "",
    },
    "StreamReport": {
        "call_id": REQUIRED,
        "attempt": REQUIRED,
        "provider": REQUIRED,
        "model": REQUIRED,
        "modality": REQUIRED,
        "terms": REQUIRED,
        "outcome": REQUIRED,
        "measured": REQUIRED,
        "reported": REQUIRED,
        "opened_at": REQUIRED,
        "first_output_ms": REQUIRED,
        "duration_ms": REQUIRED,
        "prompt_chars": 0,
        "output_chars": 0,
        "vendor": {},
    },
    "StreamVerdict": {"billable": REQUIRED, "status": REQUIRED, "drift": None, "note": ""},
    "ProviderSettings": {"provider": REQUIRED, "api_key": None, "base_url": None, "extra": {}},
    "ProviderInfo": {
        "title": REQUIRED,
        "modalities": REQUIRED,
        "local": False,
        "key_variable": None,
        "docs_url": "",
        "models": (),
        "usage_key_variables": (),
        "usage_export_hint": "",
    },
    "ProviderCheck": {"ok": REQUIRED, "detail": "", "latency_ms": None},
    "UsageLine": {
        "start": REQUIRED,
        "end": REQUIRED,
        "model": REQUIRED,
        "modality": REQUIRED,
        "units": REQUIRED,
        "cost_usd": REQUIRED,
        "raw": REQUIRED,
    },
    "WheelSource": dict.fromkeys(["distribution", "version", "sha256", "members"], REQUIRED),
    "JoinedSource": {"parts": REQUIRED},
    "NpmSource": {
        **dict.fromkeys(["package", "version", "sha256", "members"], REQUIRED),
        "assemble": None,
    },
    "UrlSource": {"url": REQUIRED},
    "ModelFile": dict.fromkeys(["path", "sha256", "size", "sources"], REQUIRED),
    "ModelBundle": {
        "model": REQUIRED,
        "files": REQUIRED,
        "license": REQUIRED,
        "description": "",
        "needs": "",
    },
}
CHOICES = {
    "Basis": ("reported", "measured", "estimated"),
    "Mode": ("streaming", "batch", "realtime"),
    "Confidence": ("exact", "estimated", "unknown"),
    "Outcome": ("completed", "cancelled", "failed"),
    "Verdict": (
        "confirmed",
        "mismatch",
        "usage_missing",
        "cancelled_partial",
        "duplicate",
        "unverifiable",
    ),
}


def default(field: dataclasses.Field) -> object:
    if field.default is not dataclasses.MISSING:
        return field.default
    if field.default_factory is not dataclasses.MISSING:
        return field.default_factory()
    return REQUIRED


@pytest.mark.parametrize("name", FIELDS)
def test_fields_and_defaults_stand(name):
    fields = {f.name: default(f) for f in dataclasses.fields(getattr(types, name))}
    golden = FIELDS[name]
    assert {key: fields.get(key, "lost") for key in golden} == golden
    assert list(fields)[: len(golden)] == list(golden), "a new field goes last"
    assert REQUIRED not in [fields[key] for key in fields if key not in golden]


@pytest.mark.parametrize("name", FIELDS)
def test_every_dataclass_is_frozen_and_slotted(name):
    kind = getattr(types, name)
    instance = kind(**{key: None for key, value in FIELDS[name].items() if value is REQUIRED})
    first = dataclasses.fields(kind)[0].name
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(instance, first, "changed")
    assert not hasattr(instance, "__dict__")


def test_no_dataclass_is_missing_here():
    kinds = {n for n in types.__all__ if dataclasses.is_dataclass(getattr(types, n))}
    assert kinds == set(FIELDS)
    assert set(types.__all__) == kinds | set(CHOICES) | {"Modality", "Unit", "Secret"}


@pytest.mark.parametrize("name", CHOICES)
def test_choices_stand(name):
    assert get_args(getattr(types, name)) == CHOICES[name]


def test_enumerations_stand():
    assert {m.name: m.value for m in types.Modality} == {"STT": "stt", "LLM": "llm", "TTS": "tts"}
    assert [unit.value for unit in types.Unit] == [
        "audio_seconds",
        "session_seconds",
        "characters",
        "input_tokens",
        "cached_input_tokens",
        "cache_write_tokens",
        "cache_write_1h_tokens",
        "output_tokens",
        "input_audio_tokens",
        "cached_input_audio_tokens",
        "output_audio_tokens",
        "credits",
        "requests",
    ]
    assert all(unit.name == unit.value.upper() for unit in types.Unit)


def test_everything_public_is_documented():
    for name in types.__all__:
        value = getattr(types, name)
        assert not inspect.isclass(value) or inspect.getdoc(value), name


def test_the_types_need_the_standard_library_alone(site):
    done = site.run("""
        import json, sys
        before = set(sys.modules)
        import voicegateway.types
        roots = {name.partition(".")[0] for name in set(sys.modules) - before}
        print(json.dumps(sorted(roots - set(sys.stdlib_module_names))))
    """)
    assert done.stderr == ""
    assert json.loads(done.stdout) == ["voicegateway"]
