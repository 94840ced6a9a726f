"""What the adapters of all three modalities are besides LiveKit's own: they go by the name of the
model that is asked next, pass on whose they are, and say when a model is down."""

from __future__ import annotations

from typing import Any, ClassVar

from voicegateway.middleware.fallback.chain import Chain

__all__ = ["ChainedAdapter"]


class ChainedAdapter:
    """Stands before LiveKit's `FallbackAdapter` of a modality among the bases of an adapter."""

    chain: Chain[Any]
    changed: ClassVar[tuple[str, type]]
    """The name of LiveKit's event for a model that went down or came back, and its class."""

    _status: Any
    _active_instance: Any

    @property
    def model(self) -> str:
        """Of the one that is asked next."""
        return str(self._next_instance().model)

    @property
    def provider(self) -> str:
        """Of the one that is asked next, as it calls itself."""
        return str(self._next_instance().provider)

    def on(self, event: Any, callback: Any = None) -> Any:
        self.chain.listened_to(callback)
        return super().on(event, callback)  # type: ignore[misc]

    def serving(self, index: int) -> None:
        """The answer of this model is being passed on."""
        self._active_instance = self.chain.children[index]

    async def aclose(self) -> None:
        await super().aclose()  # type: ignore[misc]
        await self.chain.aclose()

    def availability(self, index: int) -> None:
        """A model went down, or came back."""
        name, kind = self.changed
        available = self._status[index].available = not self.chain.recovery.is_down(index)
        self.emit(name, kind(self.chain.children[index], available))  # type: ignore[attr-defined]

    def _next_instance(self) -> Any:
        return self.chain.children[self.chain.recovery.next_index()]
