"""A plugin that imports an HTTP client when it is imported."""

import aiohttp  # noqa: F401
