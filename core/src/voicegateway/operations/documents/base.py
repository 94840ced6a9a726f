"""The values that documents are made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from voicegateway.types import Unit

__all__ = ["Document", "PeriodDocument", "Quantity", "Time", "Units", "Usd"]


class Document(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(frozen=True)


Usd = Annotated[
    str,
    Field(
        description="US dollars, exact.", pattern=r"^-?[0-9]+(\.[0-9]+)?$", examples=["0.004560"]
    ),
]
Quantity = Annotated[
    str, Field(description="An exact number.", pattern=r"^-?[0-9]+(\.[0-9]+)?$", examples=["12.5"])
]
Time = Annotated[
    str,
    Field(json_schema_extra={"format": "date-time"}, examples=["2026-11-22T06:04:00.250000Z"]),
]
Units = dict[Unit, Quantity]
"""What was consumed, by unit. A unit that is missing was not measured, which is not 0."""


class PeriodDocument(Document):
    """From `start` up to, and without, `end`."""

    start: Time
    end: Time
    timezone: str = Field(description="Whose calendar the period was named by.", examples=["UTC"])
