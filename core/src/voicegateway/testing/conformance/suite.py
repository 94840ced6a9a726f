"""The tests, gathered."""

from __future__ import annotations

from voicegateway.testing.conformance.closing import ClosingTests
from voicegateway.testing.conformance.flushing import FlushingTests
from voicegateway.testing.conformance.opening import OpeningTests
from voicegateway.testing.conformance.place import LedgerPlace, PlacedTests
from voicegateway.testing.conformance.racing import RacingTests
from voicegateway.testing.conformance.reading import ReadingTests
from voicegateway.testing.conformance.values import ValueTests
from voicegateway.testing.conformance.writing import WritingTests

__all__ = ["LedgerConformance", "LedgerPlace"]


class LedgerConformance(
    WritingTests,
    ValueTests,
    ClosingTests,
    FlushingTests,
    ReadingTests,
    OpeningTests,
    RacingTests,
    PlacedTests,
):
    """Subclass it, give it the fixture `place`, and let pytest collect it."""
