"""LiveKit's conversation as messages that language models of this machine take."""

from __future__ import annotations

from typing import Any

from livekit.agents import llm

__all__ = ["messages"]


def messages(chat_ctx: llm.ChatContext) -> list[dict[str, Any]]:
    """Every role there is. `developer` becomes `system`, which is what models were trained on."""
    converted, _ = chat_ctx.to_provider_format("openai")
    return [
        {**message, "role": "system"} if message.get("role") == "developer" else message
        for message in converted
    ]
