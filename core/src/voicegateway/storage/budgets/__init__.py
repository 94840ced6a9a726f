"""Budgets in the ledger: leases that processes draw ahead of need, and what memory knows of."""

from voicegateway.storage.budgets.accounts import Account, Accounts
from voicegateway.storage.budgets.draws import Draw
from voicegateway.storage.budgets.standing import MOST_NANO, Caps, Standing

__all__ = ["MOST_NANO", "Account", "Accounts", "Caps", "Draw", "Standing"]
