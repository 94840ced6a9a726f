"""The OpenAPI document: committed, complete, and fit to make a client from."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from voicegateway.server.document import document

COMMITTED = Path(__file__).parents[3] / "docs" / "openapi.json"
MAKE = "python -m voicegateway.server.document > docs/openapi.json"


@pytest.fixture(scope="module")
def api():
    return json.loads(COMMITTED.read_text(encoding="utf-8"))


def operations(api):
    for path, methods in api["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_nobody_changes_it_unannounced():
    same = COMMITTED.read_text(encoding="utf-8") == document()
    assert same, f"the API has changed: if that is meant, run `{MAKE}` and commit the file"


def test_each_operation_can_become_a_function(api):
    names = [operation["operationId"] for _, operation in operations(api)]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", name) for name in names)


def test_each_operation_says_what_it_does(api):
    for name, operation in operations(api):
        assert operation.get("description"), name
        assert operation.get("tags"), name


def test_each_error_has_the_one_shape(api):
    for name, operation in operations(api):
        for status, response in operation["responses"].items():
            if int(status) < 400:
                continue
            schema = response["content"]["application/json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/Problem"}, (name, status)


def test_everything_but_health_and_signing_in_needs_a_key(api):
    open_to_all = {name for name, operation in operations(api) if not operation.get("security")}
    assert open_to_all == {"GET /health", "POST /v1/session"}


def test_no_amount_is_a_number(api):
    for name, schema in api["components"]["schemas"].items():
        for key, value in schema.get("properties", {}).items():
            if key.endswith("_usd"):
                kinds = {one.get("type") for one in value.get("anyOf", [value])}
                assert kinds <= {"string", "null"}, (name, key)
