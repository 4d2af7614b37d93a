"""The adapter of GİB's e-Arşiv portal: one portal user.

Secrets: `username` (the portal's user code), `password`. Options: those of `providers.options`, and those of `OPTIONS`
(see the provider's page). A create makes a draft; what makes it a document is a person's signature at the portal.

The portal takes no ETTN of ours and answers a create with a sentence alone: a document is known by our mark in its
text, in the list of its day.
"""

import ssl
from collections.abc import Mapping
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlsplit

from app.domain.documents import DEAD, DocumentState, DocumentType
from app.domain.invoice_info.enums import InvoiceType
from app.domain.time import legal_date
from providers.base import (
    Absent,
    Capabilities,
    ConnectionSettings,
    Different,
    Done,
    Finding,
    Issued,
    LookUp,
    Outcome,
    Prepared,
    Quota,
    Step,
    StepInput,
    Unclear,
    Unknown,
)
from providers.base.reads import CheckAsked, Checked, CheckState, DocumentFile, FileForm, Subject
from providers.gib_earsiv import answers, files, mapping
from providers.gib_earsiv.answers import Row, Said, Shown
from providers.gib_earsiv.mapping import Object
from providers.gib_earsiv.notes import day, mark_of
from providers.gib_earsiv.portal import Command, Portal, User
from providers.gib_earsiv.requirements import requirements_of
from providers.masking import discreet
from providers.transport.http import USER_AGENT, Deadline, Reply, unclear
from providers.transport.rest import RestAdapter, RestApi

# The server renegotiates in the old way, which OpenSSL 3 refuses by itself (SSL_OP_LEGACY_SERVER_CONNECT).
LEGACY_SERVER_CONNECT: Final = 0x4
TEST_HOST: Final = "earsivportaltest.efatura.gov.tr"
# Without a browser's name the portal hangs, or answers 400.
BROWSER: Final = f"Mozilla/5.0 (compatible; {USER_AGENT})"
LISTS: Final[Mapping[str, str]] = MappingProxyType({mapping.NORMAL: "RG_BASITTASLAKLAR", "Buyuk": "RG_TASLAKLAR"})
CREATE: Final = Command("EARSIV_PORTAL_FATURA_OLUSTUR", "RG_BASITFATURA", makes=True)
READ_DRAFT: Final = Command("EARSIV_PORTAL_FATURA_GETIR", "RG_BASITFATURA")
PROFILE: Final = Command("EARSIV_PORTAL_KULLANICI_BILGILERI_GETIR", "RG_KULLANICI")
OPTIONS: Final = frozenset({"login_command", "user_agent", "kind", "download_command"})
# A read document never becomes another: so much of what the portal has shown is kept for the next list.
MOST_KEPT: Final = 5_000


