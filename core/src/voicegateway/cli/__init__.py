"""The `voicegw` command. Each command imports what it needs when it runs: `--help` is instant."""

from voicegateway.cli.commands import app, main

__all__ = ["app", "main"]
