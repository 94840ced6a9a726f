"""The dashboard of VoiceGateway. The server finds `mount` through the entry point group
`voicegw.server`; there is nothing else to import."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import FastAPI

__all__ = ["__version__", "mount"]

__version__ = "0.1.0"


def mount(app: FastAPI) -> None:
    """Have the server show the pages at every path that is not the API's own."""
    from voicegw_dashboard.pages import add_pages  # FastAPI, which only a server needs

    add_pages(app)
