"""In an AgentSession: a tool is called, and its result goes into the next turn."""

from livekit.agents import Agent, AgentSession, TurnHandlingOptions, function_tool


class Forecaster(Agent):
    def __init__(self):
        super().__init__(instructions="You know the weather.")
        self.asked = []

    @function_tool
    async def weather(self, city: str) -> str:
        """Look up the weather."""
        self.asked.append(city)
        return "sunny"


async def test_a_tool_in_a_session(make, server, said):
    call = {"function": {"name": "weather", "arguments": {"city": "Paris"}}}
    server.before = [[said.line(tool_calls=[call]), said.done(50, 9)]]
    server.answer = [said.line("It is "), said.line("sunny."), said.done(70, 5)]
    session = AgentSession(
        llm=make(), vad=None, turn_handling=TurnHandlingOptions(turn_detection="manual")
    )
    agent = Forecaster()
    await session.start(agent)
    result = await session.run(user_input="How is the weather in Paris?")
    await session.aclose()
    assert agent.asked == ["Paris"]
    result.expect.contains_function_call(name="weather", arguments={"city": "Paris"})
    assert result.events[-1].item.text_content == "It is sunny."
    first, second = server.chats
    assert [tool["function"]["name"] for tool in first["tools"]] == ["weather"]
    system, user, called, answered = second["messages"]
    assert (system["role"], user["role"]) == ("system", "user")
    assert called["tool_calls"][0]["function"]["arguments"] == {"city": "Paris"}
    assert (answered["role"], answered["tool_name"], answered["content"]) == (
        "tool",
        "weather",
        "sunny",
    )
    assert len(server.loads) == 1  # by the session's prewarm
