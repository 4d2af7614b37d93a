"""What QNB's SOAP faults mean. Their text is all that they have: the detail repeats it."""

from typing import Final

from app.domain.text import folded
from providers.base import NotSent, Unclear, Unknown
from providers.transport.http import TOO_MANY_REQUESTS, unclear
from providers.transport.soap import SoapFault

# How many calls are too many is said in two ways, and what then comes is not.
LIMIT_SECONDS: Final = 60.0
WRONG_LOGIN: Final = "username.pwd.mismatch"
# The account's first user has not been verified in the portal yet.
UNVERIFIED: Final = "[EF0556]"


def not_made(fault: SoapFault) -> NotSent | None:
    """What keeps a call from being looked at, whatever it asks; None for every other fault.

    A wrong login is not tried again by itself: after a few QNB blocks the user.
    """
    if fault.status == TOO_MANY_REQUESTS:
        return NotSent(why=f"too many calls: {fault.text}", retry_after=fault.retry_after or LIMIT_SECONDS)
    if WRONG_LOGIN in folded(fault.text):
        return NotSent(why=f"the login was refused: {fault.text}", needs_owner=True)
    if UNVERIFIED in fault.text:
        return NotSent(why=f"the account is not verified in QNB's portal: {fault.text}", needs_owner=True)
    return None


def unknown(fault: SoapFault) -> Unknown:
    """A fault that is in no table."""
    return Unknown(why=fault.text or "a fault without a text", retry_after=fault.retry_after)


def unclear_of(fault: SoapFault) -> Unclear:
    """The fault of a read: it says nothing about the document."""
    return unclear(not_made(fault) or unknown(fault))
