"""A vendor that does not exist, with a cloud of its own (`voicegw_brook.cloud`): the plugin that
the suites are tried on. `plugin` is the hooks; every part that may be wrong can be overridden."""

from __future__ import annotations

from voicegateway import hookimpl
from voicegateway.types import (
    ListedRate,
    Modality,
    PriceLine,
    PriceQuote,
    ProviderInfo,
    Unit,
    Usage,
)

URL = "https://acme.invalid"
KEY = "ACME_API_KEY"


class Acme:
    """The hooks."""

    @hookimpl
    def create_stt(self, model, language, settings, options):
        from voicegw_brook.stt import AcmeSTT

        return self.construct(AcmeSTT, settings, options, {"language": language or "en"})

    @hookimpl
    def create_llm(self, model, settings, options):
        from voicegw_brook.llm import AcmeLLM

        return self.construct(AcmeLLM, settings, options, {})

    @hookimpl
    def create_tts(self, model, voice, settings, options):
        from voicegw_brook.tts import AcmeTTS

        return self.construct(AcmeTTS, settings, options, {"voice": voice or "nova"})

    def construct(self, kind, settings, options, arguments):
        from voicegateway.authoring import constructor_options

        ours = {
            "api_key": "give it to the factory",
            "base_url": "give it to the factory",
            "language": "give it to the factory",
            "voice": "give it to the factory",
        }
        given = self.check_options(kind, settings, options, ours, constructor_options)
        return kind(
            api_key=settings.api_key.reveal() if settings.api_key else "",
            base_url=settings.base_url or URL,
            **arguments,
            **given,
        )

    def check_options(self, kind, settings, options, ours, check):
        return check(kind, settings, options, ours=ours)

    @hookimpl
    def preload_provider(self):
        import voicegw_brook.llm
        import voicegw_brook.stt
        import voicegw_brook.tts  # noqa: F401

    @hookimpl
    def provider_info(self):
        return ProviderInfo(
            "Acme Speech",
            frozenset(Modality),
            key_variable=KEY,
            docs_url="https://example.com/docs",
            models=("swift-1", "parrot-2", "tone-1"),
        )

    @hookimpl
    def validate_stream(self, report):
        from voicegateway.authoring import judge, judge_tokens
        from voicegateway.authoring.verdicts import AUDIO, CHARACTERS

        counted = self.counters(report)
        times = report.vendor.get("times_sent")
        times = times if isinstance(times, int) else 1
        if report.modality is Modality.LLM:
            said = report.reported.units if report.reported else None
            times = report.vendor.get("usage_events")
            return judge_tokens(report, said, times_sent=times if isinstance(times, int) else 1)
        if report.modality is Modality.STT:
            return judge(report, counted, Unit.AUDIO_SECONDS, AUDIO, times_sent=times)
        return judge(report, counted, Unit.CHARACTERS, CHARACTERS, times_sent=times)

    def counters(self, report):
        from decimal import Decimal

        units = {"seconds": Unit.AUDIO_SECONDS, "characters": Unit.CHARACTERS}
        return {
            unit: Decimal(str(report.vendor[name])).quantize(Decimal("0.000001"))
            for name, unit in units.items()
            if isinstance(report.vendor.get(name), int | float) and 0 <= report.vendor[name] < 10**9
        }

    @hookimpl
    def price_usage(self, model, modality, usage, terms):
        from decimal import Decimal

        rates = {
            unit: (Decimal(usd), Decimal(per))
            for (name, unit), (usd, per) in RATES.items()
            if name == model
        }
        if not rates:
            return None
        lines = tuple(
            PriceLine(
                unit, quantity, quantity, *rates[unit], quantity * rates[unit][0] / rates[unit][1]
            )
            for unit, quantity in usage.units.items()
            if unit in rates
        )
        return self.quote(usage, lines)

    def quote(self, usage: Usage, lines) -> PriceQuote:
        from datetime import date
        from decimal import Decimal

        if not lines and any(usage.units.values()):
            return PriceQuote(None, confidence="unknown", source="Acme's price page")
        return PriceQuote(
            sum((line.amount_usd for line in lines), Decimal(0)),
            lines,
            confidence="estimated" if usage.basis == "estimated" else "exact",
            source="Acme's price page",
            source_url="https://example.com/pricing",
            as_of=date(2026, 11, 22),
        )

    @hookimpl
    def list_rates(self):
        from datetime import date
        from decimal import Decimal

        modality = {"swift-1": Modality.STT, "tone-1": Modality.TTS, "parrot-2": Modality.LLM}
        return [
            ListedRate(
                model,
                modality[model],
                unit,
                Decimal(usd),
                Decimal(per),
                source="Acme's price page",
                checked_on=date(2026, 11, 22),
            )
            for (model, unit), (usd, per) in RATES.items()
        ]

    @hookimpl
    def check_provider(self, settings):
        from voicegateway.authoring import probe

        key = settings.api_key.reveal() if settings.api_key else ""
        url = f"{settings.base_url or URL}/v1/models"
        return probe(url, {"Authorization": f"Bearer {key}"})


RATES = {
    ("swift-1", Unit.AUDIO_SECONDS): ("0.0048", 60),
    ("tone-1", Unit.CHARACTERS): ("0.03", 1000),
    ("parrot-2", Unit.INPUT_TOKENS): ("0.10", 1000),
    ("parrot-2", Unit.OUTPUT_TOKENS): ("0.40", 1000),
}
plugin = Acme()

__all__ = ["Acme", "plugin"]
