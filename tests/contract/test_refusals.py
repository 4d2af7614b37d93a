"""A document that a provider's own validation refuses, though ours has let it through: refused, and nothing is made."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from providers.base import Absent, Done, Refused, Step, StepInput
from providers.registry import PROVIDERS
from tests.contract.bench import SECONDS, Bench, find

# 120 lira or 12000 kuruş: the total that follows from the lines.
TOTAL: Final = r"\b120(?=(?:\.0+|00)?\b)"


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """What a request has instead of each `right`, and what the provider's answer says to it.

    `step`: the call that is refused; None for the last one, which makes the legal document.
    """

    says: str
    right: str = TOTAL
    instead: str = "121"
    step: Step | None = None


# Books that add the lines up themselves, or not at all, compare no total: something else is wrong there.
REFUSED: Final[Mapping[str, Wrong]] = {
    "bizimhesap": Wrong(right='"currency":"[A-Z]+"', instead='"currency":"XTS"', says="Geçersiz para birimi."),
    "dia": Wrong(right='"adi":"TL"', instead='"adi":"TRY"', says="_key_sis_doviz bulunamadı.", step=Step.INVOICE),
    "gib-earsiv": Wrong(says="Form parametrelerinde sorun var"),
    "hepsiburada-efaturam": Wrong(says="Vergiler dahil tutar hatalı"),
    "kolaybi": Wrong(
        right='"vat_rate":20', instead='"vat_rate":17', says="items.vat_rate geçersiz.", step=Step.INVOICE
    ),
    "nilvera": Wrong(says="The lines come to 120.00, not 121.00"),
    "parasut": Wrong(
        right='"currency":"TRL"',
        instead='"currency":"XTS"',
        says="currency kabul edilen bir kelime değil",
        step=Step.INVOICE,
    ),
    "qnb-esolutions": Wrong(says="100.00 and taxes of 20.00 do not come to 121.00"),
    "sovos": Wrong(says="100.00 and taxes of 20.00 do not come to 121.00"),
    "testbook": Wrong(says="the lines come to 120.00"),
    "trendyol-efaturam": Wrong(says="does not follow from the lines"),
}


async def asked(bench: Bench) -> tuple[StepInput, StepInput]:
    """The call that the provider refuses: as it is right, and as it is wrong."""
    what, prepared = REFUSED[bench.case.name], bench.prepared()
    step = what.step or bench.adapter.capabilities.steps[-1]
    known = await bench.known(prepared) if step is Step.INVOICE else frozenset()
    right = StepInput(step, prepared, await bench.up_to(step, prepared), known)
    changed = re.sub(what.right, what.instead, prepared.request)
    assert changed != prepared.request
    return right, replace(right, prepared=replace(prepared, request=changed))


async def test_what_the_provider_refuses_is_refused_in_its_words_and_nothing_is_made(bench: Bench) -> None:
    right, wrong = await asked(bench)
    outcome = await bench.adapter.create(wrong, SECONDS)
    assert isinstance(outcome, Refused)
    assert REFUSED[bench.case.name].says in " ".join(error.message for error in outcome.errors)
    assert outcome.instead is None
    assert not bench.can_be_asked or await find(bench.adapter, right, SECONDS) == Absent()
    assert (await bench.record())["documents"] == []


async def test_what_is_set_right_after_a_refusal_is_made_once(bench: Bench) -> None:
    right, wrong = await asked(bench)
    assert isinstance(await bench.adapter.create(wrong, SECONDS), Refused)
    assert isinstance(await bench.adapter.create(right, SECONDS), Done)
    record = await bench.record()
    assert [each["reference"] for each in record["documents"]] == [right.prepared.reference]
    assert record["doubles"] == 0


def test_every_provider_refuses_something() -> None:
    assert REFUSED.keys() == PROVIDERS.keys()
