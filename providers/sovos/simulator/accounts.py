"""Who may call the simulated Sovos, what its accounts have, and the faults with which it refuses a call."""

import base64
import binascii
from dataclasses import dataclass, field
from typing import Final

from aiohttp import web

from providers.formats.elements import Element, written
from providers.simulation import soap
from providers.simulation.record import Booking
from providers.simulation.switches import Switches
from providers.simulation.ubl import SentInvoice

LOGIN_PREFIX: Final = "sandbox-"
SWITCH: Final = "/_simulator/sovos"
EARCHIVE_BASE: Final = "http://fitcons.com/earchive/base"
EINVOICE: Final = "http:/fitcons.com/eInvoice/"
DUPLICATE_UUID: Final = 3011
DUPLICATE_ID: Final = 3012


@dataclass(slots=True, kw_only=True)
class Behaviour(Switches):
    """What is switched on, for all accounts.

    `wsdl`: "2.0" has no getInvoiceStatus. `earsiv_repeat`: a repeated e-Arşiv is "refused", or the "same" is answered
    again. `numbering`: documents have numbers of their "own", are numbered as "automatic", or "both". `ip_allowed`: of
    the caller. `pdf_works`: false breaks the PDF of e-Fatura. `branches`: those that the portal has.
    """

    wsdl: str = "2.1"
    earsiv_repeat: str = "refused"
    numbering: str = "both"
    ip_allowed: bool = True
    pdf_works: bool = True
    branches: tuple[str, ...] = ("default",)


@dataclass(slots=True)
class Archive:
    """What was sent, by company and UUID; and the last number of each series and year."""

    sent: dict[tuple[str, str], SentInvoice] = field(default_factory=dict)
    numbers: set[tuple[str, str]] = field(default_factory=set)
    counters: dict[tuple[str, str], int] = field(default_factory=dict)

    def number_of(self, company: str, invoice: SentInvoice) -> str:
        """The invoice's own number, or an automatic one: two characters, days back, year and nine digits."""
        number = invoice.number or self.next(company, f"SV0{invoice.issue_date[:4]}")
        self.numbers.add((company, number))
        return number

    def reference_of(self, booking: Booking) -> str:
        """The customer's own reference in the document, under which both services show it."""
        return self.sent[booking.company, booking.reference].references.get("CUST_INV_ID", "")

    def next(self, company: str, beginning: str) -> str:
        """The next number that begins so."""
        key = (company, beginning)
        self.counters[key] = self.counters.get(key, 0) + 1
        return f"{beginning}{self.counters[key]:09}"


def company_of(request: web.Request) -> str:
    """The company whose login came with the request; a dot and what follows it make another password of it.

    Any user name has the password `sandbox-<tax number>`. Raises the answer to any other login.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    try:
        password = base64.b64decode(token).decode().partition(":")[2] if scheme.lower() == "basic" else ""
    except (binascii.Error, UnicodeDecodeError):
        password = ""
    if not password.startswith(LOGIN_PREFIX):
        raise web.HTTPUnauthorized(headers={"WWW-Authenticate": 'Basic realm="Sovos"'})
    return password.removeprefix(LOGIN_PREFIX).partition(".")[0]


def efatura_fault(code: int, message: str, *, retry_after: float | None = None) -> web.Response:
    """A ProcessingFault of the e-Fatura service."""
    detail = written(EINVOICE, "ProcessingFault", {"Code": str(code), "Message": message}, qualified=True)
    return _fault(message, detail, code, retry_after)


def earsiv_fault(code: int, message: str, *, retry_after: float | None = None) -> web.Response:
    """A processingFaultType of the e-Arşiv service."""
    detail = written(EARCHIVE_BASE, "processingFaultType", {"Code": str(code), "Text": message}, qualified=False)
    return _fault(message, detail, code, retry_after)


def unauthorized() -> web.Response:
    """The documents are another company's."""
    return soap.fault("Unauthorized", code="Client")


def _fault(message: str, detail: Element, code: int, retry_after: float | None) -> web.Response:
    is_refusal = code not in {DUPLICATE_UUID, DUPLICATE_ID}
    return soap.fault(message, detail=detail, retry_after=retry_after, is_refusal=is_refusal)
