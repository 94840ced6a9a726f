"""`voicegw keys`: who may use the server."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from voicegateway.cli.output import ConfigOption, JsonOption, print_json, print_table

if TYPE_CHECKING:
    from pathlib import Path

    from voicegateway.core.schema import GatewayConfig

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True)


@app.command("create")
def create(
    name: Annotated[str, typer.Argument(help="Who will use it, for the audit log.")],
    scopes: Annotated[
        str,
        typer.Option(help="read, write (includes read), admin (includes both); commas between."),
    ],
    expires: Annotated[
        str | None, typer.Option(help="When it ends: 30d, 12h, 2027-01-31; never without.")
    ] = None,
    config: ConfigOption = None,
    as_json: JsonOption = False,  # noqa: FBT002
) -> None:
    """Make a key. It is shown this once: only a hash of it is kept."""
    from voicegateway.core.access.keys import create_key, expiry
    from voicegateway.core.access.opening import key_store
    from voicegateway.core.access.scopes import parse_scopes

    wanted, ends = parse_scopes(scopes), expiry(expires) if expires else None
    made = create_key(key_store(_settings(config)), name, wanted, actor="cli", expires=ends)
    if as_json:
        print_json(made.to_json())
        return
    typer.echo(made.token)
    until = f", until {made.to_json()['expires_at']}" if ends else ""
    typer.echo(f"This is key {made.row.id} of {name} ({made.row.scopes}{until}).", err=True)
    typer.echo("Keep it now: it is not shown again.", err=True)


@app.command("list")
def list_(config: ConfigOption = None, as_json: JsonOption = False) -> None:  # noqa: FBT002
    """Show all keys, and when each was last used.

    Also those that were revoked or have expired, and those of the config and the environment.
    """
    from voicegateway.core.access.fixed import fixed_keys
    from voicegateway.core.access.keys import listed
    from voicegateway.core.access.opening import key_store

    settings = _settings(config)
    identities = [key.identity for key in fixed_keys(settings.auth)]
    found = listed(key_store(settings), identities)
    if as_json:
        print_json(found)
        return
    if not found:
        typer.echo("There are no keys: the server answers this machine alone.")
        return
    rows = [
        (one["id"], one["name"], ",".join(one["scopes"]), _state(one), _day(one["last_used_at"]))
        for one in found
    ]
    print_table(("Id", "Name", "Scopes", "State", "Last used"), rows)


@app.command("revoke")
def revoke(
    key_id: Annotated[str, typer.Argument(metavar="ID", help="As `voicegw keys list` shows it.")],
    config: ConfigOption = None,
    as_json: JsonOption = False,  # noqa: FBT002
) -> None:
    """Take a key away, for ever. Servers that run refuse it within two seconds."""
    from voicegateway.core.access.keys import facts, revoke_key
    from voicegateway.core.access.opening import key_store

    row = revoke_key(key_store(_settings(config)), key_id, actor="cli")
    if as_json:
        print_json({**facts(row), "source": "managed"})
    else:
        typer.echo(f"Key {row.id} of {row.name} is revoked.")


@app.command("hash")
def hash_(as_json: JsonOption = False) -> None:  # noqa: FBT002
    """Hash a key of your own, for the config.

    It goes to `hash` under auth.api_keys. The key is read from standard input, or asked for on a
    terminal.
    """
    from voicegateway.core.access.hashing import hash_token

    if sys.stdin.isatty():
        token = typer.prompt("Key", hide_input=True, confirmation_prompt=True, err=True)
    else:
        token = sys.stdin.readline()
    if not token.strip():
        raise typer.BadParameter("There is no key on standard input.")
    text = hash_token(token.strip())
    if as_json:
        print_json({"hash": text})
    else:
        typer.echo(text)


def _settings(config: Path | None) -> GatewayConfig:
    from voicegateway.core.config import load_config

    return load_config(config).config


def _state(one: dict[str, Any]) -> str:
    from datetime import UTC, datetime

    if one["revoked_at"]:
        return f"revoked {_day(one['revoked_at'])}"
    ends = one["expires_at"]
    if ends is None:
        return "valid" if one["source"] == "managed" else f"valid ({one['source']})"
    past = datetime.fromisoformat(ends) <= datetime.now(UTC)
    return f"{'expired' if past else 'until'} {_day(ends)}"


def _day(moment: str | None) -> str:
    """To the minute, UTC."""
    return moment[:16].replace("T", " ") if moment else ""
