"""KolayBi's adapter: one company's books.

Secrets: `api_key`, and `channel`, which KolayBi gives to an integration. Options: those of `providers.options`, and
those of `providers.kolaybi.options`.

Three steps, each with ids that KolayBi gives: the contact and its address, the sales invoice, which is a draft, and the
e-document made from it. The invoice has our mark in its note.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from typing import Final

from app.documents.prepared import Content
from app.domain.documents import DocumentType
from app.domain.errors import FieldError
from app.domain.exact_json import JsonValue
from providers.base import (
    E_DOCUMENTS,
    UNTIL_DELIVERED,
    Absent,
    Capabilities,
    ConnectionSettings,
    Different,
    Done,
    Drafts,
    Finding,
    Issued,
    LookUp,
    NotSent,
    Outcome,
    Prepared,
    Quota,
    Refused,
    Step,
    StepInput,
    Unclear,
    Unknown,
    not_sent,
    unless_absent,
)
from providers.base.findings import not_meant
from providers.base.reads import (
    CheckAsked,
    Checked,
    CheckState,
    Days,
    DocumentFile,
    FileForm,
    ListedDocument,
    Subject,
    of_failure,
)
from providers.kolaybi import answers, files, lists, mapping
from providers.kolaybi.contacts import Contacts
from providers.kolaybi.documents import Documents
from providers.kolaybi.login import Login, channel_of, sign_in
from providers.kolaybi.options import KNOWN, options_of
from providers.kolaybi.products import Catalogue
from providers.kolaybi.reading import COMPANIES, INVOICES, Reading
from providers.kolaybi.requirements import requirements_of
from providers.kolaybi.rows import Row
from providers.kolaybi.writing import Writing
from providers.masking import discreet
from providers.preparing import CheckedDocument, without_email
from providers.transport.http import Deadline
from providers.transport.rest import RestApi
from providers.transport.tokens import TokenAdapter

MADE: Final = f"{INVOICES}/e-document"


class KolayBiAdapter(TokenAdapter[Login]):
    """One connection."""

    CAPABILITIES = Capabilities(
        provider="kolaybi",
        steps=(Step.CONTACT, Step.INVOICE, Step.E_DOCUMENT),
        document_types=E_DOCUMENTS,
        unique_reference=False,
        look_up=LookUp.BY_LIST,
        visibility_seconds=30.0,
        max_call_seconds=30.0,
        # No limit is published; this is a guess on the polite side.
        quota=Quota(requests=2, seconds=1.0),
        concurrency=1,
        taxpayer_lookup=False,
        # Where the scenario is left to it, it decides by the buyer and says which it was.
        corrects_type=True,
        poll_until=UNTIL_DELIVERED,
        buyer_answers=frozenset({DocumentType.EFATURA}),
        cancels=frozenset({DocumentType.EARSIV}),
        # The sales invoice.
        drafts=Drafts.SENT_OFF,
        downloads=frozenset({FileForm.PDF, FileForm.XML}),
        lists=E_DOCUMENTS,
        checks=frozenset({Subject.LOGIN}),
        # The invoice has a field for the address that the document is mailed to.
        mails_buyer=True,
    )
    API = RestApi(
        probe=COMPANIES,
        options=KNOWN,
        is_own=answers.is_own,
        requirements=lambda _: (),
        request=lambda _, __: {},
        buyer=mapping.buyer_in,
        buyer_name="title",
        login=channel_of,
    )

    def __init__(self, settings: ConnectionSettings) -> None:
        """Raises ValueError for settings that it cannot work with, KeyError for a missing secret."""
        super().__init__(settings)
        self._chosen = options_of(settings.options)
        self._api_key = settings.secrets["api_key"]
        self._reading = Reading(self.read, self._chosen.company_id)
        self._writing = Writing(self.send, self._reading, self._chosen.encoding)
        self._documents = Documents(self._reading, self._chosen)
        self._contacts = Contacts(self._reading, self._writing)
        self._catalogue = Catalogue(self._reading, self._writing, self._chosen)
        if self._chosen.sends_scenario:
            self.capabilities = replace(self.capabilities, corrects_type=False)

    async def sign_in(self, seconds: float) -> Login | NotSent:
        return await sign_in(self.http, self._api_key, self._chosen, seconds)

    def requirements_of(self, content: Content) -> Iterable[FieldError]:
        return requirements_of(content, self._chosen)

    def request_of(self, document: CheckedDocument) -> JsonValue:
        return mapping.request_of(document if self.capabilities.mails_buyer else without_email(document), self._chosen)

    @discreet
    async def create(self, asked: StepInput, seconds: float) -> Outcome:
        deadline = Deadline(seconds)
        match asked.step:
            case Step.CONTACT:
                return await self._contacts.make(asked.prepared, deadline)
            case Step.INVOICE:
                return await self._make_invoice(asked, deadline)
            case _:
                return await self._make_e_document(asked, deadline)

    @discreet
    async def find_prepared(self, asked: StepInput, seconds: float) -> Finding:
        deadline = Deadline(seconds)
        if asked.step is Step.CONTACT:
            return await self._contacts.find(asked.prepared, deadline)
        return await self._documents.e_document(asked, deadline)

    @discreet
    async def candidates(self, asked: StepInput, seconds: float) -> tuple[Done, ...] | Different | Unclear:
        """The invoices of this buyer and day that have our mark, or show no note and come to the same."""
        return await self._documents.candidates(asked, Deadline(seconds))

    @discreet
    async def find_issued(self, issued: Issued, seconds: float) -> Finding:
        found = await self._documents.meant(issued, Deadline(seconds))
        return _done(found) if isinstance(found, Row) else found

    @discreet
    async def poll(self, prepared: Prepared, done: Done, seconds: float) -> Done | Absent | Unclear:  # noqa: ARG002 - it has the id
        return await self._documents.followed(done, Deadline(seconds))

    @discreet
    async def cancel(self, issued: Issued, seconds: float) -> Outcome:
        """KolayBi cancels it at GİB, and deletes the sale."""
        deadline = Deadline(seconds)
        row = await self._documents.meant(issued, deadline)
        match row:
            case Unclear():
                return not_sent(row)
            case Row():
                pass
            case _:
                return not_meant(row)
        body: dict[str, JsonValue] = {"document_id": int(row.id)}
        outcome = await self._writing.post(f"{MADE}/cancel", body, answers.cancellation, deadline)
        return outcome or answers.cancelled(row) or Unknown(why=answers.UNREADABLE)

    @discreet
    async def download(self, issued: Issued, form: FileForm, seconds: float) -> DocumentFile | Absent | Unclear:
        deadline = Deadline(seconds)
        row = await self._documents.meant(issued, deadline)
        if not isinstance(row, Row):
            return row if isinstance(row, Absent | Unclear) else Unclear(why=f"which document is meant: {row}")
        if row.ettn is None:
            return Absent()
        query = {"uuid": row.ettn, **({"output_type": "xml", "direction": "outbound"} if form is FileForm.XML else {})}
        shown = await self._reading.data(f"{MADE}/view", deadline, query)
        if not isinstance(shown, tuple):
            return shown
        return files.file_in(shown[0], form, row.ettn) or Unclear(why=f"what came is not the document's {form}")

    @discreet
    async def list_issued(self, days: Days, seconds: float) -> tuple[ListedDocument, ...] | Unclear:
        return await lists.list_issued(self._reading, days, seconds)

    @discreet
    async def check(self, asked: CheckAsked, seconds: float) -> tuple[Checked, ...]:
        """By the account's companies, which have their tax numbers."""
        rows = await self._reading.rows(COMPANIES, {}, Deadline(seconds))
        if isinstance(rows, Unclear):
            return (of_failure(Subject.LOGIN, rows),)
        numbers = {row.get("identity_no") for row in rows if isinstance(row, dict)}
        is_it = asked.tax_number in numbers
        said = f"the key opens {'the business' if is_it else f'{len(numbers)} companies, none of this tax number'}"
        return (Checked(subject=Subject.LOGIN, state=CheckState.FINE if is_it else CheckState.WRONG, said=said),)

    async def _make_invoice(self, asked: StepInput, deadline: Deadline) -> Outcome:
        """What was refused may have named a product, or a contact, that a person has deleted."""
        products = await self._catalogue.of_lines(asked, deadline)
        if not isinstance(products, list):
            return products
        body = mapping.invoice_for(asked.prepared, asked.made[Step.CONTACT], products)
        outcome = await self._writing.post(INVOICES, body, answers.invoice_made, deadline)
        return self._catalogue.refused(asked.prepared, outcome) if isinstance(outcome, Refused) else outcome

    async def _make_e_document(self, asked: StepInput, deadline: Deadline) -> Outcome:
        """Only from an invoice that still comes to what was asked for, and has no e-document."""
        if failed := unless_absent(await self._documents.e_document(asked, deadline)):
            return failed
        invoice = asked.made[Step.INVOICE]
        body = mapping.e_document_for(asked.prepared, invoice)
        table = partial(answers.e_document_made, document_id=invoice.reference)
        return await self._writing.post(f"{MADE}/create", body, table, deadline)


def _done(row: Row) -> Done | Unclear:
    return answers.done_in(row) or Unclear(why=answers.UNREADABLE)
