"""Local language models to ask, closed when the test has ended."""

import pytest
from livekit.agents import APIConnectOptions, llm

from voicegw_local.llamacpp.factory import make_llm

ONCE = APIConnectOptions(max_retry=0, timeout=60.0)


@pytest.fixture
def make(models, settings, closing):
    def llama(**options):
        chosen = {"temperature": 0, "max_tokens": 60, **options}
        return closing(make_llm("smollm2-135m-instruct", settings("llamacpp"), chosen))

    return llama


@pytest.fixture
def gguf(models):
    return str(next(models["llamacpp"].glob("*.gguf")))


@pytest.fixture
def ask():
    """`ask(model, "Hi")`: the stream of its answer."""

    def chat(model, *content, **how):
        context = llm.ChatContext.empty()
        context.add_message(role="system", content="You are a helpful assistant. Answer briefly.")
        context.add_message(role="user", content=list(content))
        return model.chat(chat_ctx=context, conn_options=ONCE, **how)

    return chat


@pytest.fixture
def watch():
    """`watch(stream)`: everything that is sent on it, whoever reads it."""

    def tap(stream):
        sent, send = [], stream._event_ch.send_nowait

        def tapped(chunk):
            sent.append(chunk)
            send(chunk)

        stream._event_ch.send_nowait = tapped
        return sent

    return tap
