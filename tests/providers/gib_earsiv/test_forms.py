"""What the portal's simulator takes as a form, whoever has written it."""

import json
from typing import Any

from app.domain.documents import DocumentType
from providers.base import ConnectionSettings
from providers.gib_earsiv.adapter import GibPortalAdapter
from providers.gib_earsiv.simulator.forms import is_sound
from tests.providers.examples import FACTS, ISSUED_AT, command
from tests.providers.gib_earsiv.bench import SECRETS


def form() -> dict[str, Any]:
    adapter = GibPortalAdapter(ConnectionSettings(base_url="https://portal.example", secrets=SECRETS))
    prepared = adapter.prepare(command(), FACTS, DocumentType.EARSIV, ISSUED_AT)
    made: dict[str, Any] = json.loads(prepared.request)
    return made


def test_a_form_without_a_word_for_the_discount_is_taken_as_other_clients_send_it() -> None:
    written = form()
    for line in written["malHizmetTable"]:
        del line["iskontoArttm"]
    assert is_sound(written)


def test_a_form_whose_line_does_not_add_up_is_not_taken() -> None:
    written = form()
    written["malHizmetTable"][0]["malHizmetTutari"] = "1.00"
    assert not is_sound(written)
