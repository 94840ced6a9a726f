"""Whether the factories refuse what they do not know, in words that help. Needs LiveKit and the
vendor's SDK: without them there is nothing to see."""

from __future__ import annotations

import os
from importlib.util import find_spec

from voicegateway.core.contract import describe
from voicegateway.core.inspection import samples
from voicegateway.core.inspection.results import CheckResult, Step, failed, ok, skipped
from voicegateway.core.provider import Provider
from voicegateway.types import Modality, ProviderSettings, Secret

__all__ = ["check_factories"]

_OPTION = "voicegw_no_such_option"
_KEY = "voicegw-check-0123456789abcdef"


def check_factories(provider: Provider) -> CheckResult:
    if find_spec("livekit") is None or find_spec("livekit.agents") is None:
        return skipped(Step.FACTORIES, "LiveKit is not installed: pip install 'voicegw[livekit]'")
    variable = provider.provider_info().key_variable
    if variable:
        os.environ.pop(variable, None)
    try:
        for modality in sorted(provider.modalities()):
            key = Secret(_KEY) if variable else None
            wrong = _option_fault(provider, modality, key)
            wrong = wrong or _key_fault(provider, modality, variable)
            if wrong:
                return failed(Step.FACTORIES, f"its create_{modality} {wrong}")
    except ModuleNotFoundError as error:
        return skipped(Step.FACTORIES, f"{error.name} is not installed")
    return ok(Step.FACTORIES)


def _option_fault(provider: Provider, modality: Modality, key: Secret | None) -> str:
    """Of several models one may do: a plugin may look at the model before the options."""
    wrong = ""
    for model in _models(provider, modality):
        error = _refusal(provider, modality, model, key, {_OPTION: 1})
        if error is None:
            return f"accepts an option that does not exist ({_OPTION!r})"
        if isinstance(error, ValueError) and _OPTION in str(error):
            return ""
        what = f"answers an option that does not exist with {describe(error)!r}"
        wrong = wrong or f"{what}: a ValueError that names it would help"
    return wrong


def _key_fault(provider: Provider, modality: Modality, variable: str | None) -> str:
    if variable is None:
        return ""
    wrong = ""
    for model in _models(provider, modality):
        error = _refusal(provider, modality, model, None, {})
        if error is None:
            return f"makes an object without a key: name {variable} in an error instead"
        text = str(error).lower()
        if variable.lower() in text or "api key" in text or "api_key" in text:
            return ""
        what = f"answers a missing key with {describe(error)!r}"
        wrong = wrong or f"{what}: an error that names {variable} would help"
    return wrong


def _models(provider: Provider, modality: Modality) -> list[str]:
    return samples.models_of(provider, modality) or [samples.NO_MODEL]


def _refusal(
    provider: Provider,
    modality: Modality,
    model: str,
    key: Secret | None,
    options: dict[str, object],
) -> Exception | None:
    """What the factory raises; None if it makes something. Lets a missing module through."""
    settings = ProviderSettings(provider.id, key)
    try:
        if modality is Modality.STT:
            provider.create_stt(model, None, settings, options)
        elif modality is Modality.LLM:
            provider.create_llm(model, settings, options)
        else:
            provider.create_tts(model, None, settings, options)
    except ModuleNotFoundError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, it is looked at
        return error
    return None
