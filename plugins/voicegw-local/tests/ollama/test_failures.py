"""Every way in which Ollama fails, as the errors LiveKit knows: what can be tried again is, and no
error repeats the conversation."""

import socket

import pytest
from livekit.agents import (
    APIConnectionError,
    APIConnectOptions,
    APIStatusError,
    APITimeoutError,
    llm,
)

from voicegateway.testing import drain, prompt, retries

SECRET = "my card number is 4111"


async def fail(model, count=0, **more):
    with pytest.raises((APIConnectionError, APIStatusError)) as caught:
        await drain(model.chat(chat_ctx=prompt(SECRET), conn_options=retries(count), **more))
    error = caught.value
    assert SECRET not in f"{error}{error!r}{error.__cause__}{error.__context__}"
    return error


@pytest.mark.parametrize(
    ("status", "error", "said", "retryable"),
    [
        (404, 'model "nope" not found, try pulling it first', "ollama pull qwen2.5:3b", False),
        (404, "model 'nope' not found", "ollama pull qwen2.5:3b", False),
        (404, "404 page not found", "HTTP 404", False),
        (400, "registry.ollama.ai/library/x:latest does not support tools", "cannot call", False),
        (400, '"x" does not support thinking', "leave the option think out", False),
        (400, '"x" does not support chat', "not one to talk to", False),
        (400, f"invalid message: {SECRET}", "HTTP 400", False),
        (
            500,
            "llama runner process has terminated: exit status 2",
            r"ended \(exit status 2\)",
            True,
        ),
        (500, f"llama runner process has terminated: {SECRET}", "has ended: its log", True),
        (
            500,
            "model requires more system memory (5.6 GiB) than is available (2.1 GiB)",
            "needs 5.6 GiB of memory and 2.1 GiB are free",
            False,
        ),
        (
            503,
            "server busy, please try again.  maximum pending requests exceeded",
            "MAX_QUEUE",
            True,
        ),
        (500, f"error parsing tool call: raw='{SECRET}'", "HTTP 500", True),
        (502, "", "HTTP 502", True),
    ],
)
async def test_a_refusal(make, server, status, error, said, retryable):
    server.status, server.error = status, error
    caught = await fail(make())
    assert isinstance(caught, APIStatusError)
    assert (caught.status_code, caught.retryable) == (status, retryable)
    with pytest.raises(AssertionError, match=said):
        raise AssertionError(caught.message)
    assert len(server.chats) == 1


async def test_what_will_not_change_is_not_tried_again(make, server):
    server.status, server.error = 404, 'model "nope" not found, try pulling it first'
    await fail(make(), count=3)
    assert len(server.chats) == 1


async def test_what_may_change_is(make, server):
    server.status, server.failures = 503, 2
    server.error = "server busy, please try again.  maximum pending requests exceeded"
    assert await drain(make().chat(chat_ctx=prompt(), conn_options=retries(3))) == 3
    assert len(server.chats) == 3


async def test_an_error_in_the_middle_of_an_answer(make, server, said):
    crashed = {"error": "llama runner process has terminated: signal: killed"}
    server.answer = [said.line("Hello"), crashed]
    caught = await fail(make(), count=2)
    assert isinstance(caught, APIStatusError)
    assert "ended (signal: killed)" in caught.message
    assert not caught.retryable  # something was said already
    assert len(server.chats) == 1


async def test_an_error_before_the_first_word_is_tried_again(make, server, said):
    server.answer = [{"error": "an error was encountered while running the model"}]
    caught = await fail(make(), count=1)
    assert isinstance(caught.__cause__, APIStatusError)
    assert caught.__cause__.retryable
    assert len(server.chats) == 2


@pytest.mark.parametrize(
    "raw", [b"<html>proxy</html>\n", b'["no object"]\n', b'{"message": {"cont\n', b"\xff\xfe\n"]
)
async def test_a_line_that_is_no_answer(make, server, raw):
    server.answer = [raw]
    caught = await fail(make())
    assert "no JSON line" in caught.message
    assert caught.retryable


async def test_a_line_without_an_end(make, server):
    server.answer = [b"x" * (3 << 20)]
    assert "no JSON line" in (await fail(make())).message


async def test_an_answer_without_its_last_line(make, server, said):
    server.answer = [said.line("Hello")]
    caught = await fail(make())
    assert "broke off" in caught.message
    assert not caught.retryable


async def test_a_connection_that_breaks(make, server, said):
    server.answer, server.cut = [said.line("Hello"), 0.05], True
    caught = await fail(make())
    assert isinstance(caught, APIConnectionError)
    assert "broke off" in caught.message


async def test_silence(make, server, said):
    server.answer = [said.line("Hello"), 5.0, said.done()]
    options = APIConnectOptions(max_retry=0, timeout=0.2)
    with pytest.raises(APITimeoutError, match=r"said nothing for 0\.2 seconds") as caught:
        await drain(make().chat(chat_ctx=prompt(), conn_options=options))
    assert not caught.value.retryable


async def test_after_silence_the_model_is_loaded_again(make, server, said):
    server.answer = [5.0]
    model, options = make(), APIConnectOptions(max_retry=0, timeout=0.1)
    with pytest.raises(APITimeoutError):
        await drain(model.chat(chat_ctx=prompt(), conn_options=options))
    server.answer = [said.line("Hello"), said.done()]
    await drain(model.chat(chat_ctx=prompt()))
    assert len(server.loads) == 2


async def test_nobody_there(make):
    with socket.socket() as held:  # bound and not listening: a port that refuses
        held.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{held.getsockname()[1]}"
        caught = await fail(make(base_url=f"http://user:pass@{address[7:]}"))
    assert f"No Ollama answers at {address} (" in caught.message
    assert "ollama serve" in caught.message
    assert caught.retryable


async def test_a_server_that_comes_up_late(make, server):
    server.load_error = (503, "server busy, please try again.")
    model = make()
    await fail(model)
    server.load_error = None
    assert await drain(model.chat(chat_ctx=prompt())) == 3


async def test_a_model_that_does_not_load_in_time(make, server):
    server.load_seconds = 5
    caught = await fail(make(load_timeout=1), count=3)
    assert isinstance(caught, APITimeoutError)
    assert "did not load the model 'qwen2.5:3b' within 1 seconds" in caught.message
    assert len(server.loads) == 1


async def test_a_model_that_is_not_there_is_said_at_start_up(make, server, caplog):
    server.load_error = (404, 'model "qwen2.5:3b" not found, try pulling it first')
    model = make()
    model.prewarm()
    await model._prewarm_task
    assert "cannot be used yet: Ollama has no model 'qwen2.5:3b': run `ollama pull" in caplog.text


async def test_an_image_that_is_an_address(make, server):
    context = llm.ChatContext.empty()
    context.add_message(role="user", content=[llm.ImageContent(image="https://example.com/a.png")])
    with pytest.raises(APIStatusError, match="fetches no images"):
        await drain(make().chat(chat_ctx=context, conn_options=retries(2)))
    assert server.chats == []
