"""Products and accounts: one card of a code, however many invoices need it at once."""

import asyncio
from contextlib import suppress
from typing import Any

from app.domain.errors import FieldError
from providers.base import Absent, NotSent, Refused, Unclear, Unknown
from providers.cards import DOUBT_SECONDS, FRESH_SECONDS, Cards
from tests.harness.simulated_time import simulate

REFUSED = Refused(errors=(FieldError(path="$", code="REFUSED", message="no such product"),))


class Catalogue:
    """The cards there, in simulated time. `lost`: after how long a card appears whose answer is lost, or None."""

    def __init__(self, *, most: int = 100, may_create: bool = True) -> None:
        self.made: list[str] = []
        self.log: list[str] = []
        self.lost: list[float | None] = []
        self.answer: Any = None
        create = self.create if may_create else None
        self.cards = Cards(self.find, create, most=most, monotonic=lambda: asyncio.get_running_loop().time())

    async def find(self, code: str, _seconds: float) -> str | Absent | Unclear:
        self.log.append(f"find {code}")
        await asyncio.sleep(0.1)
        return self.answer or (f"id-{code}" if code in self.made else Absent())

    async def create(self, code: str, _seconds: float) -> str | NotSent | Refused | Unknown:
        self.log.append(f"create {code}")
        await asyncio.sleep(0.1)
        late = self.lost.pop(0) if self.lost else None
        if late is None:
            self.made.append(code)
            return f"id-{code}"
        asyncio.get_running_loop().call_later(late, self.made.append, code)
        return Unknown(why="connection reset")

    async def of(self, code: str) -> str | NotSent | Refused:
        return await self.cards.of(code, code, 20.0)


def test_fifty_invoices_that_need_a_new_product_at_once_make_one() -> None:
    async def story() -> list[Any]:
        return await asyncio.gather(*(catalogue.of("SKU-1") for _ in range(50)))

    catalogue = Catalogue()
    assert set(simulate(story())) == {"id-SKU-1"}
    assert catalogue.log == ["find SKU-1", "create SKU-1"]


def test_an_invoice_with_a_thousand_new_products_has_all_of_them_after_some_attempts() -> None:
    """Each attempt has time for some, and the pauses between them are minutes long."""

    async def story() -> None:
        for _ in range(60):
            with suppress(TimeoutError):
                async with asyncio.timeout(5.0):
                    names = [await catalogue.of(f"SKU-{number}") for number in range(1000)]
                    assert names == [f"id-SKU-{number}" for number in range(1000)]
                    return
            await asyncio.sleep(300.0)
        raise AssertionError(len(catalogue.made))

    catalogue = Catalogue(most=1000)
    simulate(story())
    assert len(catalogue.made) == 1000


def test_two_codes_do_not_wait_for_each_other() -> None:
    async def story() -> float:
        await asyncio.gather(catalogue.of("SKU-1"), catalogue.of("SKU-2"))
        return asyncio.get_running_loop().time()

    catalogue = Catalogue()
    assert simulate(story()) < 0.3


def test_a_card_whose_answer_was_lost_is_found_and_not_made_again_while_it_may_appear() -> None:
    async def story() -> None:
        assert isinstance(await catalogue.of("SKU-1"), NotSent)
        await asyncio.sleep(5)
        waits = await catalogue.of("SKU-1")
        assert isinstance(waits, NotSent)
        assert waits.retry_after is not None
        assert waits.retry_after > DOUBT_SECONDS / 2
        await asyncio.sleep(waits.retry_after)
        assert await catalogue.of("SKU-1") == "id-SKU-1"

    catalogue = Catalogue()
    catalogue.lost = [30.0]
    simulate(story())
    assert catalogue.made == ["SKU-1"]


def test_a_card_that_never_appeared_is_made_after_the_doubt() -> None:
    async def story() -> str | NotSent | Refused:
        await catalogue.of("SKU-1")
        await asyncio.sleep(20 + DOUBT_SECONDS)
        return await catalogue.of("SKU-1")

    catalogue = Catalogue()
    catalogue.lost = [1e6]
    assert simulate(story()) == "id-SKU-1"


def test_a_call_that_was_cancelled_may_have_made_it() -> None:
    async def story() -> str | NotSent | Refused:
        with suppress(TimeoutError):
            async with asyncio.timeout(0.15):
                await catalogue.of("SKU-1")
        return await catalogue.of("SKU-1")

    catalogue = Catalogue()
    assert isinstance(simulate(story()), NotSent)


def test_where_the_owner_makes_the_cards_a_missing_one_is_refused() -> None:
    refused = simulate(Catalogue(may_create=False).of("SKU-1"))
    assert isinstance(refused, Refused)
    assert [error.code for error in refused.errors] == ["NO_CARD"]


def test_a_question_without_an_answer_makes_nothing() -> None:
    catalogue = Catalogue()
    catalogue.answer = Unclear(why="gateway timeout", needs_owner=True)
    assert simulate(catalogue.of("SKU-1")) == NotSent(why="gateway timeout", needs_owner=True)
    assert catalogue.made == []


def test_a_refusal_that_names_a_remembered_card_may_be_about_it_once() -> None:
    """A person has deleted a card that was found hours ago: the invoice is made with what is found then."""

    async def story() -> list[Any]:
        said = []
        for pause in (0.0, 3600.0, 3600.0):
            await catalogue.of("SKU-1")
            await asyncio.sleep(pause)
            said.append(catalogue.cards.refused_with(["SKU-1"], REFUSED))
        return said

    catalogue = Catalogue()
    fresh, remembered, again = simulate(story())
    assert fresh == REFUSED
    assert remembered == NotSent(why="it was refused, and its cards are asked for anew: no such product")
    assert again == REFUSED
    assert catalogue.log.count("find SKU-1") == 3


def test_what_is_known_is_asked_for_again_after_a_day_a_refusal_or_too_many_others() -> None:
    async def story() -> None:
        for code in ("1", "2", "3", "1"):  # two are remembered
            await catalogue.of(code)
        catalogue.cards.refused_with(["1"], REFUSED)
        await catalogue.of("1")
        await asyncio.sleep(FRESH_SECONDS)
        await catalogue.of("1")

    catalogue = Catalogue(most=2)
    simulate(story())
    assert catalogue.log.count("find 1") == 4
    assert catalogue.made == ["1", "2", "3"]
