"""What a tool may be asked: strict, so that a slip is an error and never a different question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from voicegateway.core.faults import key_path, nearest
from voicegateway.mcp.faults import Fault

__all__ = [
    "Arguments",
    "Confirm",
    "ModalityName",
    "ModelId",
    "PeriodWord",
    "ProjectId",
    "ProviderId",
    "answer_schema",
    "argument_schema",
    "parsed",
]

A = TypeVar("A", bound="Arguments")

_LONGEST = 200
"""Characters of a name, as the configuration's schema has it."""

ProviderId = Annotated[
    str, Field(min_length=1, max_length=_LONGEST, description="As `list_providers` shows it.")
]
ProjectId = Annotated[
    str, Field(min_length=1, max_length=_LONGEST, description="As `list_projects` shows it.")
]
ModelId = Annotated[
    str,
    Field(
        min_length=1,
        max_length=2 * _LONGEST,
        description="`stt/NAME`, `llm/NAME` or `tts/NAME`, as `list_models` shows it.",
    ),
]
ModalityName = Literal["stt", "llm", "tts"]
PeriodWord = Annotated[
    Literal["today", "week", "month"],
    Field(description="The calendar day, week (from Monday) or month of the ledger's time zone."),
]
Confirm = Annotated[
    bool,
    Field(description="Must be true; without it the answer says what would be affected."),
]


class Arguments(BaseModel):
    """The arguments of a tool. None are known but those that it names."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def parsed(model: type[A], given: Mapping[str, Any]) -> A:
    """Raises `Fault` with code `VALIDATION_ERROR`, which never repeats what was given: that may be
    a key."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        found.sort(key=lambda fault: not _is_unknown(fault))  # the slip, before what it left out
        faults = [
            {"where": key_path(fault["loc"]), "message": _sentence(fault, model)} for fault in found
        ]
        raise Fault("VALIDATION_ERROR", faults[0]["message"], {"faults": faults}) from None


def argument_schema(model: type[Arguments]) -> dict[str, Any]:
    """JSON Schema for clients. Null stands for an argument that is left out, and is not in it."""
    schema: dict[str, Any] = _plain(model.model_json_schema(), null=False)
    return schema


def answer_schema(model: type[BaseModel]) -> dict[str, Any]:
    """JSON Schema for clients."""
    schema: dict[str, Any] = _plain(model.model_json_schema(mode="serialization"), null=True)
    return schema


def _is_unknown(fault: Mapping[str, Any]) -> bool:
    return fault["type"] == "extra_forbidden" and len(fault["loc"]) == 1


def _sentence(fault: Mapping[str, Any], model: type[Arguments]) -> str:
    where = key_path(fault["loc"])
    if _is_unknown(fault):
        known = list(model.model_fields)
        listed = f": it takes {', '.join(known)}." if known else ": it takes none."
        hint = nearest(str(fault["loc"][0]), known)
        return f"{where} is no argument of this tool{hint or listed}"
    message = " ".join(str(fault["msg"]).removeprefix("Value error, ").split())
    return f"{where}: {message}."


def _plain(schema: Any, *, null: bool) -> Any:
    """Without titles, which Pydantic derives from names, and examples: models read all of it."""
    if isinstance(schema, list):
        return [_plain(one, null=null) for one in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: value for key, value in schema.items() if key not in {"title", "examples"}}
    for key in kept.keys() & {"properties", "$defs"}:  # whose keys are names, `title` among them
        kept[key] = {name: _plain(one, null=null) for name, one in kept[key].items()}
    rest = kept.keys() - {"properties", "$defs", "default"}
    kept |= {key: _plain(kept[key], null=null) for key in rest}
    return kept if null else _without_null(kept)


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    choices = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    if len(choices) != 1:
        return schema
    outer = {key: one for key, one in schema.items() if key not in {"anyOf", "default"}}
    return {**choices[0], **outer}
