"""Acme's mind."""

from __future__ import annotations

import json

from livekit.agents import llm
from livekit.agents.types import DEFAULT_API_CONNECT_OPTIONS

from voicegw_brook.client import Client


class AcmeLLM(Client, llm.LLM):
    def __init__(self, *, api_key, base_url, temperature=0.0):
        Client.__init__(self, api_key, base_url)
        llm.LLM.__init__(self)
        self.temperature = temperature

    def chat(self, *, chat_ctx, tools=None, conn_options=DEFAULT_API_CONNECT_OPTIONS, **_):
        return AcmeThinking(self, chat_ctx=chat_ctx, tools=tools or [], conn_options=conn_options)


class AcmeThinking(llm.LLMStream):
    async def _run(self):
        acme = self._llm
        body = {"prompt": " ".join(m.text_content or "" for m in self._chat_ctx.items)}
        async with acme.post("/v1/chat", self._conn_options, json=body) as response:
            async for line in response.content:
                self._read(json.loads(line))

    def _read(self, line):
        if "text" in line:
            delta = llm.ChoiceDelta(role="assistant", content=line["text"])
            self._event_ch.send_nowait(llm.ChatChunk(id="request-1", delta=delta))
        if "usage" in line:
            usage = llm.CompletionUsage(**line["usage"], total_tokens=0)
            self._event_ch.send_nowait(llm.ChatChunk(id="request-1", usage=usage))
