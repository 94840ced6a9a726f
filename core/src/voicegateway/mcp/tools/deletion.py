"""What tools that delete have in common: nothing is deleted without `confirm`."""

from __future__ import annotations

from voicegateway.mcp.faults import Fault
from voicegateway.operations.documents.resources import Deletion

__all__ = ["done"]


def done(answer: Deletion) -> Deletion:
    """Raises `Fault` with code `CONFIRMATION_REQUIRED` for what was not deleted; its details are
    what would be, and what uses it."""
    if answer.deleted:
        return answer
    used = f" It affects: {'; '.join(answer.affects)}." if answer.affects else ""
    raise Fault(
        "CONFIRMATION_REQUIRED",
        f"Nothing was deleted: call again with confirm=true to delete this {answer.kind}.{used}",
        answer.model_dump(mode="json"),
    )
