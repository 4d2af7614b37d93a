"""What a provider can do, which is all that the engine knows of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from app.domain.documents import DEAD, DocumentState, DocumentType
from app.domain.invoice_details import Detail
from app.domain.invoice_info.enums import InvoiceType
from providers.base.reads import FileForm, Subject

# A sale, an exempt one and a return need nothing of a line beside its price and its VAT.
PLAIN_TYPES: Final = frozenset({InvoiceType.SATIS, InvoiceType.ISTISNA, InvoiceType.IADE})
# All that an order can become, for a provider that takes the whole UBL document.
UBL_TYPES: Final = frozenset(InvoiceType) - {InvoiceType.IPTAL}
UBL_DETAILS: Final = frozenset(Detail)
E_DOCUMENTS: Final = frozenset({DocumentType.EARSIV, DocumentType.EFATURA})
# An e-Fatura is polled until it has reached its buyer; a TEMELFATURA never gets an answer.
UNTIL_DELIVERED: Final[Mapping[DocumentType, frozenset[DocumentState]]] = MappingProxyType(
    {
        DocumentType.EARSIV: DEAD | {DocumentState.ISSUED},
        DocumentType.EFATURA: DEAD | {DocumentState.DELIVERED, DocumentState.ACCEPTED},
    }
)


class Step(StrEnum):
    """What a call makes at the provider; each step is journaled by itself. APPROVAL: what was a draft is sent off."""

    CONTACT = "CONTACT"
    INVOICE = "INVOICE"
    E_DOCUMENT = "E_DOCUMENT"
    APPROVAL = "APPROVAL"
    CANCELLATION = "CANCELLATION"
    WITHDRAWAL = "WITHDRAWAL"


class Drafts(StrEnum):
    """What of a document can be made before a person has approved it.

    NONE: nothing, it waits with us. SENT_OFF: a draft that a step of ours makes legal: E_DOCUMENT where the provider
    has that, else APPROVAL. SIGNED: all, for it has no legal effect before a person signs it there.
    """

    NONE = "NONE"
    SENT_OFF = "SENT_OFF"
    SIGNED = "SIGNED"


class LookUp(StrEnum):
    """How a provider can be asked whether an invoice of ours exists.

    BY_LIST: it names documents itself and takes no reference of ours; what it has is compared with what it had before.
    """

    NONE = "NONE"
    BY_REFERENCE = "BY_REFERENCE"
    BY_LIST = "BY_LIST"


class Numbering(StrEnum):
    """Who gives a document its legal number: the provider, from a series it keeps, or we, before anything is sent."""

    PROVIDER = "PROVIDER"
    OURS = "OURS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """At most `requests` calls in any `seconds`."""

    requests: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a provider can do, as far as it is known; where its documents are silent, the careful assumption.

    `unique_reference`: a repeat of our reference is refused, so an attempt after a believed absence cannot double.
    `unsent_seconds`: what could not be sent for so long is shown to a person, and tried on.
    `visibility_seconds`: within so long a look-up sees what was made; an absence is believed after two this far apart.
    `give_up_seconds`: they must be this far apart before the lines of a doubtful document are free for another one, or
    before it is sent again where a repeat is taken: what is booked late would be a second document.
    `poll_until`: the states after which nothing changes any more that is worth a poll, per document type; never DRAFT
    and AWAITING_SIGNATURE, in which a document is polled every `unsigned_poll_seconds`, later less often. A document of
    another type is polled only when it was withdrawn, until it is surely gone.
    `cancels`: the document types of which it cancels an issued one; beyond its own limits it refuses.
    `signs`: the document types that a person can sign through us, with a code that comes by telephone.
    `buyer_answers`: the document types of which it shows what the buyer has answered to a TICARIFATURA: it is followed
    beyond DELIVERED, to that answer or the end of the eight days.
    `withdraws`: the document types of which it deletes a draft, or what waits for a signature.
    `drafts`: what of a document is made before a person has approved it, where its business wants that.
    `takes_ettn`: a document's ETTN is what we give, and by it the document is asked for.
    `invoice_types` and `details`: what of an order its form of a document has a place for, beside a plain sale.
    `corrects_type`: it never makes the wrong kind of document. Asked for that, it refuses it and names the other
    (`Refused.instead`), or makes the right one and says so (`Done.document_type`).
    `unknown_buyer`: the kind that the owner has chosen where nothing answers whether a buyer is registered.
    `one_session`: its login is a session, and it allows a user one.
    `rotating_login`: its login is renewed by a token that changes each time, and is of use to one process at a time.
    `downloads` and `checks`: what `download` and `check` can be asked for. `links`: the document types of which it
    gives an address that opens without a login. `lists`: those of which it lists what was issued on given days.
    `keeps_links`: such an address comes with the answer to a create alone, and is kept then (`KeepsLinks`).
    `requests_in_a_call`: how many a call makes at the most, logins and what is asked before it too; of a slow quota so
    many slots must be open before one begins.
    `mails_buyer`: whether the buyer's address goes to where the provider mails a document by itself (option `mail`);
    None where it mails none. `mails`: the document types of which it mails one when it is asked to.
    """

    provider: str
    steps: tuple[Step, ...]
    document_types: frozenset[DocumentType]
    unique_reference: bool
    look_up: LookUp
    visibility_seconds: float
    max_call_seconds: float
    quota: Quota
    concurrency: int
    taxpayer_lookup: bool
    poll_until: Mapping[DocumentType, frozenset[DocumentState]] = field(default_factory=dict)
    poll_seconds: float = 5.0
    # A person takes minutes at the least.
    unsigned_poll_seconds: float = 300.0
    # A provider's queue or copy is minutes late at the most; what is later is an outage, and answers no look-up.
    give_up_seconds: float = 300.0
    unsent_seconds: float = 24 * 3600.0
    cancels: frozenset[DocumentType] = frozenset()
    withdraws: frozenset[DocumentType] = frozenset()
    signs: frozenset[DocumentType] = frozenset()
    drafts: Drafts = Drafts.NONE
    buyer_answers: frozenset[DocumentType] = frozenset()
    numbering: Numbering = Numbering.PROVIDER
    takes_ettn: bool = False
    invoice_types: frozenset[InvoiceType] = PLAIN_TYPES
    details: frozenset[Detail] = frozenset()
    corrects_type: bool = False
    unknown_buyer: DocumentType | None = None
    one_session: bool = False
    rotating_login: bool = False
    downloads: frozenset[FileForm] = frozenset()
    links: frozenset[DocumentType] = frozenset()
    keeps_links: bool = False
    lists: frozenset[DocumentType] = frozenset()
    checks: frozenset[Subject] = frozenset()
    # A login, what is there, the call itself, and one more.
    requests_in_a_call: int = 4
    mails_buyer: bool | None = None
    mails: frozenset[DocumentType] = frozenset()

    @property
    def sends_off(self) -> bool:
        """Whether what INVOICE makes is a draft only where it is asked to be one, and then sent off by APPROVAL."""
        return self.drafts is Drafts.SENT_OFF and Step.E_DOCUMENT not in self.steps

    @property
    def is_slow(self) -> bool:
        """Whether a call that waits for its second slot would use up its time."""
        return self.quota.seconds / self.quota.requests > self.max_call_seconds / self.requests_in_a_call
