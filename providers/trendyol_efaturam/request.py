"""Which body a document becomes: e-Fatura is made by the first version alone, as far as is known."""

from collections.abc import Mapping

from app.domain.documents import DocumentType
from app.domain.exact_json import JsonValue
from providers.options import mails_buyer
from providers.preparing import CheckedDocument, without_email
from providers.trendyol_efaturam import mapping_v1, mapping_v2
from providers.trendyol_efaturam.options import Version, options_of


def request_of(document: CheckedDocument, given: Mapping[str, str]) -> JsonValue:
    """The body, as far as it is known before there is a login. `given` are the connection's options."""
    options = options_of(given)
    if not mails_buyer(given, default=True):
        document = without_email(document)
    if document.document_type is DocumentType.EARSIV and options.earsiv_api is Version.V2:
        return mapping_v2.body_of(document, options)
    return mapping_v1.body_of(document, options)
