"""A typed object in front of one plugin: one method a hook, and no pluggy for the caller."""

from __future__ import annotations

import inspect
import logging
import os
import time
from collections.abc import Awaitable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from os import PathLike
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeVar

from voicegateway.core import contract
from voicegateway.core.contract import load_plugin
from voicegateway.errors import PluginError
from voicegateway.types import (
    ListedRate,
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
    import pluggy
    from livekit.agents import llm, stt, tts

__all__ = ["ConfiguredProvider", "Provider", "load_plugin"]

logger = logging.getLogger("voicegateway.plugins")

_TRACE = "VOICEGW_TRACE_PLUGINS"
_T = TypeVar("_T")


def _is_traced() -> bool:
    return os.environ.get(_TRACE, "0") not in {"", "0"}


@dataclass(frozen=True, slots=True)
class Provider:
    """One loaded provider. Methods raise `PluginError` where the plugin breaks the contract and
    let its own errors through."""

    id: str
    distribution: str
    version: str
    manager: pluggy.PluginManager
    traced: bool = field(default_factory=_is_traced, repr=False, compare=False)
    """Whether each hook call is logged with its time."""

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
            Modality.STT, model=model, language=language, settings=settings, options=options
        )
        return made

    def create_llm(
        self, model: str, settings: ProviderSettings, options: Mapping[str, Any]
    ) -> llm.LLM[Any]:
        made: llm.LLM[Any] = self._create(
            Modality.LLM, model=model, settings=settings, options=options
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
            Modality.TTS, model=model, voice=voice, settings=settings, options=options
        )
        return made

    def price_usage(
        self, model: str, modality: Modality, usage: Usage, terms: PriceTerms
    ) -> PriceQuote | None:
        quote = self._typed(
            "price_usage", PriceQuote, model=model, modality=modality, usage=usage, terms=terms
        )
        if quote is not None and not contract.is_money_exact(quote):
            raise self._broken("price_usage", "returned an amount that is no finite Decimal")
        return quote

    def validate_stream(self, report: StreamReport) -> StreamVerdict | None:
        return self._typed("validate_stream", StreamVerdict, report=report)

    def provider_info(self) -> ProviderInfo:
        """What the plugin says of itself, or else what can be seen from its hooks."""
        info = self._typed("provider_info", ProviderInfo)
        return info or ProviderInfo(title=self.id, modalities=self.modalities())

    def check_provider(
        self, settings: ProviderSettings
    ) -> ProviderCheck | Awaitable[ProviderCheck | None] | None:
        """The plugin's own cheap check; None if it has none."""
        check = self._call("check_provider", settings=settings)
        if inspect.isawaitable(check):
            return self._awaited("check_provider", check, ProviderCheck)
        return self._of_type("check_provider", check, ProviderCheck)

    def read_usage_export(
        self, source: str | PathLike[str] | IO[bytes]
    ) -> Iterable[UsageLine] | None:
        """The lines of one export, read as they are asked for; None if the plugin reads none."""
        lines = self._typed("read_usage_export", Iterable, source=source)  # type: ignore[type-abstract]
        return None if lines is None else self._each("read_usage_export", lines, UsageLine)

    def pull_usage_export(
        self, settings: ProviderSettings, start: datetime, end: datetime, folder: Path
    ) -> Iterable[Path] | None:
        """The files of the vendor's pages as they come; None if the plugin fetches none."""
        files = self._typed(
            "pull_usage_export",
            Iterable,  # type: ignore[type-abstract]
            settings=settings,
            start=start,
            end=end,
            folder=folder,
        )
        return None if files is None else self._each("pull_usage_export", files, Path)

    def default_options(self, modality: Modality) -> Mapping[str, Any]:
        return self._typed("default_options", Mapping, modality=modality) or {}  # type: ignore[type-abstract]

    def list_rates(self) -> Iterable[ListedRate] | None:
        """The plugin's price list; None if it shows none."""
        rates = self._typed("list_rates", Iterable)  # type: ignore[type-abstract]
        return None if rates is None else self._each("list_rates", rates, ListedRate)

    def model_bundles(self) -> Sequence[ModelBundle]:
        bundles = self._typed("model_bundles", Sequence) or ()  # type: ignore[type-abstract]
        return tuple(self._each("model_bundles", bundles, ModelBundle))

    def preload(self) -> None:
        self._call("preload_provider")

    def _create(self, modality: Modality, **arguments: object) -> Any:
        hook = f"create_{modality}"
        if not self.implements(hook):
            offered = ", ".join(m.upper() for m in sorted(self.modalities())) or "nothing"
            raise PluginError(
                f"Provider {self.id!r} has no {modality.upper()}: "
                f"{self.distribution} {self.version} offers {offered}."
            )
        try:
            made = self._call(hook, **arguments)
        except Exception as error:
            if not contract.blames_thread(error):
                raise
            raise PluginError(
                f"Provider {self.id!r} was first used off the main thread, where LiveKit plugins "
                f"cannot be imported: {contract.PRELOAD_HINT}."
            ) from error
        if not contract.is_native(made, modality):
            kind = f"livekit.agents.{modality}.{modality.upper()}"
            raise self._broken(hook, f"returned {_kind(made)} in place of {kind}")
        return made

    def _call(self, hook: str, **arguments: object) -> Any:
        arguments["provider"] = self.id
        if not self.traced:
            return self._ask(hook, arguments)
        started = time.perf_counter()
        try:
            return self._ask(hook, arguments)
        finally:  # names and time only: arguments may hold keys
            spent = (time.perf_counter() - started) * 1e3
            logger.warning("hook %s of provider %s took %.3f ms", hook, self.id, spent)

    def _ask(self, hook: str, arguments: Mapping[str, object]) -> Any:
        result = contract.call(self.manager, hook, arguments)
        if inspect.isawaitable(result) and hook not in contract.AWAITABLE_HOOKS:
            contract.discard(result)
            raise self._broken(hook, "returned an awaitable, and hooks are synchronous")
        return result

    def _typed(self, hook: str, kind: type[_T], **arguments: object) -> _T | None:
        return self._of_type(hook, self._call(hook, **arguments), kind)

    def _of_type(self, hook: str, result: object, kind: type[_T]) -> _T | None:
        if result is None or isinstance(result, kind):
            return result
        raise self._broken(hook, f"returned {_kind(result)} in place of {kind.__name__}")

    async def _awaited(self, hook: str, result: Awaitable[object], kind: type[_T]) -> _T | None:
        return self._of_type(hook, await result, kind)

    def _each(self, hook: str, items: Iterable[object], kind: type[_T]) -> Iterator[_T]:
        for item in items:
            if not isinstance(item, kind):
                raise self._broken(hook, f"gave {_kind(item)} in place of {kind.__name__}")
            yield item

    def _broken(self, hook: str, what: str) -> PluginError:
        return PluginError(
            f"Hook {hook!r} of provider {self.id!r} ({self.distribution} {self.version}) {what}: "
            "please tell the plugin's author."
        )


def _kind(value: object) -> str:
    return "None" if value is None else type(value).__name__


@dataclass(frozen=True, slots=True)
class ConfiguredProvider:
    """A provider together with its settings: what `create_provider` returns."""

    provider: Provider
    settings: ProviderSettings

    def create(self, modality: Modality, model: str, **arguments: Any) -> Any:
        """`language=` for STT, `voice=` for TTS, and `options=`."""
        create = getattr(self.provider, f"create_{modality}")
        return create(model, settings=self.settings, **arguments)
