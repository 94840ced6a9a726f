"""The engines are extras: find out whether one is installed, and import it when it is needed."""

from __future__ import annotations

import importlib
import importlib.util
from types import ModuleType

from voicegateway.errors import VoiceGatewayError

__all__ = ["EngineMissingError", "import_engine", "is_installed", "need_engine"]


class EngineMissingError(VoiceGatewayError, ImportError):
    """A provider's engine is not installed, or cannot be imported."""


def is_installed(module: str) -> bool:
    """Whether `module` can be found. Imports nothing."""
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):
        return False


def need_engine(module: str, extra: str) -> None:
    """Raise `EngineMissingError` unless `module` can be found. For factories: imports nothing."""
    if not is_installed(module):
        raise EngineMissingError(_message(module, extra), name=module)


def import_engine(module: str, extra: str) -> ModuleType:
    """The engine's module. Imports take up to a second: not on an event loop."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        missing = error.name or module
        raise EngineMissingError(_message(missing, extra), name=missing) from error
    except ImportError as error:  # it is there, and a library of the system is not
        message = f"The Python module {module!r} cannot be imported: {error}."
        raise EngineMissingError(message, name=module) from error


def _message(module: str, extra: str) -> str:
    return (
        f"The provider {extra!r} needs the Python module {module!r}, which is not installed: "
        f'pip install "voicegw-local[{extra}]".'
    )
