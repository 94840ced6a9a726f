"""A typed object in front of one plugin: one method a hook, and no pluggy for the caller."""

from __future__ import annotations

import difflib
import functools
import inspect
import logging
import os
import threading
import time
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import IO, TYPE_CHECKING, Any, TypeVar

import pluggy

from voicegateway import hookspecs
from voicegateway.errors import PluginError
from voicegateway.types import (
    Modality,
    ModelBundle,
    PriceQuote,
    PriceTerms,
    ProviderCheck,
    ProviderInfo,
    ProviderSettings,
    StreamReport,
    StreamVerdict,
    Usage,
    UsageLine,
)

if TYPE_CHECKING:
    from livekit.agents import llm, stt, tts

__all__ = ["ConfiguredProvider", "Provider", "load_plugin"]

logger = logging.getLogger("voicegateway.plugins")

_AWAITABLE_HOOKS = frozenset({"check_provider"})
_TRACE = "VOICEGW_TRACE_PLUGINS"
_T = TypeVar("_T")


def load_plugin(provider_id: str, plugin: object) -> pluggy.PluginManager:
    """Register one plugin object with a manager of its own, and hold it to the contract.

    Each provider has its own manager (about 175 µs), so that nobody can answer for somebody
    else's id and a broken plugin breaks nothing but itself. Raises `PluginError`."""
    manager = pluggy.PluginManager(hookspecs.PROJECT_NAME)
    manager.add_hookspecs(hookspecs)
    try:
        manager.register(plugin, name=provider_id)
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        raise PluginError(_explain_validation(error, manager)) from error
    callers = manager.get_hookcallers(plugin) or []
    if not callers:
        raise PluginError(
            "it has no hook implementation: decorate at least one of its functions with "
            "@voicegateway.hookimpl"
        )
    for caller in callers:
        _refuse_async(caller)
    return manager


