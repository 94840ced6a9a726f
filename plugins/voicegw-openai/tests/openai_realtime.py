"""Realtime transcription. Like the real cloud this one never hangs up by itself."""

import asyncio
import base64

from openai_speech import RATE, TRANSCRIPT, transcription_usage

from voicegateway.testing import Fault

QUIET_SECONDS = 0.15
"""After which speech is over."""
ASKED = "conversation.item.input_audio_transcription"


class RealtimeRoutes:
    commits = True
    """Whether the audio is taken for speech."""
    tells_speech = True
    """Whether the server finds the beginning and end of speech."""

    _news: asyncio.Event | None = None

    async def told(self, count):
        """Until clients have said so many things."""
        while len(self.messages) < count:
            self._news = asyncio.Event()
            await self._news.wait()

    async def realtime(self, request):
        socket = await self.websocket(request)
        await socket.send_json({"type": "session.created", "event_id": "e1", "session": {}})
        heard, item, model = 0, 0, ""
        while True:
            try:
                wait = QUIET_SECONDS if heard and self.commits else None
                message = await asyncio.wait_for(socket.receive_json(), wait)
            except TimeoutError:
                item += 1
                await self._transcribe(socket, f"item_{item}", model, heard / RATE)
                heard = 0
                continue
            except TypeError:  # the client has closed
                return socket
            self.messages.append(message)
            if self._news is not None:
                self._news.set()
            if message["type"] == "session.update":
                model = message["session"]["audio"]["input"]["transcription"]["model"]
                await socket.send_json({"type": "session.updated", "event_id": "e2"})
            elif message["type"] == "input_audio_buffer.append":
                heard += len(base64.b64decode(message["audio"])) // 2
                if self.fails(Fault.CLOSE_MID_STREAM):
                    await self.drop(request)
                    return socket

    async def _transcribe(self, socket, item, model, seconds):
        for event in self._item(item, model, seconds):
            await socket.send_json({"event_id": f"event_{item}", "item_id": item, **event})

    def _item(self, item, model, seconds):
        if self.tells_speech:
            yield {"type": "input_audio_buffer.speech_started", "audio_start_ms": 0}
            yield {
                "type": "input_audio_buffer.speech_stopped",
                "audio_end_ms": round(seconds * 1000),
            }
        yield {"type": "input_audio_buffer.committed", "previous_item_id": None}
        yield {"type": f"{ASKED}.delta", "content_index": 0, "delta": TRANSCRIPT[:9]}
        done = {"type": f"{ASKED}.completed", "content_index": 0, "transcript": TRANSCRIPT}
        if not self.fails(Fault.NO_USAGE):
            done["usage"] = transcription_usage(model, seconds)
        yield from [done] * (2 if self.fails(Fault.USAGE_TWICE) else 1)
