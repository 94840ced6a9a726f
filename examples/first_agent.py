"""A LiveKit agent on local models, metered. Run it with: python first_agent.py console

Needs: pip install "voicegw-local[all]" && voicegw models fetch --stack local
"""

from __future__ import annotations

from livekit.agents import Agent, AgentSession, JobContext, WorkerOptions, cli

import voicegateway
from voicegateway import inference

voicegateway.preload()  # LiveKit's plugins have to be imported on the main thread


async def entrypoint(context: JobContext) -> None:
    inference.set_project("first-agent")
    session: AgentSession[None] = AgentSession(
        stt=inference.STT("whisper/tiny.en"),
        llm=inference.LLM("llamacpp/smollm2-135m-instruct"),
        tts=inference.TTS("piper/en_US-joe-medium"),
    )
    await session.start(Agent(instructions="Answer in one short sentence."), room=context.room)


if __name__ == "__main__":
    cli.run_app(WorkerOptions(entrypoint_fnc=entrypoint))
