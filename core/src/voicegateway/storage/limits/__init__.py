"""Rate limits in the ledger: one bucket for all processes, and a count of open streams."""

from voicegateway.storage.limits.desk import LimitDesk
from voicegateway.storage.limits.permits import Limit, Permit, Permits

__all__ = ["Limit", "LimitDesk", "Permit", "Permits"]
