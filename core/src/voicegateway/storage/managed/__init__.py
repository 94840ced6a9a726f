"""Managed providers, models and projects, and the log of who changed them."""

from __future__ import annotations

from voicegateway.storage.managed.audit import Action, AuditEntry, Subject
from voicegateway.storage.managed.rows import Kind, ManagedRow
from voicegateway.storage.managed.store import Change, ManagedStore

__all__ = ["Action", "AuditEntry", "Change", "Kind", "ManagedRow", "ManagedStore", "Subject"]
