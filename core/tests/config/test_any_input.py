"""Whatever a config says, it loads or gives one error of one sentence."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from voicegateway.core.config import load_config
from voicegateway.core.config_manager import ConfigManager
from voicegateway.core.schema import GatewayConfig
from voicegateway.errors import ConfigError, ResourceError

QUICK = settings(
    max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")

keys = st.one_of(
    st.text(max_size=8),
    st.integers(),
    st.none(),
    st.sampled_from(
        sorted(
            {"acme", "api_key", "base_url", "stt", "llm", "tts", "daily_budget", "match", "rates"}
            | set(GatewayConfig.model_fields)
        )
    ),
)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.dates()
    | st.sampled_from(["${HOME}", "${NO_SUCH}", "${", "$${", "acme/x", "1e999", "-1", ".inf"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=10,
)
sections = st.dictionaries(st.sampled_from(sorted(GatewayConfig.model_fields)), values, max_size=4)


def loads_or_one_sentence(path):
    said = "."
    try:
        load_config(path)
    except ConfigError as error:
        said = str(error)
    assert not CONTROL.search(said.replace(str(path), ""))
    assert said.endswith(".")


@given(values | sections)
@QUICK
def test_any_document(tmp_path, document):
    path = tmp_path / "voicegw.yaml"
    stream = io.StringIO()
    try:
        YAML(typ="safe", pure=True).dump(document, stream)
        path.write_text(stream.getvalue(), encoding="utf-8", newline="")
    except (ValueError, TypeError, AttributeError):  # what YAML itself cannot say
        return
    loads_or_one_sentence(path)


@given(st.text())
@example("a: &a [*a]")
@example("providers: &a {b: *a}")
@example("a: *a")
@example("? [a, b]\n: c")
@example("<<: 1")
@example("<<: [1, 2]")
@example("%YAML 9.9\n---\na: 1")
@example("!!python/object/apply:os.system [x]")
@example("!!binary 'no base 64'")
@example("!!timestamp x")
@example("!!int x")
@example("a: 1\n---\nb: 2")
@example("a: 0o9\nb: 1__2\nc: 190:20:30")
@example("providers: {\x7f: 1}")
@QUICK
def test_any_text(tmp_path, text):
    path = tmp_path / "voicegw.yaml"
    path.write_text(text, encoding="utf-8", errors="replace", newline="")
    loads_or_one_sentence(path)


@given(st.binary(max_size=60))
@QUICK
def test_any_bytes(tmp_path, content):
    path = tmp_path / "voicegw.yaml"
    path.write_bytes(content)
    loads_or_one_sentence(path)


def test_what_multiplies_itself_is_no_trouble(tmp_path):
    levels = [f"  a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    path = tmp_path / "voicegw.yaml"
    path.write_text("\n".join(["providers:", "  acme: {x: 1}", "x:", "  a0: &a0 [lol]", *levels]))
    with pytest.raises(ConfigError, match="x is no known key"):
        load_config(path)


@given(
    st.sampled_from(["provider", "model", "project"]),
    st.text(max_size=8) | st.sampled_from(["acme", "stt/ear", "a"]),
    st.dictionaries(st.text(max_size=8), values, max_size=3)
    | st.dictionaries(
        st.sampled_from(["daily_budget", "name", "tags", "providers", "api_key", "options"]),
        values,
        max_size=3,
    ),
)
@settings(
    max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
def test_any_managed_settings(manager, kind, name, given_settings):
    refused = None
    try:
        manager.create(kind, name, given_settings, actor="api")
    except ResourceError as error:
        refused = str(error)
    if refused is not None:
        assert not CONTROL.search(refused)
        return
    assert manager.get(kind, name).source == "managed"
    json.dumps(manager.get(kind, name).settings())
    manager.delete(kind, name, actor="api")


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20))
@QUICK
def test_a_variable_may_hold_anything(tmp_path, value):
    path = tmp_path / "voicegw.yaml"
    path.write_text("projects: {a: {description: '<${V}|$${V}|${W:-w}>'}}")
    with contextlib.ExitStack() as stack:
        os.environ["V"] = value
        stack.callback(os.environ.pop, "V")
        found = load_config(path).config.projects["a"].description
    assert found == f"<{value}|${{V}}|w>"


def test_a_manager_reads_what_is_there_now(yaml):
    manager = ConfigManager(yaml("default_project: a"))
    assert manager.layers().config.default_project == "a"
    yaml("default_project: b")
    assert manager.layers().config.default_project == "b"