def legacy_tls() -> ssl.SSLContext:
    """Certificates are checked as everywhere."""
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
        max_call_seconds=120.0,
        # No limit is published; its clients ask about once a second.
        quota=Quota(requests=1, seconds=1.0),
        concurrency=1,
        taxpayer_lookup=False,
        # How an exempt line's reason is sent is not known.
        invoice_types=frozenset({InvoiceType.SATIS, InvoiceType.IADE}),
        poll_until={DocumentType.EARSIV: DEAD | {DocumentState.ISSUED}},
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
        options, secrets = settings.options, settings.secrets
        self.http.use_login({"User-Agent": options.get("user_agent", BROWSER), "Accept": "*/*"})
        self._kind = options.get("kind", mapping.NORMAL)
        if self._kind not in LISTS:
            raise ValueError(f"option kind must be one of {', '.join(LISTS)}, not {self._kind!r}")
        self._list = Command("EARSIV_PORTAL_TASLAKLARI_GETIR", LISTS[self._kind])
        is_test = urlsplit(settings.base_url).hostname == TEST_HOST
        log_in = options.get("login_command", "login" if is_test else "anologin")
        user = User(name=secrets["username"], password=secrets["password"], log_in=log_in)
        self._portal = Portal(self.http, user)
        self._shown: dict[str, Shown] = {}

    @discreet
    async def create(self, asked: StepInput, seconds: float) -> Outcome:
        deadline = Deadline(seconds)
        said = await self._portal.ask(CREATE, mapping.form_in(asked.prepared.request), deadline.left())
        if not isinstance(said, Said):
            return said
        outcome = answers.refused(said)
        return outcome or await self._made(asked, deadline.left())

    @discreet
    async def candidates(self, asked: StepInput, seconds: float) -> tuple[Done, ...] | Unclear:
        """What has our mark in its text, and buyer, currency and sum of this request, on its day."""
        deadline, form = Deadline(seconds), mapping.form_in(asked.prepared.request)
        rows = await self._rows(form["faturaTarihi"], deadline.left())
        if isinstance(rows, Unclear):
            return rows
        found: list[Done] = []
        for row in rows:
            if not row.may_be(form["vknTckn"]):
                continue
            shown = await self._shown_of(row, deadline.left())
            if isinstance(shown, Unclear):
                return shown
            found += [row.done] if _is_same(shown, form, asked.prepared) else []
        return tuple(found)

    @discreet
    async def find_issued(self, issued: Issued, seconds: float) -> Finding:
        if not (issued.provider_reference or issued.number):
            return Unclear(why="neither its number nor its ETTN is known, and the portal can be asked by no other")
        return await self._meant(issued, seconds)

    @discreet
    async def poll(self, prepared: Prepared, done: Done, seconds: float) -> Done | Absent | Unclear:
        rows = await self._rows(_day(legal_date(prepared.issued_at)), seconds)
        if isinstance(rows, Unclear):
            return rows
        return next((row.done for row in rows if row.ettn == done.reference), Absent())

    @discreet
    async def download(self, issued: Issued, form: FileForm, seconds: float) -> DocumentFile | Absent | Unclear:
        deadline = Deadline(seconds)
        found = await self._meant(issued, deadline.left())
        if not isinstance(found, Done):
            return found if isinstance(found, Absent | Unclear) else Unclear(why="it is not known which is meant")
        content = await self._zip(found, deadline.left())
        if not isinstance(content, bytes):
            return content
        file = files.document_file(content, form, found.reference)
        return file or Unclear(why=f"what came is not the document's {form}")

    @discreet
    async def check(self, asked: CheckAsked, seconds: float) -> tuple[Checked, ...]:
        """By the user's own profile, which has the tax number."""
        said = await self._portal.ask(PROFILE, {}, seconds)
        state, words = CheckState.UNCLEAR, said.text if isinstance(said, Said) else said.why
        if not isinstance(said, Said):
            state = CheckState.WRONG if unclear(said).needs_owner else CheckState.UNCLEAR
        elif isinstance(said.data, dict) and "vknTckn" in said.data:
            same = said.data["vknTckn"] == asked.tax_number
            state = CheckState.FINE if same else CheckState.WRONG
            words = "the portal's user is the business's" if same else "the portal's user has another tax number"
        return (Checked(subject=Subject.LOGIN, state=state, said=words),)

    async def close(self) -> None:
        await self._portal.close()
        await super().close()

    async def _meant(self, issued: Issued, seconds: float) -> Finding:
        """By ETTN or number, in the list of its day; of its year, where the day is not known."""
        first, last = _days_of(issued)
        rows = await self._rows(first, seconds, last)
        if isinstance(rows, Unclear):
            return rows
        same = [row for row in rows if issued.number == row.number or issued.provider_reference == row.ettn]
        if len(same) > 1:
            return Different(detail=f"{len(same)} documents are meant by {issued.number}")
        return same[0].done if same else Absent()

    async def _made(self, asked: StepInput, seconds: float) -> Outcome:
        """The answer does not say which document was made: it is the one that was not there before."""
        listed = await self.candidates(asked, seconds)
        if isinstance(listed, Unclear):
            return Unknown(why=f"it was taken, and the list cannot be had: {listed.why}")
        new = [each for each in listed if each.reference not in asked.known]
        return new[0] if len(new) == 1 else Unknown(why=f"it was taken, and {len(new)} documents there are new")

    async def _rows(self, first: str, seconds: float, last: str | None = None) -> tuple[Row, ...] | Unclear:
        """The list of these days, `dd/MM/yyyy`, or of one; what was deleted there is among it."""
        payload: Object = {"baslangic": first, "bitis": last or first, "hangiTip": self._kind, "table": []}
        said = await self._portal.ask(self._list, payload, seconds)
        return answers.rows_in(said) if isinstance(said, Said) else unclear(said)

    async def _shown_of(self, row: Row, seconds: float) -> Shown | Unclear:
        """A draft's form; a signed one has no form any more, and is read from its UBL."""
        if row.ettn in self._shown:
            return self._shown[row.ettn]
        shown = await self._read(row, seconds)
        if isinstance(shown, Shown) and len(self._shown) < MOST_KEPT:
            self._shown[row.ettn] = shown
        return shown

    async def _read(self, row: Row, seconds: float) -> Shown | Unclear:
        if row.done.state is DocumentState.AWAITING_SIGNATURE:
            said = await self._portal.ask(READ_DRAFT, {"ettn": row.ettn}, seconds)
            return answers.shown_in(said) if isinstance(said, Said) else unclear(said)
        content = await self._zip(row.done, seconds)
        if not isinstance(content, bytes):
            return content
        xml = files.file_in(content, FileForm.XML, row.ettn)
        shown = files.shown_in(xml) if xml else None
        return shown or Unclear(why=f"the portal gives no UBL of {row.number}")

    async def _zip(self, done: Done, seconds: float) -> bytes | Unclear:
        query = {
            "ettn": done.reference,
            "belgeTip": answers.INVOICE,
            "onayDurumu": answers.APPROVALS[done.state],
            "cmd": self.options.get("download_command", "EARSIV_PORTAL_BELGE_INDIR"),
        }
        reply = await self._portal.download(query, seconds)
        return reply.body if isinstance(reply, Reply) else unclear(reply)


def _is_same(shown: Shown, form: Mapping[str, Any], prepared: Prepared) -> bool:
    return (
        mark_of(prepared.reference) in shown.text
        and (shown.buyer, shown.currency) == (form["vknTckn"], form["paraBirimi"])
        and f"{shown.payable:.2f}" == form["odenecekTutar"]
        and shown.order in {None, form["siparisNumarasi"]}
    )


def _day(value: date) -> str:
    return day(value) or ""


def _days_of(issued: Issued) -> tuple[str, str]:
    if issued.issue_date is not None:
        return _day(issued.issue_date), _day(issued.issue_date)
    year = (issued.number or "")[3:7] or str(legal_date(datetime.now(UTC)).year)
    return f"01/01/{year}", f"31/12/{year}"
