"""What the shell offers when Tab is pressed. Nothing here may fail or print: a shell would show it
in the middle of the line."""

from __future__ import annotations

from collections.abc import Callable, Iterable

__all__ = ["modalities", "projects", "providers", "sessions", "stacks"]

_NEWEST = 50


def projects(incomplete: str) -> list[str]:
    """Of the config file and of the ledger."""
    return _offered(incomplete, _configured_projects, _ledger_projects)


def providers(incomplete: str) -> list[str]:
    """Ids of what is installed; imports no plugin."""
    return _offered(incomplete, _installed)


def stacks(incomplete: str) -> list[str]:
    return _offered(incomplete, _configured_stacks, _installed_stacks)


def sessions(incomplete: str) -> list[str]:
    """The newest ones: nobody types an older id by hand."""
    return _offered(incomplete, _newest_sessions)


def modalities(incomplete: str) -> list[str]:
    return _offered(incomplete, lambda: ("stt", "llm", "tts"))


def _offered(incomplete: str, *sources: Callable[[], Iterable[str]]) -> list[str]:
    names: set[str] = set()
    for source in sources:
        try:
            names.update(source())
        except Exception:  # noqa: BLE001, S112 - no config, no ledger: then it offers less
            continue
    return sorted(name for name in names if name.startswith(incomplete))


def _configured_projects() -> Iterable[str]:
    from voicegateway.core.config import find_config, load_config

    return () if find_config() is None else load_config().config.projects


def _ledger_projects() -> Iterable[str]:
    from voicegateway.cli.reading import reading
    from voicegateway.storage.queries import projects as known

    with reading(None) as (reader, _):
        return known(reader)


def _newest_sessions() -> Iterable[str]:
    from voicegateway.cli.reading import reading
    from voicegateway.storage.queries import sessions as pages

    with reading(None) as (reader, _):
        return [row.session_id for row in pages(reader, limit=_NEWEST).rows]


def _installed() -> Iterable[str]:
    from voicegateway.core.discovery import scan

    return (found.name for found in scan("voicegw.providers"))


def _configured_stacks() -> Iterable[str]:
    from voicegateway.core.config import find_config, load_config

    return () if find_config() is None else load_config().config.stacks


def _installed_stacks() -> Iterable[str]:
    from voicegateway.core.discovery import scan

    return (found.name for found in scan("voicegw.stacks"))
