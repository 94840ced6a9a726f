"""What goes wrong between us and Ollama, as the errors LiveKit knows.

Ollama's own words are never passed on: they may quote the conversation (a tool call that it could
not read comes back whole). Those we know are said in ours, with what mends them. Read from a real
server, 0.9.3, and from https://github.com/ollama/ollama/blob/main/server/routes.go
"""

from __future__ import annotations

import re
from http import HTTPStatus

from livekit.agents import APIConnectionError, APIError, APIStatusError, APITimeoutError

from voicegw_local.ollama.address import VARIABLE

__all__ = ["broken_off", "misunderstood", "not_loaded_in_time", "refused", "silent", "unreachable"]

_NO_TOOLS = re.compile(r"does not support tools$")
_NO_THOUGHT = re.compile(r"does not support thinking$")
_NO_CHAT = re.compile(r"does not support chat$")
_NOT_FOUND = re.compile(r"^model .+ not found")
_CRASHED = re.compile(r"llama runner (?:process )?(?:has |is )?(?:terminated|no longer running)")
_HOW = re.compile(r"signal: [a-z ]+|exit status \d+|out of memory", re.IGNORECASE)
_MEMORY = re.compile(r"requires more system memory \(([\d.]+ \w+)\).*available \(([\d.]+ \w+)\)")
_BUSY = re.compile(r"server busy")


def refused(model: str, status: int, said: str) -> APIError:
    """For an `{"error": ...}` of Ollama's: with a status, or, with status 500, within a stream. A
    client's error (4xx) fails again as it is; a server's may not."""
    message, retryable = _meaning(model, status, said.strip())
    return APIStatusError(message, status_code=status, retryable=retryable)


def _meaning(model: str, status: int, said: str) -> tuple[str, bool]:
    if status == HTTPStatus.NOT_FOUND and _NOT_FOUND.search(said):
        return f"Ollama has no model {model!r}: run `ollama pull {model}`", False
    if _NO_TOOLS.search(said):
        return f"The model ollama/{model} cannot call tools: choose one that was trained to", False
    if _NO_THOUGHT.search(said):
        return f"The model ollama/{model} cannot think: leave the option think out", False
    if _NO_CHAT.search(said):
        return f"The model ollama/{model} is not one to talk to", False
    if memory := _MEMORY.search(said):
        room = f"needs {memory[1]} of memory and {memory[2]} are free"
        return f"The model ollama/{model} {room}: choose a smaller one, or lower num_ctx", False
    if _CRASHED.search(said):
        how = _HOW.search(said)
        why = f" ({how[0]})" if how else ""
        return f"Ollama's process for the model {model!r} has ended{why}: its log says why", True
    if _BUSY.search(said):
        return "Ollama has too many requests waiting: see OLLAMA_MAX_QUEUE", True
    return f"Ollama could not answer (HTTP {status}): its log says why", True


def unreachable(address: str, reason: str) -> APIError:
    return APIConnectionError(
        f"No Ollama answers at {address} ({reason}): start it with `ollama serve`, or say where it "
        f"is with base_url or {VARIABLE}"
    )


def silent(seconds: float) -> APIError:
    return APITimeoutError(f"Ollama said nothing for {seconds:g} seconds")


def not_loaded_in_time(model: str, seconds: float) -> APIError:
    """Not worth another try: Ollama gives up loading when we do, and would begin anew."""
    return APITimeoutError(
        f"Ollama did not load the model {model!r} within {seconds:g} seconds: raise the option "
        "load_timeout, or choose a smaller model",
        retryable=False,
    )


def broken_off() -> APIError:
    return APIConnectionError("The connection to Ollama broke off before the answer was complete")


def misunderstood() -> APIError:
    return APIConnectionError(
        "What answers is not Ollama, or speaks a protocol that is not known: no JSON line"
    )
