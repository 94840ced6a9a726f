"""xllamacpp in this process, behind the few calls that are made of it.

`LocalEngine` is what the worker process runs, and what `in_process` runs in the agent's own.
"""

from __future__ import annotations

import json
import secrets
import threading
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from voicegw_local.engines import import_engine

__all__ = ["Engine", "LocalEngine", "Part", "Sink", "Stop"]

_PATIENCE = 30.0  # seconds to wait for generations to end when the engine is closed


@dataclass(frozen=True, slots=True)
class Part:
    """What the engine says of one request, in order; the last one is `final`."""

    chunk: str | None = None
    """One object of an OpenAI-compatible stream, or `{"error": ...}`, as JSON."""
    final: bool = False
    error: str | None = None
    """Why the request was not done. With `final` only."""
    lost: bool = False
    """The engine itself is gone."""


Sink = Callable[[Part], None]
"""Called from a thread of the engine's."""

Stop = Callable[[], None]
"""Ends a request before its next token. The final part still comes."""


class Engine(Protocol):
    """A loaded model."""

    @property
    def alive(self) -> bool:
        """It can be used. One that is not is loaded again."""

    @property
    def speaks_tools(self) -> bool:
        """The model's chat template has a place for tools."""

    def start(self, body: str, sink: Sink) -> Stop:
        """Begin a chat completion; `body` is the request, as JSON."""

    def close(self) -> None:
        """End all requests and free the model."""


class LocalEngine:
    """A llama.cpp server object of this process, spoken to by call and never by its port."""

    alive = True

    def __init__(self, path: str, settings: Mapping[str, Any], verbosity: int = 0) -> None:
        """Blocks, and holds the interpreter's lock, until the model is loaded. Raises
        `RuntimeError` if it cannot be. From a `verbosity` of 1 the engine's errors go to the
        standard error, which may quote a request."""
        xllamacpp = import_engine("xllamacpp", "llamacpp")
        key = secrets.token_urlsafe(32)
        params = _parameters(xllamacpp.CommonParams(), path, settings, key)
        params.verbosity = verbosity
        self._server = xllamacpp.Server(params)
        self.speaks_tools = _template_has_tools(self._server.listening_address, key)
        self._lock = threading.Lock()
        self._running: dict[threading.Thread, Stop] = {}

    def start(self, body: str, sink: Sink, stopped: threading.Event | None = None) -> Stop:
        stopped = stopped or threading.Event()
        thread = threading.Thread(
            target=self._run, args=(body, sink, stopped), name="voicegw-llama", daemon=True
        )
        with self._lock:
            self._running[thread] = stopped.set
        thread.start()
        return stopped.set

    def close(self) -> None:
        with self._lock:
            running = dict(self._running)
        for thread, stop in running.items():
            stop()
            thread.join(_PATIENCE)
        self._server = None  # its destructor stops the engine's threads and frees the model

    def _run(self, body: str, sink: Sink, stopped: threading.Event) -> None:
        def on_chunk(chunk: str) -> bool:
            sink(Part(chunk))
            return stopped.is_set()  # True ends the generation

        error = None
        try:
            if not stopped.is_set():
                self._server.handle_chat_completions(body, on_chunk)
        except Exception as refused:  # noqa: BLE001 - the engine's own kinds are not exported
            error = str(refused)
        with self._lock:
            del self._running[threading.current_thread()]
        sink(Part(final=True, error=error))


def _parameters(params: Any, path: str, settings: Mapping[str, Any], key: str) -> Any:
    params.model.path = path
    params.n_parallel = settings["parallel"]
    params.n_ctx = settings["n_ctx"] * settings["parallel"]  # the engine divides it among them
    params.n_batch = params.n_ubatch = settings["n_batch"]
    params.cache_ram_mib = settings["prompt_cache_mb"]
    params.n_gpu_layers = settings["gpu_layers"]
    if settings["threads"]:
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = settings["threads"]
    if settings["chat_template"] is not None:
        params.chat_template = settings["chat_template"]
    params.fit_params = False  # it would load the model twice to see whether it fits
    params.api_keys = [key]
    params.hostnames = ["127.0.0.1"]
    params.port = 0  # any free one
    params.ui = False
    params.endpoint_slots = False  # they show what others asked
    return params


def _template_has_tools(address: str, key: str) -> bool:
    headers = {"Authorization": f"Bearer {key}"}
    asked = urllib.request.Request(f"{address}/props", headers=headers)  # noqa: S310 - loopback
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(asked, timeout=_PATIENCE) as answer:
        capabilities = json.load(answer).get("chat_template_caps", {})
    return bool(capabilities.get("supports_tools"))
