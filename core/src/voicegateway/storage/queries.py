"""Everything that reads the ledger.

    with open_reader("voicegw.db") as reader:
        print(costs(reader, period_named("month", "Europe/Berlin")).to_json())

All functions are synchronous and take a `Reader`. Sums come from rollups, never from a scan of
the attempts; attempts are read one by one only for logs, receipts, and the edges of a period
that does not begin and end with a day.
"""

from __future__ import annotations

from voicegateway.storage.reads.budgets import BudgetState, Reservation, budget_state
from voicegateway.storage.reads.calls import SessionSort, sessions_in
from voicegateway.storage.reads.costs import CostRow, Costs, LegTotal, costs, usage_by_leg
from voicegateway.storage.reads.entries import Entry, quote_of
from voicegateway.storage.reads.latencies import LegLatency, Percentiles, latency
from voicegateway.storage.reads.listings import (
    Health,
    OutcomeTotal,
    WriterInfo,
    all_time,
    health,
    legs,
    projects,
)
from voicegateway.storage.reads.logs import (
    LogPage,
    attempt_by_id,
    attempts_in,
    attempts_of_call,
    logs,
)
from voicegateway.storage.reads.names import Leg
from voicegateway.storage.reads.periods import Period, PeriodName, between, period_named
from voicegateway.storage.reads.reader import Reader, open_reader
from voicegateway.storage.reads.receipts import LegReceipt, Receipt, Turn, session_receipt
from voicegateway.storage.reads.sessions import SessionPage, SessionRow, sessions
from voicegateway.storage.reads.slowest import slowest
from voicegateway.storage.reads.sums import Sum
from voicegateway.storage.reads.talk import Talk, talk
from voicegateway.storage.reads.writers import DeadWriter, dead_writers

__all__ = [
    "BudgetState",
    "CostRow",
    "Costs",
    "DeadWriter",
    "Entry",
    "Health",
    "Leg",
    "LegLatency",
    "LegReceipt",
    "LegTotal",
    "LogPage",
    "OutcomeTotal",
    "Percentiles",
    "Period",
    "PeriodName",
    "Reader",
    "Receipt",
    "Reservation",
    "SessionPage",
    "SessionRow",
    "SessionSort",
    "Sum",
    "Talk",
    "Turn",
    "WriterInfo",
    "all_time",
    "attempt_by_id",
    "attempts_in",
    "attempts_of_call",
    "between",
    "budget_state",
    "costs",
    "dead_writers",
    "health",
    "latency",
    "legs",
    "logs",
    "open_reader",
    "period_named",
    "projects",
    "quote_of",
    "session_receipt",
    "sessions",
    "sessions_in",
    "slowest",
    "talk",
    "usage_by_leg",
]
