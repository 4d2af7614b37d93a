"""The messages of both services, as their descriptions (WSDL) have them: roots, fields in their sequence, namespaces.

e-Arşiv's fields have no namespace; e-Fatura's have that of their root, with one slash.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from providers.formats.elements import Field
from providers.simulation.soap import answer
from providers.sovos.simulator.accounts import EINVOICE

INVOICE: Final = "http://fitcons.com/earchive/invoice"
CANCELLATION: Final = "http://fitcons.com/earchive/invoicecancellation"
USER_LIST: Final = "http:/fitcons.com/earchive/getuserlist"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One operation's messages: their roots, and the fields of the request in their sequence."""

    request: str
    response: str
    fields: Sequence[str]
    namespace: str
    is_qualified: bool

    def answer(self, fields: Mapping[str, Field]) -> web.Response:
        """The response with these fields."""
        return answer(self.namespace, self.response, fields, qualified=self.is_qualified)


def _earsiv(operation: str, fields: str, *, suffix: str = "Type", root: str | None = None) -> Shape:
    name = root or operation
    return Shape(
        request=f"{name}Request{suffix}",
        response=f"{name}Response{suffix}",
        fields=fields.split(),
        namespace=INVOICE,
        is_qualified=False,
    )


def _efatura(operation: str, fields: str) -> Shape:
    return Shape(
        request=f"{operation}Request",
        response=f"{operation}Response",
        fields=fields.split(),
        namespace=EINVOICE,
        is_qualified=True,
    )


EARSIV: Final[Mapping[str, Shape]] = {
    "sendInvoice": _earsiv(
        "sendInvoice",
        "senderID receiverID docType fileName hash binaryData customizationParams responsiveOutput",
    ),
    "getStatus": _earsiv("getStatus", "UUID vkn invoiceNumber"),
    "getSignedInvoice": _earsiv("getSignedInvoice", "UUID vkn invoiceNumber"),
    "getInvoiceDocument": _earsiv("getInvoiceDocument", "UUID vkn invoiceNumber outputType"),
    "detailedInvoiceQuery": _earsiv(
        "detailedInvoiceQuery",
        "senderId receiverId queryStartDate queryEndDate custinvID UUID",
        suffix="",
    ),
    "generateInvID": _earsiv(
        "generateInvID", "Identifier Branch Cust_inv_id Issue_date", suffix="", root="invIdGeneration"
    ),
    # The one operation of e-Arşiv whose fields have a namespace, and that has one slash.
    "getUserList": Shape(
        request="getUserListRequest",
        response="getUserListResponse",
        fields=("vknTckn",),
        namespace=USER_LIST,
        is_qualified=True,
    ),
    "cancelInvoice": Shape(
        request="invoiceCancellationServiceRequestType",
        response="invoiceCancellationServiceResponseType",
        fields=("invoiceCancelInfoTypeList",),
        namespace=CANCELLATION,
        is_qualified=False,
    ),
}
EFATURA: Final[Mapping[str, Shape]] = {
    "sendUBL": _efatura("sendUBL", "VKN_TCKN SenderIdentifier ReceiverIdentifier DocType Parameters DocData"),
    "getInvoiceStatus": _efatura("getInvoiceStatus", "InvoiceStatusRequest"),
    "getUBLList": _efatura("getUBLList", "Identifier VKN_TCKN UUID DocType Type Parameters FromDate ToDate"),
    "getUBL": _efatura("getUBL", "Identifier VKN_TCKN UUID DocType Type Parameters"),
    "getEnvelopeStatus": _efatura("getEnvelopeStatus", "Identifier VKN_TCKN UUID Parameters"),
    "getInvoiceView": _efatura("getInvoiceView", "UUID CustInvID Identifier VKN_TCKN Type DocType"),
    "getUserList": _efatura("getUserList", "Identifier VKN_TCKN Role RegisteredAfter Filter_VKN_TCKN"),
}
