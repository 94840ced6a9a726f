"""Whatever is asked, and however wrongly: never a 5xx, and never an answer that the document does
not announce."""

from __future__ import annotations

from pathlib import Path

import pytest
import schemathesis
import server_kit as server
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.python import asgi
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from voicegateway.server.app import create_app

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
DOCUMENT = Path(__file__).parents[3] / "docs" / "openapi.json"
HEADERS = {"Authorization": f"Bearer {server.TOKEN}"}


api = schemathesis.openapi.from_path(DOCUMENT)
api.config.phases.coverage.enabled = False  # thousands of cases: minutes
schema = api.exclude(path="/v1/events")  # which does not end


@pytest.fixture
def session(seeded, acme, yaml):
    """One application for all questions about one path."""
    with asgi.get_client(create_app(yaml(server.KEYED))) as session:
        yield session


@schema.parametrize()
@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_any_question(case, session):
    case.call_and_validate(
        base_url=f"http://{asgi.HOST}", session=session, headers=HEADERS, checks=CHECKS
    )
