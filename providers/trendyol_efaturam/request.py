"""Which body a document becomes, and where it goes: e-Fatura is made by the first version alone, as far as is known."""

from collections.abc import Mapping
from typing import Final

from app.domain import exact_json
from app.domain.documents import DocumentType
from app.domain.exact_json import JsonValue
from providers.base import Prepared
from providers.options import mails_buyer
from providers.preparing import CheckedDocument, without_email
from providers.trendyol_efaturam import mapping_v1, mapping_v2
from providers.trendyol_efaturam.login import Login
from providers.trendyol_efaturam.options import Version, options_of

DOCUMENTS: Final = "/api/invoice/documents"
EARSIV_V2: Final = "/api/invoice/v2/documents/earchive"
CREATE: Final[Mapping[DocumentType, str]] = {
    DocumentType.EARSIV: f"{DOCUMENTS}/earchive",
    DocumentType.EFATURA: f"{DOCUMENTS}/outgoing-einvoice",
}


def request_of(document: CheckedDocument, given: Mapping[str, str]) -> JsonValue:
    """The body, as far as it is known before there is a login. `given` are the connection's options."""
    options = options_of(given)
    if not mails_buyer(given, default=True):
        document = without_email(document)
    if document.document_type is DocumentType.EARSIV and options.earsiv_api is Version.V2:
        return mapping_v2.body_of(document, options)
    return mapping_v1.body_of(document, options)


def leaving(prepared: Prepared, login: Login, alias: str | None) -> tuple[str, str]:
    """Where the body goes, and as it leaves; a body that was prepared for another version stays of that version."""
    if mapping_v2.IDENTITY in exact_json.loads(prepared.request):
        return EARSIV_V2, prepared.request
    body = mapping_v1.completed(prepared.request, company_id=login.company_id, user_id=login.user_id, alias=alias)
    return CREATE[prepared.document_type], body
