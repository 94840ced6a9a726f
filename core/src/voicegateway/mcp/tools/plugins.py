"""What is installed."""

from __future__ import annotations

from pydantic import Field

from voicegateway.mcp.arguments import Arguments
from voicegateway.mcp.tool import Call, Tool
from voicegateway.operations.documents.base import Document
from voicegateway.operations.documents.resources import Plugin

__all__ = ["LIST_PLUGINS"]


class Plugins(Document):
    plugins: list[Plugin] = Field(description="Sorted by provider id.")


def _plugins(call: Call[Arguments]) -> Plugins:
    return Plugins(plugins=call.operations.plugins())


LIST_PLUGINS = Tool(
    name="list_plugins",
    title="Installed plugins",
    description=(
        "Every installed provider plugin with its distribution, version and state. A state of "
        "`conflict` means that two distributions claim one provider id, `error` that it could not "
        "be loaded: the error says how to mend it."
    ),
    arguments=Arguments,
    answer=Plugins,
    run=_plugins,
)
