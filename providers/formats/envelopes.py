"""GİB's codes of an envelope, which are the same at every integrator: what became of an e-Fatura on its way.

Source: GİB's status table, as integrators publish it.
"""

from typing import Final

from app.domain.documents import DocumentState

# The envelope holds an invoice that GİB has already: another document is the one that counts.
ALREADY_REGISTERED: Final = 1163
PROCESSED: Final = 1200
NOT_DELIVERED_YET: Final = 1210
DELIVERY_FAILED: Final = 1215
WAITS_FOR_RECEIVER: Final = 1220
REFUSED_BY_RECEIVER: Final = 1230
COMPLETED: Final = 1300
_ON_THE_WAY: Final = frozenset({1000, 1100, PROCESSED, NOT_DELIVERED_YET, WAITS_FOR_RECEIVER})
_FAILED: Final = frozenset({DELIVERY_FAILED, REFUSED_BY_RECEIVER})
_ERRORS: Final = range(1110, 1196)


def state_of_envelope(code: int) -> DocumentState | None:
    """The state of the document in an envelope with this code; None for 1163 and for codes that are not in the table.

    1200 and 1210 say that the document is at GİB, and not yet with its buyer.
    """
    if code == COMPLETED:
        return DocumentState.DELIVERED
    if code in _ON_THE_WAY:
        return DocumentState.PROCESSING
    if code in _FAILED or (code in _ERRORS and code != ALREADY_REGISTERED):
        return DocumentState.REJECTED
    return None
