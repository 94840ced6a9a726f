"""Routers that let nobody in without the scope: one for what reads, one for what changes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from voicegateway.core.access import Identity, Scope
from voicegateway.server.auth import require
from voicegateway.server.parameters import only_known

__all__ = ["Actor", "reading", "writing"]

_read, _write = require(Scope.READ), require(Scope.WRITE)


async def _actor(who: Annotated[Identity, Depends(_write)]) -> str:
    return who.name if who.key else "api"


Actor = Annotated[str, Depends(_actor)]
"""Who changes something, as the audit log has it."""


def reading(tag: str) -> APIRouter:
    """Who comes is asked first, so that a refusal says nothing of the path."""
    return APIRouter(tags=[tag], dependencies=[Depends(_read), Depends(only_known)])


def writing(tag: str) -> APIRouter:
    return APIRouter(tags=[tag], dependencies=[Depends(_write), Depends(only_known)])
