"""Our code lists hold the codes of GİB's schematron, where the extra is installed: a new revision shows here first."""

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from app.documents.checking.rule_set import PACKAGE, installed
from app.documents.codelists import codes

pytestmark = pytest.mark.skipif(installed().schematron is None, reason="GİB's rules are not installed (extra ubl)")
LISTS = {
    "TaxType": "tax_types",
    "AccountingCostCodeList": "accounting_costs",
    "DeliveryTermCodeList": "delivery_terms",
    "TransportModeCodeList": "transport_modes",
    "PackageTypeCodeList": "package_types",
    "PartyIdentificationIDType": "party_id_schemes",
    "DocumentDescriptionType": "okc_receipt_types",
    "CurrencyCodeList": "currencies",
    "CountryCodeList": "countries",
    "UnitCodeList": "unit_codes",
    "PaymentMeansCodeTypeList": "payment_means",
    "ChannelCodeList": "communication_channels",
    "MimeCodeList": "mime_codes",
    "InvoiceTypeCodeList": "invoice_types",
    "ozelMatrahTaxExemptionReasonCodeType": "special_base_reasons",
    "ihracExemptionReasonCodeType": "export_registered_reasons",
}


@cache
def lists_of_gib() -> dict[str, set[str]]:
    spec = find_spec(PACKAGE)
    assert spec is not None
    assert spec.submodule_search_locations is not None
    folder = Path(next(iter(spec.submodule_search_locations)))
    source = (folder / "ekler/sematron/efatura.sch").read_text(encoding="utf-8")
    found = re.findall(r"""<let name="(\w+)" value="'([^"]*)'"/>""", source)
    return {name: set(filter(None, written.split(","))) for name, written in found}


@pytest.mark.parametrize(("of_gib", "of_ours"), LISTS.items())
def test_a_list_of_ours_has_gibs_codes_and_no_other(of_gib: str, of_ours: str) -> None:
    assert codes(of_ours).keys() == lists_of_gib()[of_gib]


def test_the_withholdings_of_the_list_go_with_gibs_percents() -> None:
    accepted = {
        code + percent
        for code, row in codes("withholding_codes").items()
        for percent in row["percents_accepted"].split(";")
    }
    assert accepted == lists_of_gib()["WithholdingTaxTypeWithPercent"]
