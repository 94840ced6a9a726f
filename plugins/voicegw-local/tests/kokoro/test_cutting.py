"""Where a turn is cut into pieces: the first one short, then longer, then sentences."""

import random

import pytest

from voicegw_local.kokoro.pieces import PieceStream, pieces_of

ANSWER = (
    "Well, that is a good question, and I am glad that you asked it. Mr. Smith told us that the "
    "capital of France is Paris, which lies on the river Seine. It has two million people! "
    '"Is it old?" you may ask. Yes, very.'
)
LONG = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen"


def pieces(text, first_words=8):
    return [piece.strip() for piece in pieces_of(text, first_words)]


def test_a_turn():
    assert pieces(ANSWER) == [
        "Well, that is a good question,",
        "and I am glad that you asked it.",
        "Mr. Smith told us that the capital of France is Paris, which lies on the river Seine.",
        "It has two million people!",
        '"Is it old?" you may ask.',
        "Yes, very.",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Paris.", ["Paris."]),
        ("Hello, how are you?", ["Hello, how are you?"]),
        # No mark: behind the eighth word, but not for a tail of three.
        (LONG, [LONG[:39], LONG[40:]]),
        ("one two three four five six seven eight nine ten eleven", None),
        # A mark in the first half is better than none.
        (
            "I do. The next sentence is long and has no comma at all.",
            ["I do.", "The next sentence is long and has no comma at all."],
        ),
        ("So we went to see Mr. Smith there today now", None),
        ("He said “we go to Paris,” and then he left us all.", ["He said “we go to Paris,”", ...]),
        ("It costs 3.50 in all, they say, or more.", ["It costs 3.50 in all,", ...]),
        ("...", ["..."]),
        ("", []),
    ],
)
def test_the_first_piece(text, expected):
    found = pieces(text)
    if expected is None:
        expected = [text]
    if expected[-1:] == [...]:
        expected[-1:] = found[1:]
    assert found == expected


def test_the_second_piece_is_at_most_twice_as_long():
    lengths = [len(piece.split()) for piece in pieces("word " * 100)]
    assert lengths[:3] == [8, 16, 32]
    assert max(lengths) == 32
    assert sum(lengths) == 100


def test_it_can_be_left_out():
    assert pieces(LONG, 0) == [LONG]
    assert pieces(ANSWER, 0)[0].startswith("Well, that is a good question, and I am glad")


def test_how_short_can_be_chosen():
    assert pieces("Yes, I can help you with that, gladly.", 2)[0] == "Yes,"


@pytest.mark.parametrize("seed", range(20))
async def test_text_as_it_is_written_gives_the_same_pieces_and_loses_nothing(seed):
    chance, stream, rest = random.Random(seed), PieceStream(8), ANSWER
    while rest:
        size = chance.randint(1, 12)
        stream.push_text(rest[:size])
        rest = rest[size:]
    stream.end_input()
    found = [piece.token async for piece in stream]
    assert "".join(found) == ANSWER
    assert [piece.strip() for piece in found] == pieces(ANSWER)


async def test_the_first_piece_does_not_wait_for_the_sentence():
    stream = PieceStream(8)
    stream.push_text("Well, that is a good question, and")
    assert (await anext(stream)).token == "Well, that is a good question, "
    await stream.aclose()


async def test_a_flush_says_that_the_text_is_complete():
    stream = PieceStream(8)
    stream.push_text("One moment")
    stream.flush()
    assert (await anext(stream)).token == "One moment"
    await stream.aclose()
    with pytest.raises(RuntimeError, match="closed"):
        stream.push_text("more")
