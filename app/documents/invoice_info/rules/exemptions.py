"""Why there is no VAT or no special consumption tax: GİB's reasons, and the invoice types each is for."""

from collections.abc import Container, Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from types import MappingProxyType
from typing import Final

from app.documents.codelists.reasons import Reason, ReasonList, reasons
from app.documents.invoice_info.rules.circumstances import Circumstances
from app.documents.invoice_info.rules.errors import error_at
from app.domain.errors import FieldError
from app.domain.invoice_info.enums import InvoiceType
from app.domain.invoice_info.model import InvoiceInfo
from app.domain.vat_rates import NO_EXEMPTION, RATE_CHECK

VAT: Final = "TaxExemptionReasonInfo.KDVExemptionReasonCode"
SCT: Final = "TaxExemptionReasonInfo.OTVExemptionReasonCode"
# Types that are what they are by a reason, and the list that it comes from.
LIST_OF: Final[Mapping[InvoiceType, ReasonList]] = MappingProxyType(
    {
        InvoiceType.ISTISNA: ReasonList.VAT_EXEMPTION,
        InvoiceType.IHRACKAYITLI: ReasonList.EXPORT_REGISTERED,
        InvoiceType.OZELMATRAH: ReasonList.SPECIAL_BASE,
    }
)
IN_WORDS: Final[Mapping[ReasonList, str]] = MappingProxyType(
    {
        ReasonList.VAT_EXEMPTION: "a VAT exemption reason, such as 301",
        ReasonList.EXPORT_REGISTERED: "an export-registered reason, 701 to 704",
        ReasonList.SPECIAL_BASE: "a reason for its special base, 801 to 812",
    }
)
# The schematron asks these types for no reason when VAT is zero.
WITHOUT_REASON: Final = frozenset(
    {
        InvoiceType.IADE,
        InvoiceType.IHRACKAYITLI,
        InvoiceType.OZELMATRAH,
        InvoiceType.SGK,
        InvoiceType.KONAKLAMAVERGISI,
    }
)


def reason_of_its_type(info: InvoiceInfo, circumstances: Circumstances) -> Iterator[FieldError]:
    """ISTISNA, IHRACKAYITLI and OZELMATRAH, also when there is VAT: the schematron would let that pass.

    GİB takes 351 with ISTISNA and exemptions with IHRACKAYITLI; the model and the types' own meaning do not. Where
    lines have several reasons, the header can have none of them.
    """
    if info.invoice_type is None or (wanted := _own_list(info)) is None:
        return
    name, code = info.invoice_type.name, _vat_code(info)
    if code is None:
        if circumstances.line_reasons & (_for_lines(wanted) - {NO_EXEMPTION}):
            return
        message = f"an invoice of the type {name} needs {IN_WORDS[wanted]}"
        yield error_at(VAT, "VAT_EXEMPTION_REQUIRED", message)
    elif (code == NO_EXEMPTION and info.invoice_type is InvoiceType.ISTISNA) or (
        _vat_reason(code) is not None and code not in reasons(wanted)
    ):
        message = f"is no reason for an invoice of the type {name}, which needs {IN_WORDS[wanted]}"
        yield error_at(VAT, "VAT_EXEMPTION_NOT_OF_TYPE", message)


def _for_lines(wanted: ReasonList) -> AbstractSet[str]:
    """The diplomats' exemption from accommodation tax is one of ISTISNA's reasons; no field of the header has it."""
    of_another_tax = reasons(ReasonList.ACCOMMODATION_TAX).keys() if wanted is ReasonList.VAT_EXEMPTION else set()
    return reasons(wanted).keys() | of_another_tax


def known_vat_reason(info: InvoiceInfo, circumstances: Circumstances) -> Iterator[FieldError]:
    """In one of GİB's three lists, and accepted with the invoice's type."""
    code = _vat_code(info)
    if code is None:
        return
    reason = _vat_reason(code)
    if reason is None:
        yield error_at(VAT, "VAT_EXEMPTION_UNKNOWN", "is in none of GİB's lists of VAT reasons")
    elif (wanted := _own_list(info)) is None or code in reasons(wanted):  # else `reason_of_its_type` has reported it
        yield from _of_type(VAT, "VAT_EXEMPTION_NOT_OF_TYPE", reason, _type_name(info, circumstances))


