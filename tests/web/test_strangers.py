"""Programs of others that know nothing but the OpenAPI document: one looks for faults, one is a client made from it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.running_api import SHOP
from tests.web.served import ServedApi, served

GENERATOR = os.environ.get("FATURAFLOW_TEST_OPENAPI_CLIENT")
pytestmark = [pytest.mark.wide, pytest.mark.timeout(900)]
# What a person does at a provider is done with a document that waits for it there.
AT_A_PROVIDER = ("startSigning", "finishSigning", "markIssued", "markDeleted")
# What asks a name server.
ASKS_FOR_NAMES = ("registerCallback",)
QUICK_START = """
import sys
import time
from datetime import date

url, key, business = sys.argv[1:]
from faturaflow_client import AuthenticatedClient
from faturaflow_client.api.orders import correct_invoice, create_invoice, create_order, get_order
from faturaflow_client.api.requests import find_request
from faturaflow_client.models import (
    BillToAddress, ChangedOrder, CorrectInvoice, CreateInvoice, CreateOrder, Item, Order, OrderItem, OrderType,
)

client = AuthenticatedClient(base_url=url, token=key)
buyer = BillToAddress(
    first_name="Deneme", last_name="Alıcı", tax_identification_number="10000000146",
    street="Deneme Sokak", street_number="1", district="Çankaya", postal_place="Ankara", country_code="TR",
)
line = OrderItem(
    order_item_reference=1, description="Kitap kılıfı", quantity=1, gross_unit_price="120.00", vat_percent=20
)
order = CreateOrder(
    order_reference="W-1", order_date=date(2026, 11, 2), order_type=OrderType.PHYSICAL_GOODS, currency="TRY",
    bill_to_address=buyer, items=[line],
)
answer = create_order.sync_detailed(business, "C-1", client=client, body=order, x_request_id="order-W-1")
assert answer.status_code == 202, answer
invoice = CreateInvoice(
    invoice_reference="W-1-A", invoice_date=date(2026, 11, 2), due_date=date(2026, 12, 2),
    dispatch_date=date(2026, 11, 2), shipment_reference="SHP-1", items=[Item(order_item_reference=1)],
)
answer = create_invoice.sync_detailed(business, "C-1", "W-1", client=client, body=invoice, x_request_id="invoice-W-1")
assert answer.status_code == 202, answer
state = find_request.sync(client=client, business_code=business, x_request_id="invoice-W-1")
assert state.order_reference == "W-1", state
again = create_invoice.sync_detailed(business, "C-1", "W-1", client=client, body=invoice, x_request_id="invoice-W-1")
assert again.parsed.internal_request_id == answer.parsed.internal_request_id
for _ in range(100):
    known = get_order.sync(business, "C-1", "W-1", client=client)
    if isinstance(known, Order) and known.invoices:
        break
    time.sleep(0.1)
assert [each.invoice_reference for each in known.invoices] == ["W-1-A"], known
line.gross_unit_price = "90.00"
correction = CorrectInvoice(goodwill_reference="C-5", reason="wrong price", order=ChangedOrder(items=[line]))
answer = correct_invoice.sync_detailed(
    business, "C-1", "W-1", "W-1-A", client=client, body=correction, x_request_id="correct-W-1"
)
assert answer.status_code == 202, answer
print("done")
"""


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedApi]:
    with served(tmp_path_factory.mktemp("strangers")) as running:
        yield running


@pytest.mark.foreign_client
@pytest.mark.skipif(GENERATOR is None, reason="FATURAFLOW_TEST_OPENAPI_CLIENT names no openapi-python-client")
def test_a_client_made_from_the_document_runs_the_quick_start(api: ServedApi, tmp_path: Path) -> None:
    """The generator has an environment of its own; what it makes needs httpx and attrs."""
    assert GENERATOR is not None
    (tmp_path / "config.yaml").write_text("package_name_override: faturaflow_client\npost_hooks: []\n")
    (tmp_path / "openapi.json").write_text(json.dumps(api.document()))
    made = [GENERATOR, "generate", "--path", "openapi.json", "--meta", "none"]
    done = run([*made, "--config", "config.yaml", "--output-path", "faturaflow_client"], tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARNING" not in done.stdout, done.stdout
    its_python = Path(GENERATOR).parent / "python"
    started = run([f"{its_python}", "-c", QUICK_START, api.url, api.key, SHOP], tmp_path)
    assert started.stdout.strip() == "done", started.stderr


def test_a_program_that_looks_for_faults_finds_none(api: ServedApi, tmp_path: Path) -> None:
    """`positive_data_acceptance` is left out: what Turkish tax law refuses of a well-formed order is in no schema."""
    (tmp_path / "openapi.json").write_text(json.dumps(api.document()))
    known = "".join(f'"path.{name}" = "{value}"\n' for name, value in api.known.items())
    signable = (
        f'[[operations]]\ninclude-operation-id = "{name}"\nparameters = {{ "path.documentId" = "{api.signable}" }}\n'
        for name in AT_A_PROVIDER
    )
    (tmp_path / "schemathesis.toml").write_text("".join([f"[parameters]\n{known}", *signable]))
    command = [
        *(f"{Path(sys.executable).parent / 'schemathesis'}", "run", "openapi.json", "--url", api.url),
        *("--header", f"X-Subscription-Key: {api.key}", "--request-timeout", "20", "--no-color", "--seed", "1"),
        *("--checks", "all", "--exclude-checks", "positive_data_acceptance", "--max-examples", "30"),
        *("--phases", "examples,coverage,fuzzing"),
        *(word for name in ASKS_FOR_NAMES for word in ("--exclude-operation-id", name)),
    ]
    done = run(command, tmp_path)
    assert done.returncode == 0, done.stdout[-6000:]
    assert "429" not in done.stdout  # else nothing was looked at


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=800)
