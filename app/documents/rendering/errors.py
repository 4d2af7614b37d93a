"""Why a document was not rendered."""


class RenderingError(ValueError):
    """Nothing was rendered: `code` names why, the text says what to do.

    TEMPLATE_NOT_BASE64      the template inside the invoice is cut off, or no base64
    TEMPLATE_TOO_LARGE, TEMPLATE_DOCUMENT_TYPE, TEMPLATE_WRONG_ENCODING, TEMPLATE_NOT_WELL_FORMED
                             a template is XML that may be read, as an invoice is
    TEMPLATE_NOT_XSLT        XML, but no stylesheet
    TEMPLATE_READS           it reads or writes files, or the network
    TEMPLATE_EXTENSION       it brings a program of its own, or elements beyond XSLT
    TEMPLATE_FAULTY          libxslt cannot run it
    TEMPLATE_EMPTY           it makes no page of this invoice
    TEMPLATE_ENDLESS         it takes more time or memory than a page may
    TEMPLATE_UNKNOWN         no template is stored under this UUID
    PDF_UNAVAILABLE          the extra `pdf`, or Pango, is not installed
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code

    def __str__(self) -> str:
        return f"{self.args[0]} ({self.code})"
