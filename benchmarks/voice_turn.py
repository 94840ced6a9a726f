"""End of speech to first audio on the local stack, metered and not, turn by turn in one run.

voicegw models fetch --stack local
python benchmarks/voice_turn.py [rounds]
"""

from __future__ import annotations

import asyncio
import logging
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from livekit.agents import Agent, AgentSession, TurnHandlingOptions
from livekit.agents.inference import VAD

from voicegateway import inference
from voicegateway.demo.audio import Loudspeaker, Microphone

QUESTION = "What is the capital of France?"
TOLERANCE = 0.05


def stack(*, metered: bool):
    Path("voicegw.yaml").write_text(f"cost_tracking: {{enabled: {str(metered).lower()}}}\n")
    inference.reset_gateway()
    return inference.stack("local")


async def turn(models, speech) -> float:
    """Seconds from the end of the question to the first sound of the answer."""
    microphone, loudspeaker = Microphone(), Loudspeaker()
    session = AgentSession(
        stt=models.stt,
        llm=models.llm,
        tts=models.tts,
        vad=VAD(model="silero"),
        turn_handling=TurnHandlingOptions(
            turn_detection=None,
            endpointing={"min_delay": 0.3, "max_delay": 2.0},
            interruption={"enabled": False},
        ),
        aec_warmup_duration=None,
    )
    session.input.audio, session.output.audio = microphone, loudspeaker
    await session.start(Agent(instructions="Answer in one short sentence."))
    microphone.open()
    await microphone.say(speech)
    ended = time.perf_counter()
    await loudspeaker.started.wait()
    spent = time.perf_counter() - ended
    await session.aclose()
    await microphone.close()
    return spent


async def main(rounds: int) -> int:
    logging.disable(logging.CRITICAL)
    sides = {"unmetered": stack(metered=False), "metered": stack(metered=True)}
    for models in sides.values():
        models.stt.prewarm()
        models.tts.prewarm()
    speech = await sides["unmetered"].tts.synthesize(QUESTION).collect()
    times: dict[str, list[float]] = {side: [] for side in sides}
    for number in range(rounds + 1):
        order = list(sides) if number % 2 else list(sides)[::-1]
        for side in order:
            spent = await turn(sides[side], speech)
            if number:  # the first round warms up
                times[side].append(spent * 1e3)
    for models in sides.values():
        for model in models:
            await model.aclose()
    medians = {side: statistics.median(taken) for side, taken in times.items()}
    ratio = medians["metered"] / medians["unmetered"]
    for side, taken in times.items():
        print(f"{side:10} median {medians[side]:6.0f} ms, {min(taken):.0f} to {max(taken):.0f} ms")
    print(f"ratio {ratio:.3f}, limit {1 + TOLERANCE:g}")
    return 0 if ratio <= 1 + TOLERANCE else 1


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ["VOICEGW_DB_PATH"] = str(Path(folder) / "ledger.db")
        os.chdir(folder)
        code = asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 15))
        os.chdir("/")
    sys.exit(code)
