"""`/v1/reconcile`."""

from __future__ import annotations

import shutil
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Final

from fastapi import Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from pydantic import Field
from starlette.datastructures import FormData, UploadFile

from voicegateway.core.schema import decimal_schema
from voicegateway.operations import Operations
from voicegateway.operations.documents.reconciliations import Reconciliation
from voicegateway.server.parameters import Desk, Name, WindowQuery
from voicegateway.server.problems import responses
from voicegateway.server.routing import reading

__all__ = ["MOST_BYTES", "PATH", "router"]

router = reading("reconcile")

PATH: Final = "/v1/reconcile"
MOST_BYTES: Final = 64 * 1024 * 1024
_MOST_FILES: Final = 20
_BODY: Final = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["usage_file"],
                    "properties": {
                        "usage_file": {
                            "description": "The vendor's exports, which are summed.",
                            "type": "array",
                            "minItems": 1,
                            "maxItems": _MOST_FILES,
                            "items": {"type": "string", "format": "binary"},
                        }
                    },
                }
            }
        },
    }
}


class ReconcileQuery(WindowQuery):
    provider: Name = Field(description="Whose export it is: a provider id.")
    threshold: Annotated[
        Decimal, Field(ge=0, le=1_000_000, allow_inf_nan=False), decimal_schema(1_000_000)
    ] = Field(Decimal(5), description="Percent from which on a row is flagged.")
    force: bool = Field(
        default=False, description="Even if the vendor's figures may not be final yet."
    )


@router.post(
    PATH,
    responses=responses(400, 404, 409, 413),
    openapi_extra=_BODY,
)
async def reconcile(
    request: Request, query: Annotated[ReconcileQuery, Query()], desk: Desk
) -> Reconciliation:
    """The ledger beside a vendor's own usage or cost export, unit by unit. Writes nothing."""
    # Read here and not by the framework, which would do so before it knows who sends it.
    async with request.form(max_files=_MOST_FILES, max_fields=0) as form:
        return await run_in_threadpool(_compared, desk, query, _files(form))


def _files(form: FormData) -> list[UploadFile]:
    files = [one for name, one in form.multi_items() if name == "usage_file" and _is_file(one)]
    if not files or len(files) != len(form.multi_items()):
        said = "one or more files are needed here, and nothing else"
        raise RequestValidationError([{"type": "file", "loc": ("body", "usage_file"), "msg": said}])
    return [one for one in files if isinstance(one, UploadFile)]


def _is_file(one: object) -> bool:
    return isinstance(one, UploadFile)


def _compared(desk: Operations, query: ReconcileQuery, files: list[UploadFile]) -> Reconciliation:
    with tempfile.TemporaryDirectory(prefix="voicegw-") as folder:
        kept = [_kept(Path(folder) / str(index), file) for index, file in enumerate(files)]
        return desk.reconcile(
            query.provider, query.window, kept, threshold=query.threshold, force=query.force
        )


def _kept(folder: Path, file: UploadFile) -> Path:
    """Under the name that it came with, which says how it is to be read."""
    folder.mkdir()
    name = Path((file.filename or "").replace("\\", "/")).name
    safe = "".join(letter for letter in name if letter.isprintable()).strip()[-100:]
    path = folder / (safe if safe.strip(".") else "export")
    with path.open("wb") as target:
        shutil.copyfileobj(file.file, target)
    return path
