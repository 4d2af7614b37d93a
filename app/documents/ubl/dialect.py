"""What UBL-TR leaves to the receiver of a document: each provider reads one of these."""

from enum import StrEnum
from typing import Final

from app.domain.record import record

# The sentence that makes an invoice its own delivery note.
DESPATCH_SENTENCE: Final = "İrsaliye yerine geçer"


class ReportFacts(StrEnum):
    """How the sending mode and an internet sale travel: GİB defines them in the e-Arşiv report, not in UBL.

    All of them pass GİB's rules, so only a provider's answer shows whether they arrived.
    """

    PATHS = "paths"  # a document reference per field, whose ID is the report's path (Logo, QNB eFinans and others)
    SENDING_TYPE = "sending-type"  # SendingType and EArchiveType; shop, carrier, payment in their UBL places (izibiz)
    SALE_REFERENCE = "sale-reference"  # one reference INTERNET_SATIS (Veriban's kind); no carrier, no day
    EXTENSION_CODES = "extension-codes"  # EXT_IS_ONLINE_SALE and others (Mimsoft); the carrier in Delivery
    VALUE_IDS = "value-ids"  # SEND_TYPE, IS_INTERNET and INT_…, each the name of what is in the ID (Nilvera)
    NOTES = "notes"  # notes like ##internetSatis_webAdresi#…
    NONE = "none"  # the provider takes them beside the document


class DespatchAs(StrEnum):
    """Where the sentence is that the invoice is the delivery note too."""

    NOTE = "note"
    REFERENCE = "reference"


class TaxTotalAs(StrEnum):
    """Whether TaxTotal is what the seller gets of the taxes, as in GİB's samples, or all of them."""

    LESS_WITHHOLDING = "less-withholding"
    WHOLE = "whole"


@record
class Dialect:
    """The defaults are GİB's own samples', and where there are none, the most widespread practice."""

    report: ReportFacts = ReportFacts.PATHS
    despatch: DespatchAs = DespatchAs.NOTE
    tax_total: TaxTotalAs = TaxTotalAs.LESS_WITHHOLDING


DEFAULT: Final = Dialect()
