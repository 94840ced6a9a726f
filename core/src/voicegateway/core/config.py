"""Find, read and check `voicegw.yaml`. Every fault is one sentence with the key's path."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voicegateway.errors import ConfigError

if TYPE_CHECKING:
    from voicegateway.core.schema import GatewayConfig

__all__ = [
    "LedgerPlace",
    "LoadedConfig",
    "check_references",
    "database_target",
    "find_config",
    "ledger_place",
    "load_config",
    "parse_config",
    "user_folder",
    "validate",
]

_NAME = "voicegw.yaml"


@dataclass(frozen=True, slots=True)
class LoadedConfig:
    """A checked configuration and the file it came from; None where all is default."""

    config: GatewayConfig
    path: Path | None
    data: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """What the file says, its variables replaced. Keys are in it."""


@dataclass(frozen=True, slots=True)
class LedgerPlace:
    """Where the ledger is, and in which zone its days are counted."""

    target: str
    """A path, or a URL."""
    timezone: str = "UTC"


def ledger_place(explicit: str | os.PathLike[str] | None = None) -> LedgerPlace:
    """What a command that only reads the ledger needs to know. Without a config file this takes
    no time: Pydantic stays out."""
    path = find_config(explicit)
    if path is None:
        return LedgerPlace(database_target(None))
    tracking = _load(path).config.cost_tracking
    return LedgerPlace(database_target(tracking.db_path), tracking.timezone)


def find_config(explicit: str | os.PathLike[str] | None = None) -> Path | None:
    """The file to read: the explicit one, `VOICEGW_CONFIG`, the working folder's, the user's,
    the machine's; None if there is none. A file that was named must exist."""
    named = explicit or os.environ.get("VOICEGW_CONFIG")
    if named:
        path = Path(named).expanduser()
        if not path.is_file():
            source = "--config" if explicit else "VOICEGW_CONFIG"
            raise ConfigError(
                f"The config file {path} ({source}) does not exist: write one with "
                f"`voicegw init -o {path}`."
            )
        return path
    places = (Path(_NAME), user_folder() / _NAME, Path("/etc/voicegateway") / _NAME)
    return next((place for place in places if place.is_file()), None)


def user_folder() -> Path:
    return Path("~/.config/voicegateway").expanduser()


def database_target(db_path: str | None) -> str:
    """Where the ledger is: `VOICEGW_DB_PATH`, `cost_tracking.db_path`, the user's folder."""
    target = os.environ.get("VOICEGW_DB_PATH") or db_path or str(user_folder() / "voicegw.db")
    return target if "://" in target else str(Path(target).expanduser())


def load_config(explicit: str | os.PathLike[str] | None = None) -> LoadedConfig:
    """Read and check the configuration: the YAML file alone, without what is managed in the
    store. Raises `ConfigError`."""
    loaded = _load(find_config(explicit))
    if loaded.path is not None:
        _check_references(loaded.config, loaded.path)
    return loaded


def parse_config(text: str, path: Path) -> LoadedConfig:
    """The same for the text that a file has or is to have."""
    loaded = _parse(text, path)
    _check_references(loaded.config, path)
    return loaded


def validate(data: Mapping[str, Any]) -> GatewayConfig:
    """A configuration from data without variables, its references not checked. Raises
    `ConfigError` with one sentence."""
    from voicegateway.core.faults import explain
    from voicegateway.core.schema import GatewayConfig  # Pydantic: 100 ms

    try:
        return GatewayConfig.model_validate(data)
    except RecursionError:
        raise ConfigError("the config is nested too deeply") from None
    except ValueError as error:
        raise ConfigError(explain(error)) from None


def check_references(config: GatewayConfig) -> None:
    """Every name that the configuration uses must exist. Raises `ConfigError`."""
    from voicegateway.core.references import check_providers, check_stacks  # Pydantic, as above

    check_stacks(config)
    check_providers(config)


def _load(path: Path | None) -> LoadedConfig:
    if path is None:
        return LoadedConfig(validate({}), None)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: the file is not UTF-8 text: save it as UTF-8.") from None
    except OSError as error:
        raise ConfigError(f"{path}: the file cannot be read: {error.strerror}.") from None
    return _parse(text, path)


def _parse(text: str, path: Path) -> LoadedConfig:
    from voicegateway.core.interpolation import interpolate

    data = _yaml(text, path)
    try:
        data = interpolate(data)
        return LoadedConfig(validate(data), path, data)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}.") from None


def _yaml(text: str, path: Path) -> Mapping[str, Any]:
    from ruamel.yaml import YAML  # 110 ms, and only where there is a file

    from voicegateway.core.faults import yaml_fault

    try:
        data = YAML(typ="safe", pure=True).load(text)
    except Exception as error:  # noqa: BLE001 - broken documents trip the parser in many ways
        raise ConfigError(f"{path}{yaml_fault(error)}.") from None
    if data is None:
        return {}
    if not isinstance(data, Mapping):
        raise ConfigError(f"{path}: the file must hold sections such as `providers:`.")
    return data


def _check_references(config: GatewayConfig, path: Path) -> None:
    try:
        check_references(config)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}.") from None
