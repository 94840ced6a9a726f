"""Named stacks: three models that go together, from the config or from an installed plugin.

A distribution may offer one through an entry point in the group `voicegw.stacks`: its name is
the stack's, its value a mapping of `stt`, `llm` and `tts` to model strings.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from voicegateway.core.discovery import scan
from voicegateway.core.schema import GatewayConfig, Stack
from voicegateway.errors import ConfigError, PluginError

__all__ = ["STACK_GROUP", "find_stack", "installed_stacks"]

STACK_GROUP = "voicegw.stacks"


def installed_stacks() -> list[str]:
    """Names of the stacks that installed distributions offer; imports none of them."""
    return sorted({found.name for found in scan(STACK_GROUP)})


def find_stack(name: str, config: GatewayConfig) -> Stack:
    """The config's stack of that name, else an installed one. Raises `ConfigError`."""
    if name in config.stacks:
        return config.stacks[name]
    for found in scan(STACK_GROUP):
        if found.name == name:
            return _load(found.load(), f"{found.distribution} {found.version}", name)
    known = sorted({*config.stacks, *installed_stacks()})
    near = difflib.get_close_matches(name, known, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise ConfigError(
        f"There is no stack {name!r} (known: {', '.join(known) or 'none'}).{hint} "
        "Add it under stacks: in the config."
    )


def _load(value: object, distribution: str, name: str) -> Stack:
    legs = {"stt", "llm", "tts"}
    if not isinstance(value, Mapping) or set(value) != legs:
        raise PluginError(
            f"The stack {name!r} of {distribution} must be a mapping with the keys stt, llm and "
            "tts: please tell the plugin's author."
        )
    return Stack(**{leg: str(value[leg]) for leg in legs})
