"""What a connection to QNB is set to: a service and a user for each product, and what is left open.

Clients in use disagree on the live hosts, so each service may have an address of its own.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lxml import etree

from app.domain.documents import DocumentType
from app.domain.text import folded
from providers.base import ConnectionSettings
from providers.formats.elements import Element
from providers.formats.ubl import INTERNET_SALE, dialect_of
from providers.options import MAIL, NUMBERS, REPEATED, REPEATS, account_of, one_of
from providers.transport.soap import SoapService
from providers.transport.two_services import ADDRESS_OPTIONS, Addresses, service_address

WSSE: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
TEST: Final[Addresses] = {
    DocumentType.EARSIV: "https://earsivtest.qnbesolutions.com.tr/earsiv/ws/EarsivWebService",
    DocumentType.EFATURA: "https://erpefaturatest1.qnbesolutions.com.tr/efatura/ws/connectorService",
}
LIVE: Final[Addresses] = {
    DocumentType.EARSIV: "https://earsiv.qnbesolutions.com.tr/earsiv/ws/EarsivWebService",
    DocumentType.EFATURA: "https://connector.qnbesolutions.com.tr/connector/ws/connectorService",
}
# The live hosts that another client uses.
LIVE_TOO: Final[Addresses] = {
    DocumentType.EARSIV: "https://earsivconnector.qnbesolutions.com.tr/earsiv/ws/EarsivWebService",
    DocumentType.EFATURA: "https://efaturaconnector.qnbesolutions.com.tr/connector/ws/connectorService",
}
ENVIRONMENTS: Final = (TEST, LIVE, LIVE_TOO)
OPTIONS: Final = frozenset(
    {
        "tax_number", "erp_code", "branch", "till", "template", "rejected_codes", "sender_alias", "absent_words",
        "mime_type", "document_version", "hash", INTERNET_SALE, MAIL, NUMBERS, REPEATS, *ADDRESS_OPTIONS.values(),
    }
)  # fmt: skip
NO_ACTION: Final = '""'
_CODE: Final = re.compile(r"AE[0-9]{5}")


@dataclass(frozen=True, slots=True, kw_only=True)
class QnbOptions:
    """The options, read. `rejected` are the result codes of a question that end a document; none unless they are set.

    `branch` and `till` are `sube` and `kasa`, `template` is `sablonAdi`. `sender_alias` (GB) is None where the account
    has no e-Fatura. `absent_words`: of a fault that says that there is no such e-Fatura, folded.
    """

    tax_number: str
    erp_code: str
    branch: str
    till: str
    template: str | None
    rejected: frozenset[str]
    sender_alias: str | None
    absent_words: tuple[str, ...]
    refuses_repeats: bool
    mime_type: str
    document_version: str
    is_hash_lower: bool


def options_of(options: Mapping[str, str]) -> QnbOptions:
    """Raises ValueError, naming the option, for what is missing or makes no sense."""
    dialect_of(options)
    if not options.get("erp_code"):
        raise ValueError("option erp_code must be the code that QNB has given to the project")
    return QnbOptions(
        tax_number=account_of(options),
        erp_code=options["erp_code"],
        branch=options.get("branch", "DFLT"),
        till=options.get("till", "DFLT"),
        template=options.get("template"),
        rejected=_codes(options),
        sender_alias=_sender_alias(options),
        absent_words=tuple(filter(None, [folded(options.get("absent_words", "").strip())])),
        refuses_repeats=one_of(options, REPEATS, REPEATED) == "refused",
        mime_type=options.get("mime_type", "application/xml"),
        document_version=options.get("document_version", "1.0"),
        is_hash_lower=one_of(options, "hash", ("upper", "lower")) == "lower",
    )


def services_of(settings: ConnectionSettings) -> Mapping[DocumentType, SoapService]:
    """Both services. Raises KeyError for a missing secret, ValueError for an unsafe address."""
    return {kind: _service(settings, kind) for kind in TEST}


def has_own_user(settings: ConnectionSettings) -> bool:
    """Whether e-Fatura has a user of its own, as QNB's accounts do."""
    return "efatura_username" in settings.secrets


def _service(settings: ConnectionSettings, kind: DocumentType) -> SoapService:
    prefix = "efatura_" if kind is DocumentType.EFATURA and has_own_user(settings) else ""
    user, password = settings.secrets[f"{prefix}username"], settings.secrets[f"{prefix}password"]
    return SoapService(
        service_address(settings, kind, ENVIRONMENTS),
        secrets=settings.secrets,
        header=lambda: username_token(user, password),
        action=lambda _: NO_ACTION,
    )


def username_token(user: str, password: str) -> Element:
    """WS-Security as QNB reads it: the password in plain text, in every request, without nonce and time."""
    security = etree.Element(f"{{{WSSE}}}Security", nsmap={"wsse": WSSE})
    token = etree.SubElement(security, f"{{{WSSE}}}UsernameToken")
    etree.SubElement(token, f"{{{WSSE}}}Username").text = user
    etree.SubElement(token, f"{{{WSSE}}}Password").text = password
    return security


def _codes(options: Mapping[str, str]) -> frozenset[str]:
    words = options.get("rejected_codes", "").replace(",", " ").split()
    if not all(map(_CODE.fullmatch, words)):
        raise ValueError(f"option rejected_codes must be codes such as AE00043, not {options['rejected_codes']!r}")
    return frozenset(words)


def _sender_alias(options: Mapping[str, str]) -> str | None:
    """An e-Fatura has our number: how QNB gives one to it is described in two ways, neither of them by QNB."""
    alias = options.get("sender_alias")
    if alias is not None and options.get(NUMBERS) == "provider":
        raise ValueError("option numbers must be ours for a connection with e-Fatura (sender_alias)")
    return alias
