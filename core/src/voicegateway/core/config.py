"""Find, read and check `voicegw.yaml`. Every fault is one sentence with the key's path."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voicegateway.errors import ConfigError

if TYPE_CHECKING:
    from voicegateway.core.schema import GatewayConfig

__all__ = [
    "LedgerPlace",
    "LoadedConfig",
    "database_target",
    "find_config",
    "ledger_place",
    "load_config",
]

_NAME = "voicegw.yaml"
_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}")


@dataclass(frozen=True, slots=True)
class LoadedConfig:
    """A checked configuration and the file it came from; None where all is default."""

    config: GatewayConfig
    path: Path | None


@dataclass(frozen=True, slots=True)
class LedgerPlace:
    """Where the ledger is, and in which zone its days are counted."""

    target: str
    """A path, or a URL."""
    timezone: str = "UTC"


def ledger_place(explicit: str | os.PathLike[str] | None = None) -> LedgerPlace:
    """What a command that only reads the ledger needs to know. Without a config file this takes
    no time: Pydantic stays out."""
    if find_config(explicit) is None:
        return LedgerPlace(database_target(None))
    tracking = load_config(explicit).config.cost_tracking
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
    """Read and check the configuration. Raises `ConfigError`."""
    from voicegateway.core.schema import GatewayConfig  # Pydantic: 100 ms

    path = find_config(explicit)
    if path is None:
        return LoadedConfig(GatewayConfig(), None)
    data = _interpolate(_read(path), path, ())
    try:
        config = GatewayConfig.model_validate(data)
    except ValueError as error:
        raise ConfigError(f"{path}: {_explain(error)}.") from None
    _check_references(config, path)
    return LoadedConfig(config, path)


def _read(path: Path) -> Mapping[str, Any]:
    from ruamel.yaml import YAML  # 110 ms, and only where there is a file
    from ruamel.yaml.error import YAMLError

    try:
        data = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: the file is not UTF-8 text: save it as UTF-8.") from None
    except OSError as error:
        raise ConfigError(f"{path}: the file cannot be read: {error.strerror}.") from None
    except (YAMLError, ValueError, RecursionError) as error:  # ValueError: a date that is none
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        what = getattr(error, "problem", None) or type(error).__name__
        raise ConfigError(f"{path}{where}: this is not YAML: {what}.") from None
    if data is None:
        return {}
    if not isinstance(data, Mapping):
        raise ConfigError(f"{path}: the file must hold sections such as `providers:`.")
    return data


def _interpolate(value: Any, path: Path, where: tuple[str, ...]) -> Any:
    """Replace `${NAME}` and `${NAME:-default}` in every string."""
    if isinstance(value, Mapping):
        return {k: _interpolate(v, path, (*where, str(k))) for k, v in value.items()}
    if isinstance(value, list):
        return [_interpolate(v, path, (*where, str(i))) for i, v in enumerate(value)]
    if not isinstance(value, str):
        return value

    def replace(match: re.Match[str]) -> str:
        name, default = match.groups()
        found = os.environ.get(name) or default
        if found is None:
            raise ConfigError(
                f"{path}: {'.'.join(where)} needs the environment variable {name}, which is not "
                f"set: set it, or give a default as ${{{name}:-…}}."
            )
        return found

    return _VARIABLE.sub(replace, value)


def _explain(error: ValueError) -> str:
    """The first fault of a `ValidationError`, in a sentence without the offending value."""
    from pydantic import ValidationError

    if not isinstance(error, ValidationError):
        return str(error)
    fault = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        return f"{where} is no known key{_nearest(fault['loc'])}"
    return f"{where}: {fault['msg'].removeprefix('Value error, ')}"


def _nearest(location: tuple[int | str, ...]) -> str:
    known = _known_keys(location[:-1])
    near = difflib.get_close_matches(str(location[-1]), known, n=1)
    if near:
        return f": did you mean {near[0]!r}?"
    return f": the keys here are {', '.join(known)}" if known else ""


def _known_keys(location: tuple[int | str, ...]) -> list[str]:
    """The keys that the schema has at a place, following its fields and mappings."""
    from typing import get_args

    from pydantic import BaseModel

    from voicegateway.core.schema import GatewayConfig

    kind: Any = GatewayConfig
    for part in location:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            field = kind.model_fields.get(str(part))
            if field is None:
                return []
            kind = field.annotation
        else:
            kind = (get_args(kind) or (None,))[-1]
    is_model = isinstance(kind, type) and issubclass(kind, BaseModel)
    return list(kind.model_fields) if is_model else []


def _check_references(config: GatewayConfig, path: Path) -> None:
    """A name that is used must exist: better at load than in the middle of a call."""
    from voicegateway.core.stacks import find_stack  # Pydantic, as above

    for project_id, project in config.projects.items():
        stack = project.default_stack
        if stack is not None:
            try:
                find_stack(stack, config)
            except ConfigError as error:
                raise ConfigError(f"{path}: projects.{project_id}.default_stack: {error}") from None
    for name, stack_entry in config.stacks.items():
        for leg in ("stt", "llm", "tts"):
            model = getattr(stack_entry, leg)
            if "/" not in model and model not in getattr(config.models, leg):
                raise ConfigError(
                    f"{path}: stacks.{name}.{leg} is {model!r}, which is neither "
                    f"`provider/model` nor an alias under models.{leg}."
                )
