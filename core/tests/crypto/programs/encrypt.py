"""Encrypts its argument and prints the token. Makes a key file if there is none."""

from __future__ import annotations

import sys

from voicegateway.core.crypto import open_keyring

print(open_keyring(lambda: None, create=True).encrypt(sys.argv[1]))
