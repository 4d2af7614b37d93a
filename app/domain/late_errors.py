"""Why an order that the planner has taken may still be refused when its document is prepared: all codes there are.

Whatever is wrong in the order's own lines, amounts, rates, exemptions, discounts, currency and buyer, the planner
refuses at once (`order_checks`). These are the errors that need what the planner does not have.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class KnownLate(StrEnum):
    """What is looked at only when the document is prepared, and why not earlier."""

    GIB_LISTS = "GİB's lists: they change several times a year, and the planner's answers stay the same when repeated"
    ARCHIVE_REPORT = "the e-Arşiv report's facts of an internet sale: an e-Fatura has none, and needs none"
    REGISTER = "the register: whether a buyer gets an e-Fatura is asked when the document is issued"
    ISSUE_DATE = "the day of issue, which is not known earlier"
    BUSINESS = "the business's series and carriers: they can be added while the document waits"
    PROVIDER = "the provider's model: another provider may have a field for it"


LATE_ERRORS: Final[Mapping[str, KnownLate]] = MappingProxyType(
    {
        "UNIT_UNKNOWN": KnownLate.GIB_LISTS,
        "CURRENCY_UNKNOWN": KnownLate.GIB_LISTS,
        "VAT_EXEMPTION_UNKNOWN": KnownLate.GIB_LISTS,
        "VAT_EXEMPTION_NOT_OF_TYPE": KnownLate.GIB_LISTS,
        "PAYMENT_REQUIRED": KnownLate.ARCHIVE_REPORT,
        "PAYMENT_NAME_REQUIRED": KnownLate.ARCHIVE_REPORT,
        "PAYMENT_DATE_REQUIRED": KnownLate.ARCHIVE_REPORT,
        "TRANSPORTER_REQUIRED": KnownLate.ARCHIVE_REPORT,
        "SEND_TYPE_NOT_ELEKTRONIK": KnownLate.ARCHIVE_REPORT,
        "RETURN_DATE_AFTER_ISSUE": KnownLate.ISSUE_DATE,
        "NUMBER_YEAR": KnownLate.ISSUE_DATE,
        "ISSUE_DATE_OUT_OF_BOUND": KnownLate.ISSUE_DATE,
        "TAX_NUMBER_REQUIRED": KnownLate.REGISTER,
        "CARRIER_UNKNOWN": KnownLate.BUSINESS,
        "SERIES_REQUIRED": KnownLate.BUSINESS,
        "DOCUMENT_TYPE_UNSUPPORTED": KnownLate.PROVIDER,
        "VAT_EXEMPTION_UNSUPPORTED": KnownLate.PROVIDER,
        "ONE_VAT_EXEMPTION": KnownLate.PROVIDER,
        "NOT_AT_THIS_PROVIDER": KnownLate.PROVIDER,
        "NOT_IN_EFATURA": KnownLate.PROVIDER,
        "NOT_IN_PORTAL": KnownLate.PROVIDER,
        "TEMPLATE_UUID_UNSUPPORTED": KnownLate.PROVIDER,
        "INTERNET_SALE_PLACE_UNKNOWN": KnownLate.PROVIDER,
    }
)
