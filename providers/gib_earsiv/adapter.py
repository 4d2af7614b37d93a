"""The adapter of GİB's e-Arşiv portal: one portal user.

Secrets: `username` (the portal's user code), `password`. Options: those of `providers.options`, and those of `OPTIONS`
(see the provider's page). A create makes a draft; what makes it a document is a person's signature.

The portal takes no ETTN of ours and answers a create with a sentence alone: a document is known by our mark in its
text, in the list of its day.
"""

import ssl
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlsplit

from app.domain.documents import DEAD, DocumentState, DocumentType
from app.domain.invoice_details import Detail
from app.domain.invoice_info.enums import InvoiceType
from app.domain.time import legal_date
from providers.base import (
    Absent,
    Capabilities,
    CodeSent,
    CodeTaken,
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
    SessionLease,
    Step,
    StepInput,
    Unclear,
    Unknown,
)
from providers.base.reads import CheckAsked, Checked, CheckState, DocumentFile, FileForm, Subject
from providers.formats.notes import day
from providers.gib_earsiv import answers, files, mapping
from providers.gib_earsiv.answers import Row, Said
from providers.gib_earsiv.commands import CREATE, PROFILE, Commands
from providers.gib_earsiv.listing import Listing, differences
from providers.gib_earsiv.portal import Portal, User
from providers.gib_earsiv.requirements import requirements_of
from providers.gib_earsiv.signing import Signing
from providers.gib_earsiv.undoing import Undoing
from providers.masking import discreet
from providers.transport.http import USER_AGENT, Deadline, unclear
from providers.transport.rest import RestAdapter, RestApi
from providers.transport.sessions import LOG_OUT_SECONDS

LIVE_HOST: Final = "earsivportal.efatura.gov.tr"
TEST_HOST: Final = "earsivportaltest.efatura.gov.tr"
# These servers renegotiate in the old way, which OpenSSL 3 refuses by itself (SSL_OP_LEGACY_SERVER_CONNECT).
LEGACY_SERVER_CONNECT: Final = 0x4
# Without a browser's name the portal hangs, or answers 400.
BROWSER: Final = f"Mozilla/5.0 (compatible; {USER_AGENT})"
OPTIONS: Final = frozenset(
    {
        "accepted_requests",
        "created_phrase",
        "download_command",
        "ettn",
        "kind",
        "legacy_tls",
        "login_command",
        "pages",
        "referrer",
        "sign_command",
        "user_agent",
    }
)


def legacy_tls(settings: ConnectionSettings) -> ssl.SSLContext | None:
    """For the portal's own hosts alone; None elsewhere, and with `legacy_tls: no`. Certificates are checked.

    Raises ValueError for another value of the option.
    """
    if settings.options.get("legacy_tls", "no") != "no":
        raise ValueError("option legacy_tls must be no or left out")
    if "legacy_tls" in settings.options or urlsplit(settings.base_url).hostname not in {LIVE_HOST, TEST_HOST}:
        return None
    context = ssl.create_default_context()
    context.options |= LEGACY_SERVER_CONNECT
    return context


