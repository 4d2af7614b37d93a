"""What a proof asks of each provider: a look-up and a list, which make nothing and show the document once."""

from dataclasses import replace

from app.domain.documents import DocumentState, DocumentStatus, Intent
from app.operations.proof.provider_words import asked_of
from providers.base import Done, LookUp, Prepared
from providers.base.reads import Days
from tests.contract.bench import Bench
from tests.contract.test_lists import ISSUED_ON, today
from tests.providers.examples import ISSUED_AT

# Of a document without a date of issue the list knows the day on which it was taken.
DAYS = Days(first=ISSUED_ON, last=max(ISSUED_ON, today()))


def status_of(bench: Bench, prepared: Prepared, done: Done) -> DocumentStatus:
    """The document as our status topic would have it."""
    capabilities = bench.adapter.capabilities
    return DocumentStatus(
        document_id=prepared.reference,
        sequence=1,
        business="ORNEK",
        order_reference="S-1001",
        intent=Intent.INVOICE,
        attempt=0,
        state=DocumentState.ISSUED,
        attention=None,
        provider=capabilities.provider,
        connection=capabilities.provider,
        lines=("1",),
        shipment_reference=None,
        invoice_reference=None,
        document_type=prepared.document_type,
        ettn=done.ettn,
        number=done.number or prepared.number,
        issue_date=ISSUED_ON,
        errors=(),
        evidence=(),
        review_revision=0,
        occurred_at=ISSUED_AT,
        caused_by="e1",
    )


async def test_a_document_is_shown_once_and_asking_makes_nothing(bench: Bench) -> None:
    prepared = bench.prepared()
    done = await bench.create(prepared)
    assert isinstance(done, Done)
    await bench.create(bench.prepared("another"))
    before = await bench.contents()
    document = status_of(bench, prepared, done)
    words = await asked_of(bench.adapter, document, DAYS, [document])
    assert await bench.contents() == before
    can_be_asked = bench.adapter.capabilities.look_up is not LookUp.NONE
    assert isinstance(words.look_up, Done) is can_be_asked
    lists = bench.case.document_type in bench.adapter.capabilities.lists
    assert (None if words.listed is None else len(words.live)) == (1 if lists else None)
    assert len(words.why) == (not can_be_asked) + (not lists)


async def test_what_the_provider_does_not_give_is_a_sentence_and_never_an_absence(bench: Bench) -> None:
    prepared = bench.prepared()
    done = await bench.create(prepared)
    assert isinstance(done, Done)
    await bench.change(down=True)
    document = replace(status_of(bench, prepared, done), lines=("1", "2"))
    words = await asked_of(bench.adapter, document, DAYS, [document])
    assert not isinstance(words.look_up, Done)
    assert words.listed is None
    assert words.why or words.look_up is not None
