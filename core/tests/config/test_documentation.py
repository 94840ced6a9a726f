"""`docs/configuration.md` says of every key what it is, and its default."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic_core import PydanticUndefined
from ruamel.yaml import YAML

from voicegateway.core import schema
from voicegateway.core.config import parse_config

PAGE = (Path(__file__).parents[3] / "docs" / "configuration.md").read_text(encoding="utf-8")
TABLES = {
    ("providers", "key"): schema.ProviderEntry,
    ("providers", "key of `usage_export`"): schema.UsageExport,
    ("models", "key"): schema.Models,
    ("models", "key of an alias"): schema.ModelAlias,
    ("stacks", "key"): schema.Stack,
    ("fallbacks", "key"): schema.Fallbacks,
    ("projects", "key"): schema.Project,
    ("rate_limits", "key"): schema.RateLimit,
    ("cost_tracking", "key"): schema.CostTracking,
    ("pricing", "key"): schema.Pricing,
    ("pricing", "key of an override"): schema.OverrideEntry,
    ("pricing", "key of `match`"): schema.OverrideMatch,
    ("pricing", "key of a rate"): schema.RateEntry,
    ("latency", "key"): schema.Latency,
    ("observability", "key"): schema.Observability,
    ("plugins", "key"): schema.Plugins,
    ("server", "key"): schema.Server,
    ("auth", "key"): schema.Auth,
    ("auth", "key of an API key"): schema.KeyEntry,
}


def section(name):
    return re.search(rf"^## `{name}`$(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)[1]


def table(name, title):
    """Keys and defaults, as the page has them."""
    rows = re.search(
        rf"^\| {re.escape(title)} \|.*\n\|[-|]+\n((?:\|.*\n)+)", section(name), re.MULTILINE
    )
    return dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", rows[1], re.MULTILINE))


def plain(value):
    """As YAML has it."""
    if isinstance(value, Decimal):
        return int(value)
    return value.model_dump() if isinstance(value, schema._Section) else value


@pytest.mark.parametrize(("name", "title"), TABLES)
def test_every_key_is_there_with_its_default(name, title):
    model, said = TABLES[(name, title)], table(name, title)
    assert list(said) == list(model.model_fields)
    for key, field in model.model_fields.items():
        if field.default is PydanticUndefined:
            assert said[key] == "required", key
        elif field.default is None:
            assert said[key] == "none", key
        else:
            shown = YAML(typ="safe").load(said[key].strip("`"))
            empty = field.default == schema.ModelAlias.model_fields["options"].default
            assert shown == ({} if empty else plain(field.default)), key


def test_every_section_is_there_with_an_example():
    for name in schema.GatewayConfig.model_fields:
        assert "```yaml" in section(name) or name == "default_project"


@pytest.mark.parametrize("example", re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL))
def test_examples_load(example, monkeypatch, tmp_path):
    monkeypatch.setattr("voicegateway.core.references.check_providers", lambda config: None)
    for name in re.findall(r"\$\{(\w+)\}", example):
        monkeypatch.setenv(name, "x")
    parse_config(example, tmp_path)


def test_no_schema_is_forgotten():
    known = {*TABLES.values(), schema.GatewayConfig, schema._Section}
    models = {
        value
        for value in vars(schema).values()
        if isinstance(value, type) and issubclass(value, schema.BaseModel)
    }
    assert models - known == {schema.BaseModel}


def test_variables_are_there():
    sources = Path(schema.__file__).parents[1].rglob("*.py")
    ours = [path.read_text(encoding="utf-8") for path in sources if "testing" not in path.parts]
    names = set(re.findall(r"VOICEGW_[A-Z_]+", "\n".join(ours)))
    assert len(names) > 5
    assert {name for name in names if f"| `{name}` |" not in PAGE} == set()
