"""Who comes with a token.

    access = open_access(config)
    identity = access.verify(token, client="203.0.113.7")

A key is remembered once it was found right, under a MAC whose secret this process alone has: scrypt
is worked once a process, and no key is kept in memory. Whether it still holds is asked each time.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import threading
from collections.abc import Sequence

from voicegateway.core.access import tokens
from voicegateway.core.access.book import Book
from voicegateway.core.access.fixed import FixedKey
from voicegateway.core.access.hashing import matches, sign_matches
from voicegateway.core.access.scopes import Identity
from voicegateway.core.access.sessions import Sessions
from voicegateway.core.access.throttle import Throttle
from voicegateway.errors import TooManyAttemptsError
from voicegateway.storage.keys import KeyStore

__all__ = ["Authenticator"]

_MOST_FAMILIAR = 10_000


class Authenticator:
    """One process's. May be used from any thread; methods that may wait for the database or for
    scrypt say so."""

    def __init__(
        self, store: KeyStore, fixed: Sequence[FixedKey] = (), throttle: Throttle | None = None
    ) -> None:
        self.store = store
        self.sessions = Sessions()
        self._book = Book(store)
        self._throttle = throttle or Throttle()
        self._secret = os.urandom(32)
        self._working = threading.Lock()
        self._fixed = {key.identity.key: key.identity for key in fixed}
        self._hashed = [(key.identity.key, key.hash) for key in fixed if key.hash]
        self._marks = {self._mark(key.token): key.identity.key for key in fixed if key.token}
        self._familiar: set[tuple[bytes, str]] = set()

    def __repr__(self) -> str:
        return "Authenticator(...)"

    @property
    def fixed(self) -> Sequence[Identity]:
        """Who has a key of the config file or of the environment."""
        return list(self._fixed.values())

    @property
    def fresh(self) -> bool:
        """Whether what is known of the store is young enough; else call `refresh`."""
        return self._book.fresh

    def refresh(self) -> None:
        """Waits for the database, at most once a second. Raises `LedgerError`."""
        self._book.refresh()

    def forget(self) -> None:
        """To be called after keys were changed by this process."""
        self._book.forget()

    @property
    def required(self) -> bool:
        """Whether any key was ever made: without, only this machine is let in. A key that was
        revoked or has expired counts, so that nothing is opened by taking a key away."""
        return bool(self._fixed) or bool(self._book.rows)

    @property
    def usable(self) -> bool:
        """Whether anybody has a key that holds now."""
        rows = self._book.rows
        return bool(self._fixed) or any(self._book.row(row.id) is not None for row in rows)

    def recall(self, token: str, client: str = "") -> Identity | None:
        """Who comes with a token that was found right before; None if that cannot be told without
        waiting for the database."""
        mark = self._mark(token)
        key = self._marks.get(mark)
        if key is None or not self._may_try(token, mark, client):
            return None
        found = self.current(key)
        if found is not None and not tokens.is_strong(token):
            self._befriend(mark, client)
        return found

    def current(self, key: str) -> Identity | None:
        """Who comes with a key, by `Identity.key`; None if it does not hold any longer, or what is
        known of the store is too old to tell."""
        if key in self._fixed:
            return self._fixed[key]
        if not self._book.fresh:
            return None
        self._book.note_use(key)
        return self._book.identity(key)

    def verify(self, token: str, client: str = "") -> Identity | None:
        """Who comes with it; None if it is wrong, expired or revoked. May wait for the database
        and for scrypt. Raises `LedgerError`, and `TooManyAttemptsError` if so many wrong ones came
        from this client that it is not heard for now."""
        found = self.recall(token, client)
        if found is not None:
            return found
        self.refresh()
        found = self.recall(token, client) or self._stored(token)
        if found is not None or self._held_once(token):
            return found
        wait = self._throttle.wait(client)
        if wait:
            raise TooManyAttemptsError(wait)
        found = self._hashed_in_config(token)
        if found is None:
            self._throttle.failed(client)
        return found

    def close(self) -> None:
        """Writes when keys were last used."""
        self._book.close()

    def _stored(self, token: str) -> Identity | None:
        key_id = tokens.key_id_of(token)
        row = self._book.row(key_id) if key_id else None
        if row is None or not sign_matches(token, row.id, row.sign):
            return None
        return self._proved(token, row.id, row.hash)

    def _held_once(self, token: str) -> bool:
        """A key that has expired or was revoked is no guess: whoever sends it is told so, as often
        as they ask."""
        key_id = tokens.key_id_of(token)
        row = self._book.row(key_id, dead=True) if key_id else None
        return row is not None and sign_matches(token, row.id, row.sign)

    def _hashed_in_config(self, token: str) -> Identity | None:
        if len(token) > tokens.LONGEST:
            return None
        found = (self._proved(token, key, text) for key, text in self._hashed)
        return next((identity for identity in found if identity is not None), None)

    def _proved(self, token: str, key: str, text: str) -> Identity | None:
        mark = self._mark(token)
        with self._working:  # one after the other: each takes 16 MB
            if self._marks.get(mark) != key:
                if not matches(token, text):
                    return None
                self._marks[mark] = key
        return self.current(key)

    def _may_try(self, token: str, mark: bytes, client: str) -> bool:
        """A key that can be guessed is not looked at while its client is not heard, unless it came
        from there before."""
        if tokens.is_strong(token) or (mark, client) in self._familiar:
            return True
        return not self._throttle.wait(client)

    def _befriend(self, mark: bytes, client: str) -> None:
        if len(self._familiar) >= _MOST_FAMILIAR:
            self._familiar.clear()
        self._familiar.add((mark, client))

    def _mark(self, token: str) -> bytes:
        return hmac.digest(self._secret, token.encode("utf-8", "replace"), hashlib.sha256)
