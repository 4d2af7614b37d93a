"""What a connection to Sovos is set to: two services with an address and a user each, and what is left open."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.domain.documents import DocumentType
from app.domain.parties import ANONYMOUS_TCKN
from providers.base import ConnectionSettings
from providers.formats.ubl import INTERNET_SALE, dialect_of
from providers.options import MAIL, NUMBERS, REPEATED, REPEATS, account_of, mails_buyer, one_of
from providers.transport.soap import SoapService
from providers.transport.two_services import ADDRESS_OPTIONS, Addresses, service_address

TEST: Final[Addresses] = {
    DocumentType.EARSIV: "https://earsivwstest.fitbulut.com/ClientEArsivServicesPort.svc",
    DocumentType.EFATURA: "https://efaturawstest.fitbulut.com/ClientEInvoiceServices/ClientEInvoiceServicesPort.svc",
}
LIVE: Final[Addresses] = {
    DocumentType.EARSIV: "https://earsivws.fitbulut.com/ClientEArsivServicesPort.svc",
    DocumentType.EFATURA: "https://efaturaws.fitbulut.com/ClientEInvoiceServices/ClientEInvoiceServicesPort.svc",
}
ENVIRONMENTS: Final = (TEST, LIVE)
OPTIONS: Final = frozenset(
    {
        "tax_number", "sender_alias", "branch", "consumer_id", "wsdl", "signed_status", "cancelled_statuses",
        "rejected_statuses", INTERNET_SALE, MAIL, NUMBERS, REPEATS,
        *ADDRESS_OPTIONS.values(),
    }
)  # fmt: skip
# Sovos's .NET sample sends ten twos for a consumer without a number, its PHP sample ten ones.
CONSUMER: Final = "2222222222"
# From here on an e-Arşiv is signed, says Sovos; 140 for a cancelled one is a client's word.
SIGNED: Final = "130"
CANCELLED: Final = "140"
WSDL: Final = frozenset({"2.0", "2.1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SovosOptions:
    """The options, read. `sender_alias` (GB) is None where the account has no e-Fatura.

    `rejected` are the e-Arşiv states that end a document: none unless they are set, because Sovos publishes no list.
    `refuses_repeats`: whether that is known of e-Arşiv, as it is of e-Fatura.
    """

    tax_number: str
    sender_alias: str | None
    branch: str
    consumer_id: str
    mails_buyer: bool
    has_invoice_status: bool
    signed: int
    cancelled: frozenset[int]
    rejected: frozenset[int]
    refuses_repeats: bool

    def receiver_of(self, buyer: str) -> str:
        """The receiver's number in a request."""
        return self.consumer_id if buyer == ANONYMOUS_TCKN else buyer


def options_of(options: Mapping[str, str]) -> SovosOptions:
    """Raises ValueError, naming the option, for what is missing or makes no sense."""
    dialect_of(options)
    wsdl = options.get("wsdl", "2.1")
    if wsdl not in WSDL:
        raise ValueError(f"option wsdl must be 2.0 or 2.1, not {wsdl!r}")
    return SovosOptions(
        tax_number=account_of(options),
        sender_alias=options.get("sender_alias"),
        branch=options.get("branch", "default"),
        consumer_id=options.get("consumer_id", CONSUMER),
        mails_buyer=bool(mails_buyer(options, default=False)),
        has_invoice_status=wsdl != "2.0",
        signed=_status(options, "signed_status", SIGNED),
        cancelled=_statuses(options, "cancelled_statuses", CANCELLED),
        rejected=_statuses(options, "rejected_statuses", ""),
        refuses_repeats=one_of(options, REPEATS, REPEATED) == "refused",
    )


def services_of(settings: ConnectionSettings) -> Mapping[DocumentType, SoapService]:
    """Both services. Raises KeyError for a missing secret, ValueError for an unsafe address."""
    return {kind: _service(settings, kind) for kind in TEST}


def _service(settings: ConnectionSettings, kind: DocumentType) -> SoapService:
    secrets = settings.secrets
    prefix = "efatura_" if kind is DocumentType.EFATURA and "efatura_username" in secrets else ""
    user, password = secrets[f"{prefix}username"], secrets[f"{prefix}password"]
    login = base64.b64encode(f"{user}:{password}".encode()).decode()
    address = service_address(settings, kind, ENVIRONMENTS)
    return SoapService(address, login={"Authorization": f"Basic {login}"}, secrets=secrets)


def _status(options: Mapping[str, str], name: str, default: str) -> int:
    word = options.get(name, default)
    if not (word.isascii() and word.isdecimal()):
        raise ValueError(f"option {name} must be a status code, not {word!r}")
    return int(word)


def _statuses(options: Mapping[str, str], name: str, default: str) -> frozenset[int]:
    words = options.get(name, default).replace(",", " ").split()
    if not all(word.isascii() and word.isdecimal() for word in words):
        raise ValueError(f"option {name} must be status codes, not {options[name]!r}")
    return frozenset(map(int, words))
