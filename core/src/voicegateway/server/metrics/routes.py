"""`/metrics`."""

from __future__ import annotations

from typing import Annotated, Final, cast

from fastapi import Header, Request
from prometheus_client.exposition import choose_encoder
from starlette.responses import PlainTextResponse, Response

from voicegateway.server.metrics.collector import LedgerCollector
from voicegateway.server.problems import responses
from voicegateway.server.routing import reading

__all__ = ["router"]

router = reading("metrics")

_MOST_CHARACTERS: Final = 2000
Accept = Annotated[str, Header(include_in_schema=False)]


@router.get("/metrics", response_class=PlainTextResponse, responses=responses())
def get_metrics(request: Request, accept: Accept = "") -> Response:
    """The ledger's sums since it began, for Prometheus: as text, or as OpenMetrics where that is
    accepted."""
    try:
        encoder, content_type = choose_encoder(accept[:_MOST_CHARACTERS])
    except (ValueError, TypeError):  # it names a version that is none
        encoder, content_type = choose_encoder("")
    text = encoder(_collector(request))
    return Response(text, headers={"Content-Type": content_type, "Cache-Control": "no-store"})


def _collector(request: Request) -> LedgerCollector:
    """The application's, made when it is first needed."""
    state = request.app.state
    if not hasattr(state, "metrics"):
        state.metrics = LedgerCollector(state.operations.reading, lambda: state.gateway.config)
    return cast("LedgerCollector", state.metrics)