class GibPortalAdapter(RestAdapter):
    """One connection."""

    CAPABILITIES = Capabilities(
        provider="gib-earsiv",
        steps=(Step.INVOICE,),
        document_types=frozenset({DocumentType.EARSIV}),
        unique_reference=False,
        look_up=LookUp.BY_LIST,
        visibility_seconds=30.0,
        # Several requests a second apart, and still within what a worker may take by default.
        max_call_seconds=40.0,
        # No limit is published; its clients ask about once a second.
        quota=Quota(requests=1, seconds=1.0),
        concurrency=1,
        taxpayer_lookup=False,
        # How an exempt line's reason is sent is not known, and so no type that has one.
        invoice_types=frozenset(
            {InvoiceType.SATIS, InvoiceType.IADE, InvoiceType.TEVKIFAT, InvoiceType.KONAKLAMAVERGISI}
        ),
        details=frozenset({Detail.WITHHOLDING, Detail.TAXES, Detail.PERIOD}),
        poll_until={DocumentType.EARSIV: DEAD | {DocumentState.ISSUED}},
        cancels=frozenset({DocumentType.EARSIV}),
        withdraws=frozenset({DocumentType.EARSIV}),
        # It signs nothing by itself.
        drafts=Drafts.SIGNED,
        signs=frozenset({DocumentType.EARSIV}),
        one_session=True,
        downloads=frozenset({FileForm.XML, FileForm.HTML}),
        checks=frozenset({Subject.LOGIN}),
    )
    API = RestApi(
        probe="/",
        options=OPTIONS,
        is_own=answers.is_own,
        requirements=requirements_of,
        request=mapping.request_of,
        buyer=mapping.buyer_in,
        buyer_name="name",
        login=lambda _: {},
        account="username",
        tls=legacy_tls,
    )

    def __init__(self, settings: ConnectionSettings) -> None:
        """Raises ValueError for settings that it cannot work with, KeyError for a missing secret."""
        super().__init__(settings)
        if self.options.get(mapping.ETTN, "absent") != "absent":
            raise ValueError(f"option {mapping.ETTN} must be absent or left out")
        self.http.use_login(_browser(self.options))
        self._is_kept = False
        self._commands = Commands(self.options)
        self._portal = Portal(self.http, _user(settings))
        self._listing = Listing(self._portal, self._commands, self.options)
        self._signing = Signing(self._portal, self._listing, self._commands)
        self._undoing = Undoing(self._portal, self._listing, self._commands)

    def use_sessions(self, lease: SessionLease) -> None:
        self._portal.session.lease = lease
        self._is_kept = True

    async def end_session(self, seconds: float) -> None:
        await self._portal.session.close(seconds)

    async def close(self) -> None:
        """Logs out; not while a code is on its way, which may belong to the session, if another holder will find it."""
        if not (self._is_kept and self._signing.waits_for_code):
            await self.end_session(LOG_OUT_SECONDS)
        await super().close()

    @discreet
    async def create(self, asked: StepInput, seconds: float) -> Outcome:
        """The answer does not say which document was made: it is the one that was not there before."""
        deadline, form = Deadline(seconds), mapping.form_in(asked.prepared.request)
        said = await self._portal.ask(self._commands[CREATE], form, deadline.left())
        if not isinstance(said, Said):
            return said
        outcome = answers.created(said, self.options.get("created_phrase", answers.MADE))
        if outcome is not None:
            return outcome
        match await self._candidates(asked, deadline.left()):
            case Unclear(why=why):
                return Unknown(why=f"it was taken, and the list cannot be had: {why}")
            case Different(detail=detail):
                return Unknown(why=f"it was taken, and is different: {detail}")
            case listed:
                new = [each for each in listed if each.reference not in asked.known]
        return new[0] if len(new) == 1 else Unknown(why=f"it was taken, and {len(new)} documents there are new")

    @discreet
    async def candidates(self, asked: StepInput, seconds: float) -> tuple[Done, ...] | Different | Unclear:
        """What has our mark in its text, and buyer, currency, total and order of this request, on its day."""
        return await self._candidates(asked, seconds)

    @discreet
    async def find_issued(self, issued: Issued, seconds: float) -> Finding:
        deadline = Deadline(seconds)
        row = await self._listing.meant(issued, deadline.left())
        if not isinstance(row, Row):
            return row
        cancelled = await self._listing.is_cancelled(row, issued, deadline.left())
        if isinstance(cancelled, Unclear):
            return cancelled
        return row.cancelled if cancelled else row.done

    @discreet
    async def poll(self, prepared: Prepared, done: Done, seconds: float) -> Done | Absent | Unclear:
        row = await self._listing.followed(done.reference, day(legal_date(prepared.issued_at)) or "", seconds)
        return row.done if isinstance(row, Row) else row

    @discreet
    async def withdraw(self, issued: Issued, seconds: float) -> Outcome:
        return await self._undoing.delete(issued, seconds)

    @discreet
    async def cancel(self, issued: Issued, seconds: float) -> Outcome:
        return await self._undoing.request_cancellation(issued, seconds)

    @discreet
    async def start_signing(
        self, documents: Sequence[Issued], seconds: float
    ) -> CodeSent | NotSent | Refused | Unknown:
        return await self._signing.start(documents, seconds)

    @discreet
    async def finish_signing(
        self, documents: Sequence[Issued], reference: str, code: str, seconds: float
    ) -> CodeTaken | NotSent | Refused | Unknown:
        return await self._signing.finish(documents, reference, code, seconds)

    @discreet
    async def download(self, issued: Issued, form: FileForm, seconds: float) -> DocumentFile | Absent | Unclear:
        deadline = Deadline(seconds)
        row = await self._listing.meant(issued, deadline.left())
        if not isinstance(row, Row):
            return row if isinstance(row, Absent | Unclear) else Unclear(why=row.detail)
        content = await self._listing.zip_of(row, deadline.left())
        if not isinstance(content, bytes):
            return content
        file = files.document_file(content, form, row.ettn)
        return file or Unclear(why=f"what came is not the document's {form}")

    @discreet
    async def check(self, asked: CheckAsked, seconds: float) -> tuple[Checked, ...]:
        """By the user's own profile, which has the tax number."""
        said = await self._portal.ask(self._commands[PROFILE], {}, seconds)
        state, words = CheckState.UNCLEAR, said.text if isinstance(said, Said) else said.why
        if not isinstance(said, Said):
            state = CheckState.WRONG if unclear(said).needs_owner else CheckState.UNCLEAR
        elif (number := answers.value_in(said, "vknTckn")) is not None:
            state = CheckState.FINE if number == asked.tax_number else CheckState.WRONG
            words = f"the portal's user {'is the business' if state is CheckState.FINE else 'has another tax number'}"
        return (Checked(subject=Subject.LOGIN, state=state, said=words),)

    async def _candidates(self, asked: StepInput, seconds: float) -> tuple[Done, ...] | Different | Unclear:
        deadline, form = Deadline(seconds), mapping.form_in(asked.prepared.request)
        rows = await self._listing.rows(form["faturaTarihi"], deadline.left())
        if isinstance(rows, Unclear):
            return rows
        of_buyer = tuple(row for row in rows if row.buyer == form["vknTckn"])
        marked = await self._listing.marked(of_buyer, asked.prepared.reference, deadline.left())
        if isinstance(marked, Unclear):
            return marked
        different = [f"{row.number}: {each}" for row, shown in marked for each in differences(shown, form)]
        return Different(detail="; ".join(different)) if different else tuple(row.done for row, _ in marked)


def _user(settings: ConnectionSettings) -> User:
    is_test = urlsplit(settings.base_url).hostname == TEST_HOST
    log_in = settings.options.get("login_command", "login" if is_test else "anologin")
    return User(name=settings.secrets["username"], password=settings.secrets["password"], log_in=log_in)


def _browser(options: Mapping[str, str]) -> dict[str, str]:
    """The headers of a browser; the misspelt one only where it is asked for."""
    referrer = {"Referrer": options["referrer"]} if "referrer" in options else {}
    return {"User-Agent": options.get("user_agent", BROWSER), "Accept": "*/*", **referrer}
