"""How the tests ask a model, and how they write what it used."""

from decimal import Decimal

from voicegateway.testing import drain, prompt, retries
from voicegateway.types import Unit

IN, OUT = Unit.INPUT_TOKENS, Unit.OUTPUT_TOKENS
READ, WRITE = Unit.CACHED_INPUT_TOKENS, Unit.CACHE_WRITE_TOKENS


def counts(**units):
    """`counts(input_tokens=25)`: units as a row has them."""
    return {getattr(Unit, name.upper()): Decimal(count) for name, count in units.items()}


async def say(llm, text="hello", tries=0, **more):
    """A whole answer; how many chunks it had."""
    return await drain(llm.chat(chat_ctx=prompt(text), conn_options=retries(tries), **more))
