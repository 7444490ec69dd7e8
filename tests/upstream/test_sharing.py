"""One question for many askers, and answers kept for a while."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from relay.errors import UpstreamError
from relay.upstream.cache import Cache
from relay.upstream.flights import MAX_FLIGHTS, Flights


class Question:
    """Is asked, and answers when it is told to."""

    def __init__(self) -> None:
        self.times = 0
        self.answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def ask(self) -> str:
        self.times += 1
        return await asyncio.shield(self.answer)


@pytest.fixture
async def flights() -> AsyncIterator[Flights]:
    made = Flights()
    yield made
    await made.close()


async def turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_two_hundred_ask_once(flights: Flights) -> None:
    question = Question()
    asking = [asyncio.create_task(flights.join("a", question.ask)) for _ in range(200)]
    await turns()
    question.answer.set_result("x")
    assert await asyncio.gather(*asking) == ["x"] * 200
    assert question.times == 1
    # Afterwards it is asked anew.
    assert await flights.join("a", question.ask) == "x"
    assert question.times == 2


async def test_each_gets_an_error_of_its_own(flights: Flights) -> None:
    question = Question()
    asking = [flights.join("a", question.ask) for _ in range(3)]
    gathering = asyncio.gather(*asking, return_exceptions=True)
    await turns()
    question.answer.set_exception(
        UpstreamError("busy", "no", upstream_code=3, upstream_text="话", retry_after_s=2.0)
    )
    errors = await gathering
    assert len({id(error) for error in errors}) == 3
    for error in errors:
        assert isinstance(error, UpstreamError)
        assert (error.cause, error.upstream_code, error.upstream_text, error.retry_after_s) == (
            ("busy", 3, "话", 2.0)
        )


async def test_who_goes_away_stops_nobody_else(flights: Flights) -> None:
    question = Question()
    first = asyncio.create_task(flights.join("a", question.ask))
    second = asyncio.create_task(flights.join("a", question.ask))
    await turns()
    first.cancel()
    await asyncio.wait([first])
    assert first.cancelled()
    question.answer.set_result("x")
    assert await second == "x"
    assert question.times == 1


async def test_a_question_that_nobody_waits_for_any_more_is_answered(flights: Flights) -> None:
    question = Question()
    answered = asyncio.Event()

    async def ask() -> str:
        await question.ask()
        answered.set()
        return ""

    only = asyncio.create_task(flights.join("a", ask))
    await turns()
    only.cancel()
    question.answer.set_result("x")
    async with asyncio.timeout(10):
        await answered.wait()


async def test_questions_under_way_are_bounded(flights: Flights) -> None:
    question = Question()
    asking = [
        asyncio.create_task(flights.join(number, question.ask)) for number in range(MAX_FLIGHTS)
    ]
    await turns()
    with pytest.raises(UpstreamError) as refusal:
        await flights.join("one more", question.ask)
    assert (refusal.value.cause, refusal.value.retry_after_s) == ("busy", 1.0)
    question.answer.set_result("x")
    assert await asyncio.gather(*asking) == ["x"] * MAX_FLIGHTS


async def test_the_end_cancels_all() -> None:
    flights, question = Flights(), Question()
    asking = asyncio.create_task(flights.join("a", question.ask))
    await turns()
    await flights.close()
    for waiting in (asking, flights.join("b", question.ask)):
        with pytest.raises(UpstreamError) as refusal:
            await waiting
        assert refusal.value.cause == "stopping"
    assert question.times == 1


# Kept answers


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_an_answer_is_kept_for_its_lifetime() -> None:
    clock = Clock()
    cache: Cache[str] = Cache(5.0, max_entries=10, max_bytes=1000, clock=clock)
    cache.put("a", "x", 1)
    clock.now += 4.9
    assert cache.get("a") == "x"
    assert cache.get("a", younger_than_s=4.5) is None
    # Being asked for does not make it younger; being answered anew does.
    clock.now += 0.1
    assert cache.get("a") is None
    assert len(cache) == 0
    cache.put("a", "x", 1)
    clock.now += 3
    cache.put("a", "y", 1)
    clock.now += 3
    assert cache.get("a") == "y"


def test_no_more_is_kept_than_the_bounds_allow() -> None:
    cache: Cache[int] = Cache(5.0, max_entries=3, max_bytes=100, clock=Clock())
    for number in range(10):
        cache.put(number, number, 10)
    assert [key for key in range(10) if cache.get(key) is not None] == [7, 8, 9]
    cache.put("large", 1, 85)
    assert [key for key in range(10) if cache.get(key) is not None] == [9]
    assert cache.get("large") == 1
    cache.put("too large", 1, 101)
    assert len(cache) == 0
    cache.put("small", 1, 100)
    assert cache.get("small") == 1
