"""What else is in the portal's list, of people and of other programs, keeps no document of ours from being found."""

import io
import zipfile
from typing import Any

import pytest

from app.domain.documents import DocumentType
from providers.base import Absent, Issued, NotSent, Unclear, Unknown
from providers.formats.notes import mark_of
from providers.gib_earsiv.answers import Row, Said
from providers.gib_earsiv.commands import Command, Commands
from providers.gib_earsiv.listing import MOST_KEPT, Listing
from providers.transport.http import Reply
from tests.providers.gib_earsiv.bench import SECONDS

REFERENCE = "3a788481-438e-5f21-8e6d-53331fcfa32a"
DAY = "30/11/2026"
UBL = '<Invoice xmlns:cbc="urn:x"><cbc:Note>{note}</cbc:Note></Invoice>'
OURS = {"vknTckn": "1234567890", "paraBirimi": "TRY", "odenecekTutar": "120.00", "not": mark_of(REFERENCE)}


def row(number: int, approval: str = "Onaylanmadı") -> dict[str, Any]:
    texts = {"ettn": f"ettn-{number}", "belgeNumarasi": f"GIB202600000000{number}", "aliciVknTckn": "1234567890"}
    return {**texts, "belgeTarihi": "30-11-2026", "belgeTuru": "FATURA", "onayDurumu": approval}


class FakePortal:
    """A list, the forms of drafts, and the notes of the files by ETTN."""

    def __init__(self, rows: list[dict[str, Any]], forms: dict[str, Any], notes: dict[str, str]) -> None:
        self.rows, self.forms, self.notes, self.asked = rows, forms, notes, list[str]()
        self.no_form = "Bu belge bulunamadı."

    async def ask(self, command: Command, payload: Any, seconds: float) -> Said | NotSent | Unknown:
        del seconds
        self.asked.append(command.name)
        if "ettn" not in payload:
            return Said(data=self.rows)
        form = self.forms.get(payload["ettn"])
        return Said(data=form) if form else Said(failures=(self.no_form,))

    async def download(self, query: dict[str, str], seconds: float) -> Reply | NotSent | Unknown:
        del seconds
        out, ettn = io.BytesIO(), query["ettn"]
        if ettn not in self.notes:
            return Reply(status=200, text="")
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr(f"{ettn}_f.xml", UBL.format(note=self.notes[ettn]))
        return Reply(status=200, text="", body=out.getvalue())


def listing(*rows: dict[str, Any], forms: Any = (), notes: Any = ()) -> Listing:
    portal: Any = FakePortal(list(rows), dict(forms), dict(notes))
    return Listing(portal, Commands({}), {})


async def marked(of: Listing) -> list[str] | Unclear:
    """The ETTNs of what has our mark."""
    rows = await of.rows(DAY, SECONDS)
    assert isinstance(rows, tuple)
    found = await of.marked(rows, REFERENCE, SECONDS)
    return found if isinstance(found, Unclear) else [each.ettn for each, _ in found]


@pytest.mark.parametrize("form", [{**OURS, "not": None}, {**OURS, "not": "", "odenecekTutar": "", "paraBirimi": None}])
async def test_a_draft_of_a_person_without_a_note_or_an_amount_is_not_ours(form: dict[str, Any]) -> None:
    of = listing(row(1), row(2), forms={"ettn-1": form, "ettn-2": OURS})
    assert await marked(of) == ["ettn-2"]


async def test_what_is_no_form_of_a_draft_says_nothing_and_is_named() -> None:
    found = await marked(listing(row(1), forms={"ettn-1": {"vknTckn": "1234567890"}}))
    assert isinstance(found, Unclear)
    assert "GIB2026000000001" in found.why


async def test_a_document_in_an_unknown_state_counts_where_it_has_our_mark_alone() -> None:
    strange = row(1, approval="Bekliyor")
    forms = {"ettn-2": OURS}
    assert await marked(listing(strange, row(2), forms=forms, notes={"ettn-1": "theirs"})) == ["ettn-2"]
    ours = await marked(listing(strange, row(2), forms=forms, notes={"ettn-1": mark_of(REFERENCE)}))
    assert isinstance(ours, Unclear)
    assert "Bekliyor" in ours.why


async def test_a_document_is_meant_whatever_state_the_others_are_in() -> None:
    of = listing(row(1, approval="Bekliyor"), row(2))
    for ettn, kind in {"ettn-1": Unclear, "ettn-2": Row, "ettn-3": Absent}.items():
        issued = Issued(reference=REFERENCE, document_type=DocumentType.EARSIV, ettn=ettn)
        assert isinstance(await of.meant(issued, SECONDS), kind)
        assert isinstance(await of.followed(ettn, DAY, SECONDS), kind)


@pytest.mark.parametrize(
    ("known", "no_form"),
    [
        ({"forms": {"ettn-1": OURS}}, "Bu belge bulunamadı."),  # it still waits for a signature
        ({"notes": {"ettn-1": mark_of(REFERENCE)}}, "Bu belge bulunamadı."),  # it was signed meanwhile
        ({}, "Genel Sistem Hatası:java.lang.NullPointerException"),
    ],
)
async def test_a_list_that_is_empty_for_a_while_deletes_no_draft(known: dict[str, Any], no_form: str) -> None:
    of = listing(**known)
    of._portal.no_form = no_form  # type: ignore[attr-defined]
    assert isinstance(await of.followed("ettn-1", DAY, SECONDS), Unclear)


async def test_what_has_neither_row_nor_form_nor_file_is_gone() -> None:
    assert await listing().followed("ettn-1", DAY, SECONDS) == Absent()


async def test_what_was_read_last_is_kept_however_much_was_read_before() -> None:
    count = MOST_KEPT + 1
    rows = [{**row(1), "ettn": f"ettn-{number}"} for number in range(count)]
    portal: Any = FakePortal(rows, {f"ettn-{number}": OURS for number in range(count)}, {})
    of = Listing(portal, Commands({}), {})
    assert len(await marked(of)) == count  # type: ignore[arg-type]
    portal.asked.clear()
    portal.rows = rows[-5:]
    await marked(of)
    assert len(portal.asked) == 1  # the list alone