def _explain_validation(error: pluggy.PluginValidationError, manager: pluggy.PluginManager) -> str:
    text = " ".join(str(error).split())
    if not text.startswith("unknown hook"):
        return text
    hooks = [name for name in vars(manager.hook) if not name.startswith("_")]
    unknown = text.split("'")[1]
    near = difflib.get_close_matches(unknown, hooks, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"the hooks are {', '.join(sorted(hooks))}"
    return f"it implements a hook {unknown!r} that does not exist: {hint}"


def _refuse_async(caller: pluggy.HookCaller) -> None:
    for implementation in caller.get_hookimpls():
        function = inspect.unwrap(implementation.function)
        if inspect.isasyncgenfunction(function) or (
            inspect.iscoroutinefunction(function) and caller.name not in _AWAITABLE_HOOKS
        ):
            raise PluginError(
                f"its hook {caller.name!r} is async: hooks are synchronous, return an object "
                "with async methods instead"
            )


@dataclass(frozen=True, slots=True)
class Provider:
    """One loaded provider. Methods raise `PluginError` where the plugin breaks the contract and
    let its own errors through."""

    id: str
    distribution: str
    version: str
    manager: pluggy.PluginManager

    def implements(self, hook: str) -> bool:
        return bool(getattr(self.manager.hook, hook).get_hookimpls())

    def modalities(self) -> frozenset[Modality]:
        return frozenset(m for m in Modality if self.implements(f"create_{m}"))

    def create_stt(
        self,
        model: str,
        language: str | None,
        settings: ProviderSettings,
        options: Mapping[str, Any],
    ) -> stt.STT[Any]:
        made: stt.STT[Any] = self._create(
            "create_stt", model=model, language=language, settings=settings, options=options
        )
        return made

    def create_llm(
        self, model: str, settings: ProviderSettings, options: Mapping[str, Any]
    ) -> llm.LLM[Any]:
        made: llm.LLM[Any] = self._create(
            "create_llm", model=model, settings=settings, options=options
        )
        return made

    def create_tts(
        self,
        model: str,
        voice: str | None,
        settings: ProviderSettings,
        options: Mapping[str, Any],
    ) -> tts.TTS[Any]:
        made: tts.TTS[Any] = self._create(
            "create_tts", model=model, voice=voice, settings=settings, options=options
        )
        return made

    def price_usage(
        self, model: str, modality: Modality, usage: Usage, terms: PriceTerms
    ) -> PriceQuote | None:
        quote = self._call("price_usage", model=model, modality=modality, usage=usage, terms=terms)
        return self._typed("price_usage", quote, PriceQuote)

    def validate_stream(self, report: StreamReport) -> StreamVerdict | None:
        verdict = self._call("validate_stream", report=report)
        return self._typed("validate_stream", verdict, StreamVerdict)

    def provider_info(self) -> ProviderInfo:
        """What the plugin says of itself, or else what can be seen from its hooks."""
        info = self._typed("provider_info", self._call("provider_info"), ProviderInfo)
        return info or ProviderInfo(title=self.id, modalities=self.modalities())

    def check_provider(
        self, settings: ProviderSettings
    ) -> ProviderCheck | Awaitable[ProviderCheck] | None:
        """The plugin's own cheap check; None if it has none."""
        check: ProviderCheck | Awaitable[ProviderCheck] | None = self._call(
            "check_provider", settings=settings
        )
        return check

    def read_usage_export(
        self, source: str | PathLike[str] | IO[bytes]
    ) -> Iterable[UsageLine] | None:
        lines: Iterable[UsageLine] | None = self._call("read_usage_export", source=source)
        return lines

    def default_options(self, modality: Modality) -> Mapping[str, Any]:
        options: Mapping[str, Any] | None = self._call("default_options", modality=modality)
        return options or {}

    def model_bundles(self) -> Sequence[ModelBundle]:
        bundles: Sequence[ModelBundle] | None = self._call("model_bundles")
        return bundles or ()

    def preload(self) -> None:
        self._call("preload_provider")

    def _create(self, hook: str, **arguments: object) -> Any:
        if not self.implements(hook):
            offered = ", ".join(m.upper() for m in sorted(self.modalities())) or "nothing"
            raise PluginError(
                f"Provider {self.id!r} has no {hook.removeprefix('create_').upper()}: "
                f"{self.distribution} {self.version} offers {offered}."
            )
        try:
            made = self._call(hook, **arguments)
        except RuntimeError as error:
            if threading.current_thread() is threading.main_thread():
                raise
            if "main thread" not in str(error):
                raise
            raise PluginError(
                f"Provider {self.id!r} was first used off the main thread, where LiveKit plugins "
                "cannot be imported: call voicegateway.preload() when the agent file is imported."
            ) from error
        if made is None:
            raise PluginError(self._broken(hook, "returned None"))
        return made

    def _call(self, hook: str, **arguments: object) -> Any:
        if _TRACE in os.environ:
            return self._traced(hook, **arguments)
        return self._checked(hook, getattr(self.manager.hook, hook)(provider=self.id, **arguments))

    def _traced(self, hook: str, **arguments: object) -> Any:
        started = time.perf_counter()
        try:
            return self._checked(
                hook, getattr(self.manager.hook, hook)(provider=self.id, **arguments)
            )
        finally:  # names and time only: arguments may hold keys
            spent = (time.perf_counter() - started) * 1e3
            logger.warning("hook %s of provider %s took %.3f ms", hook, self.id, spent)

    def _checked(self, hook: str, result: Any) -> Any:
        if hook in _AWAITABLE_HOOKS or not inspect.isawaitable(result):
            return result
        if inspect.iscoroutine(result):
            result.close()
        raise PluginError(self._broken(hook, "returned an awaitable, and hooks are synchronous"))

    def _typed(self, hook: str, result: Any, kind: type[_T]) -> _T | None:
        if result is None or isinstance(result, kind):
            return result
        raise PluginError(
            self._broken(hook, f"returned {type(result).__name__} in place of {kind.__name__}")
        )

    def _broken(self, hook: str, what: str) -> str:
        return (
            f"Hook {hook!r} of provider {self.id!r} ({self.distribution} {self.version}) {what}: "
            "please tell the plugin's author."
        )


@dataclass(frozen=True, slots=True)
class ConfiguredProvider:
    """A provider together with its settings: what `create_provider` returns."""

    provider: Provider
    settings: ProviderSettings

    def create(self, modality: Modality, model: str, **arguments: Any) -> Any:
        """`language=` for STT, `voice=` for TTS, and `options=`."""
        create = getattr(self.provider, f"create_{modality}")
        return functools.partial(create, model, settings=self.settings)(**arguments)
