"""One tool: its name, what it may be asked, what it answers, and who may call it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from voicegateway.core.access import Scope
from voicegateway.mcp.arguments import Arguments, parsed

if TYPE_CHECKING:
    from pydantic import BaseModel

    from voicegateway.operations import Operations

__all__ = ["Call", "Tool"]

A = TypeVar("A", bound=Arguments)


@dataclass(frozen=True, slots=True)
class Call(Generic[A]):
    """A call that is allowed and whose arguments are sound."""

    operations: Operations
    arguments: A
    actor: str
    """Who the audit log says it was."""


@dataclass(frozen=True, slots=True)
class Tool(Generic[A]):
    """`run` may wait for the database, and so is called in a thread; a coroutine that it returns
    is awaited on the event loop."""

    name: str
    title: str
    description: str
    arguments: type[A]
    answer: type[BaseModel]
    run: Callable[[Call[A]], BaseModel | Awaitable[BaseModel]]
    scope: Scope = Scope.READ
    changes: bool = False
    """Whether it changes the configuration."""
    destructive: bool = False
    asks_outside: bool = False
    """Whether it sends a request to somebody else's server."""

    def called(
        self, operations: Operations, given: Mapping[str, Any], actor: str
    ) -> BaseModel | Awaitable[BaseModel]:
        """Raises `Fault`, and whatever the operation raises."""
        return self.run(Call(operations, parsed(self.arguments, given), actor))
