"""Text is found however its Turkish letters are typed, and none of it means anything to the database."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.tracking.read_model.search import folded
from tests.harness.pipeline import event, order
from tests.tracking.read_model.installation import Installation
from tests.tracking.read_model.test_queries import INVOICE, found


def buyer(name: str, family_name: str) -> dict[str, Any]:
    address = {"street": "Deneme Sokak 5", "district": "Ortahisar", "city": "Trabzon"}
    return {"buyer": {"name": name, "family_name": family_name, "tax_number": "10001707174", "address": address}}


SOUGHT = {
    "isik": ["S-1"],
    "IŞIK": ["S-1"],
    "ışık": ["S-1"],
    "Işık": ["S-1"],
    "İSMAİL": ["S-2"],
    "ismail": ["S-2"],
    "Ismaıl": ["S-2"],
    "ca": ["S-2"],
    "ÇAĞ": ["S-2"],
    "caglar ismail": ["S-2"],
    "s-1": ["S-1"],
    "m4711": ["S-1"],
    "trk.99": ["S-2"],
    "trk99": ["S-2"],
    '"': [],
    "%": [],
    "_": [],
    "' OR 1=1 --": [],
    "ismail%": ["S-2"],
    "isik ismail": [],
}


@pytest.mark.parametrize("q", SOUGHT)
async def test_text_is_found_however_its_turkish_letters_are_typed(installation: Installation, q: str) -> None:
    await installation.submit(
        {**order("S-1", customer_number="M-4711"), "person": buyer("Deneme", "Işık")},
        {**order("S-2"), "person": buyer("İsmail", "Çağlar")},
        event("S-2", {**INVOICE, "tracking_code": "TRK-99"}),
    )
    assert found(installation, q=q) == SOUGHT[q]


TURKISH = st.text(
    alphabet="abcçdefgğhıijklmnoöprsştuüvyzâîûABCÇDEFGĞHIİJKLMNOÖPRSŞTUÜVYZÂÎÛ 0123456789-./", max_size=30
)
UPPER = str.maketrans("ıi", "Iİ")
LOWER = str.maketrans("Iİ", "ıi")


@given(TURKISH)
def test_small_and_capital_letters_are_the_same_to_a_search(text: str) -> None:
    assert folded(text) == folded(text.translate(UPPER).upper()) == folded(text.translate(LOWER).lower())
    assert folded(folded(text)) == folded(text)


async def test_a_blank_search_is_none(installation: Installation) -> None:
    await installation.submit(order("S-1"))
    assert found(installation, q="  ") == ["S-1"]
