"""The handler that corrects an invoice, which the address names as the merchant, the law or we do."""

from typing import Final, cast

from app.domain.documents import DocumentStatus
from app.operations.corrections import named_invoice
from app.operations.errors import NotFoundError, NotPossibleError
from app.tracking.read_model.queries import Queries
from app.web.api.operations import Answer, Call
from app.web.api.problems import Problem
from app.web.api.reading import asked
from app.web.api.requests import event_of
from app.web.api.submission import Submission
from app.web.api.wire.changes import CorrectInvoice

OPERATION: Final = "correctInvoice"


class Corrections:
    """`queries`: where invoices are found; what is not there yet is not found."""

    def __init__(self, submission: Submission, queries: Queries) -> None:
        self._submission = submission
        self._queries = queries

    async def correct(self, call: Call) -> Answer:
        """One event about the invoice that is meant."""
        if answered := await self._submission.repeated(call, OPERATION):
            return answered
        document, body = await self._invoice(call), cast("CorrectInvoice", call.body)
        about = {"business": "businessCode", "order_reference": "orderReference", "customer_number": "customerNumber"}
        identity = {field: call.path[name] for field, name in about.items()}
        event = event_of({**body.corrects(document.document_id), **identity}, call.now)
        return await self._submission.submit(call, OPERATION, event, as_of=document.document_id)

    async def _invoice(self, call: Call) -> DocumentStatus:
        business, reference = call.path["businessCode"], call.path["orderReference"]
        found = await asked(lambda: self._queries.order(business, reference))
        if found is None:
            raise Problem("NOT_FOUND", path="path:orderReference")
        if found.row.customer_number not in {None, call.path["customerNumber"]}:
            raise Problem("OTHER_CUSTOMER", path="path:customerNumber")
        try:
            return named_invoice((row.latest for row in found.documents), call.path["invoiceReference"])
        except NotFoundError as error:
            raise Problem("NOT_FOUND", f"{error}", path="path:invoiceReference") from error
        except NotPossibleError as error:
            raise Problem("INVOICE_AMBIGUOUS", f"{error}", path="path:invoiceReference") from error
