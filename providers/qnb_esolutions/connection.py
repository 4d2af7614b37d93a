"""What a connection to QNB is set to: a service and a user for each product, and what is left open.

Clients in use disagree on the live hosts, so each service may have an address of its own.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from lxml import etree

from app.documents.checking import Mode
from app.domain.documents import DocumentType
from providers.base import ConnectionSettings
from providers.elements import Element
from providers.options import NUMBERS
from providers.soap import SoapService
from providers.ubl import INTERNET_SALE, dialect_of

WSSE: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
EARSIV_PATH: Final = "/earsiv/ws/EarsivWebService"
TEST_HOSTS: Final[Mapping[DocumentType, tuple[str, ...]]] = {
    DocumentType.EARSIV: ("earsivtest.qnbesolutions.com.tr",),
}
LIVE_HOSTS: Final[Mapping[DocumentType, tuple[str, ...]]] = {
    DocumentType.EARSIV: ("earsiv.qnbesolutions.com.tr", "earsivconnector.qnbesolutions.com.tr"),
}
PATHS: Final[Mapping[DocumentType, str]] = {DocumentType.EARSIV: EARSIV_PATH}
OPTIONS: Final = frozenset(
    {"tax_number", "erp_code", "branch", "till", "template", "rejected_codes", INTERNET_SALE, NUMBERS}
)
NO_ACTION: Final = '""'
_TAX_NUMBER: Final = re.compile(r"[0-9]{10,11}")
_CODE: Final = re.compile(r"AE[0-9]{5}")


@dataclass(frozen=True, slots=True, kw_only=True)
class QnbOptions:
    """The options, read. `rejected` are the result codes of a question that end a document; none unless they are set.

    `branch` and `till` are `sube` and `kasa`, `template` is `sablonAdi`.
    """

    tax_number: str
    erp_code: str
    branch: str
    till: str
    template: str | None
    rejected: frozenset[str]


def options_of(options: Mapping[str, str]) -> QnbOptions:
    """Raises ValueError, naming the option, for what is missing or makes no sense."""
    dialect_of(options)
    tax_number = options.get("tax_number", "")
    if not _TAX_NUMBER.fullmatch(tax_number):
        raise ValueError(f"option tax_number must be the VKN or TCKN of the account, not {tax_number!r}")
    if not options.get("erp_code"):
        raise ValueError("option erp_code must be the code that QNB has given to the project")
    return QnbOptions(
        tax_number=tax_number,
        erp_code=options["erp_code"],
        branch=options.get("branch", "DFLT"),
        till=options.get("till", "DFLT"),
        template=options.get("template"),
        rejected=_codes(options),
    )


def services_of(settings: ConnectionSettings) -> Mapping[DocumentType, SoapService]:
    """The services. Raises KeyError for a missing secret, ValueError for an unsafe address."""
    return {kind: _service(settings, kind) for kind in PATHS}


def mode_of(settings: ConnectionSettings) -> Mode:
    """Test identities are refused where documents are real."""
    live = {host for hosts in LIVE_HOSTS.values() for host in hosts}
    return Mode.PRODUCTION if urlsplit(settings.base_url).hostname in live else Mode.TEST


def _service(settings: ConnectionSettings, kind: DocumentType) -> SoapService:
    user, password = settings.secrets["username"], settings.secrets["password"]
    address = settings.base_url.rstrip("/") + PATHS[kind]
    return SoapService(
        address, secrets=[password], header=lambda: username_token(user, password), action=lambda _: NO_ACTION
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
