"""llama.cpp with a model."""

import asyncio
import os
import time
from pathlib import Path

import pytest
from livekit.agents import APIStatusError, function_tool, llm

pytestmark = pytest.mark.models

STORY = "Tell me a very long story about the history of Paris and its people."
TOOLS_TEMPLATE = (
    "{% if tools %}<|im_start|>system\nTools: {{ tools | tojson }}<|im_end|>\n{% endif %}"
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


@function_tool
async def get_weather(city: str) -> str:
    """The weather in a city."""
    return "sunny"


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_what_it_is(make):
    model = make()
    assert isinstance(model, llm.LLM)
    assert (model.model, model.provider) == ("smollm2-135m-instruct", "llamacpp")


@pytest.mark.parametrize("in_process", [False, True])
async def test_it_answers_and_counts(make, in_process, ask):
    model = make(in_process=in_process)
    measured = []
    model.on("metrics_collected", measured.append)
    answer = await ask(model, "What is the capital of France?").collect()
    assert "Paris" in answer.text
    usage = answer.usage
    assert usage.prompt_tokens == 30
    assert usage.prompt_cached_tokens == 0
    assert 1 < usage.completion_tokens < 60
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens
    again = (await ask(model, "What is the capital of France?").collect()).usage
    assert again.prompt_cached_tokens == usage.prompt_tokens - 1
    assert (again.prompt_tokens, again.completion_tokens) == (
        usage.prompt_tokens,
        usage.completion_tokens,
    )
    await asyncio.sleep(0)
    assert measured[0].prompt_tokens == usage.prompt_tokens
    assert measured[0].metadata.model_provider == "llamacpp"


async def test_a_turn_that_is_cut_off_is_counted_and_stops(make, ask, watch):
    model = make(max_tokens=4000, threads=1)
    engine = await model.engine()
    whole = (await ask(model, STORY, extra_kwargs={"max_tokens": 1}).collect()).usage
    cut = ask(model, STORY)
    sent = watch(cut)
    words = 0
    async for chunk in cut:
        words += bool(chunk.delta and chunk.delta.content)
        if words == 10:
            break
    started = time.monotonic()
    await cut.aclose()
    assert time.monotonic() - started < 5
    usage = sent[-1].usage
    assert usage.prompt_tokens == whole.prompt_tokens
    heard = sum(1 for chunk in sent if chunk.delta)
    assert heard <= usage.completion_tokens <= heard + 3  # what came while it was stopping
    used = cpu_seconds(engine.pid)
    await asyncio.sleep(1.0)
    assert cpu_seconds(engine.pid) - used < 0.5  # it no longer computes
    assert "Paris" in (await ask(model, "What is the capital of France?").collect()).text


async def test_a_turn_that_is_cut_off_while_the_prompt_is_read(make, ask, watch):
    model = make(n_ctx=2048, n_batch=64, threads=1)
    long = "word " * 1500
    await model.engine()
    stream = ask(model, long)
    sent = watch(stream)
    await asyncio.sleep(0.3)
    await stream.aclose()
    usage = sent[-1].usage
    assert 1500 < usage.prompt_tokens < 1600
    assert usage.completion_tokens == 0
    assert "Paris" in (await ask(model, "What is the capital of France?").collect()).text


async def test_the_loop_goes_on(make, ticking, ask):
    model = make(max_tokens=30)
    async with ticking() as clock:
        model.prewarm()
        await model.engine()
    assert clock.longest_gap < 0.3  # though the engine holds its interpreter's lock as it loads
    async with ticking() as clock:
        await ask(model, STORY).collect()
    assert clock.ticks > 5
    assert clock.longest_gap < 0.5


async def test_several_at_once(make, ask):
    model = make(parallel=2, max_tokens=20)
    answers = await asyncio.gather(*(ask(model, STORY).collect() for _ in range(4)))
    assert all(answer.usage.completion_tokens == 20 for answer in answers)


async def test_a_seed_repeats_itself(make, ask):
    model = make(temperature=1.5, seed=42, max_tokens=20)
    first, second = [(await ask(model, STORY).collect()).text for _ in range(2)]
    assert first == second


async def test_a_stop_text(make, ask):
    model = make(stop=["capital"])
    answer = await ask(model, "What is the capital of France?").collect()
    assert "capital" not in answer.text


async def test_a_conversation_that_is_too_long(make, ask):
    model = make(n_ctx=256)
    with pytest.raises(APIStatusError, match="the model takes 256: shorten it") as caught:
        await ask(model, "pomegranate " * 500).collect()
    assert (caught.value.status_code, caught.value.retryable) == (400, False)
    assert "pomegranate" not in str(caught.value)


async def test_an_image(make, ask):
    model = make()
    image = llm.ImageContent(image="data:image/png;base64,AAAA")
    with pytest.raises(APIStatusError, match="takes no images"):
        await ask(model, image, "What is this?").collect()


async def test_tools_need_a_template_with_a_place_for_them(make, ask):
    model = make()
    with pytest.raises(APIStatusError, match="was not trained to call tools"):
        await ask(model, "What is the weather in Paris?", tools=[get_weather]).collect()
    plain = (await ask(model, "What is the weather in Paris?").collect()).usage
    await model.aclose()
    model = make(chat_template=TOOLS_TEMPLATE)
    answer = await ask(model, "What is the weather in Paris?", tools=[get_weather]).collect()
    assert answer.usage.prompt_tokens > plain.prompt_tokens + 20  # the tool is in the prompt


async def test_thinking_reaches_the_template(make, ask):
    template = (
        "{% if enable_thinking is defined and enable_thinking %}Think first, and then answer."
        "{% endif %}{% for message in messages %}{{ message.content }}\n{% endfor %}"
    )
    counted = []
    for thinking in (False, True):
        model = make(chat_template=template, thinking=thinking, max_tokens=1)
        counted.append((await ask(model, "Hi").collect()).usage.prompt_tokens)
    assert counted[1] > counted[0] + 4