def known_sct_reason(info: InvoiceInfo, circumstances: Circumstances) -> Iterator[FieldError]:
    """In GİB's list, and accepted with the invoice's type."""
    code = info.tax_exemption_reason_info.otv_exemption_reason_code if info.tax_exemption_reason_info else None
    if code is None:
        return
    reason = reasons(ReasonList.SCT_EXEMPTION).get(code)
    if reason is None:
        yield error_at(SCT, "SCT_EXEMPTION_UNKNOWN", "is not in GİB's list of special consumption tax reasons")
    else:
        yield from _of_type(SCT, "SCT_EXEMPTION_NOT_OF_TYPE", reason, _type_name(info, circumstances))


def reason_for_no_vat(info: InvoiceInfo, circumstances: Circumstances) -> Iterator[FieldError]:
    """Lines without VAT need a reason in most types, and 555 needs lines with it."""
    if not circumstances.vat_is_zero or info.invoice_type is None:
        return
    code = _vat_code(info)
    if code == RATE_CHECK:
        yield error_at(VAT, "VAT_EXEMPTION_NOT_ALLOWED", f"{RATE_CHECK} is for lines with VAT, and some have none")
    elif code is None and info.invoice_type not in WITHOUT_REASON | LIST_OF.keys():
        message = f"lines without VAT need a reason: {NO_EXEMPTION}, or another type with its own"
        yield error_at(VAT, "VAT_EXEMPTION_REQUIRED", message)


def reasons_of_no_line(info: InvoiceInfo, taken: Container[str | None]) -> Iterator[FieldError]:
    """The header's reasons, against those that the lines take."""
    given = info.tax_exemption_reason_info
    if given is None:
        return
    for field, code in (
        ("KDVExemptionReasonCode", given.kdv_exemption_reason_code),
        ("OTVExemptionReasonCode", given.otv_exemption_reason_code),
    ):
        if code is not None and code not in taken:
            message = "is a reason that no line takes: none is without that tax"
            yield error_at(f"TaxExemptionReasonInfo.{field}", "REASON_OF_NO_LINE", message)


def line_reasons_of_type(info: InvoiceInfo, codes: Iterable[str]) -> Iterator[FieldError]:
    """The reasons of the lines: one that no list has, and one that GİB takes with other types alone."""
    for code in sorted(codes):
        reason = _vat_reason(code)
        if reason is None and code not in reasons(ReasonList.ACCOMMODATION_TAX):
            yield error_at(VAT, "VAT_EXEMPTION_UNKNOWN", f"{code} is in none of GİB's lists of VAT reasons")
        elif reason is not None and info.invoice_type is not None:
            yield from _of_type(VAT, "VAT_EXEMPTION_NOT_OF_TYPE", reason, info.invoice_type.name)


def _vat_code(info: InvoiceInfo) -> str | None:
    return info.tax_exemption_reason_info.kdv_exemption_reason_code if info.tax_exemption_reason_info else None


def _own_list(info: InvoiceInfo) -> ReasonList | None:
    return LIST_OF.get(info.invoice_type) if info.invoice_type else None


def _vat_reason(code: str) -> Reason | None:
    return next((found for each in set(LIST_OF.values()) if (found := reasons(each).get(code))), None)


def _type_name(info: InvoiceInfo, circumstances: Circumstances) -> str | None:
    """As the lists of reasons call it."""
    if info.invoice_type is None:
        return None
    return f"YTB{info.invoice_type.name}" if circumstances.incentive else info.invoice_type.name


def _of_type(field: str, code: str, reason: Reason, invoice_type: str | None) -> Iterator[FieldError]:
    if invoice_type is not None and not reason.is_for(invoice_type):
        message = f"GİB does not take {reason.code} ({reason.name}) on an invoice of the type {invoice_type}"
        yield error_at(field, code, message)
