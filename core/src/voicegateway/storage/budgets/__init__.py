"""Budgets in the ledger: leases that processes draw ahead of need, and what memory knows of."""

from voicegateway.storage.budgets.accounts import MOST_NANO, Account, Accounts, Caps, Standing
from voicegateway.storage.budgets.draws import Draw

__all__ = ["MOST_NANO", "Account", "Accounts", "Caps", "Draw", "Standing"]
