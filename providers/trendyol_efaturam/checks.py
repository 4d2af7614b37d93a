"""Whether a connection to Trendyol works: login and register. It has no calls for series, and credits for partners."""

from collections.abc import Awaitable, Callable
from typing import Final

from providers.base import NotSent, Unknown
from providers.base.reads import Checked, CheckState, Subject, of_failure
from providers.transport.http import Deadline
from providers.transport.rest import OK, Read
from providers.trendyol_efaturam import answers, problems
from providers.trendyol_efaturam.login import Login

SUBJECTS: Final = frozenset({Subject.LOGIN, Subject.TAXPAYERS})
# A document that nobody has: a client in production tries its rights with it.
NOBODYS: Final = "/api/invoice/documents/earchive/status/00000000-0000-0000-0000-000000000000"


async def of_login(login: Callable[[], Awaitable[Login | NotSent]], read: Read, deadline: Deadline) -> Checked:
    """Whether the user signs in and may ask for documents: a sign-in alone succeeds without the right to the API."""
    opened = await login()
    if isinstance(opened, NotSent):
        return of_failure(Subject.LOGIN, opened)
    reply = await read(NOBODYS, deadline.left())
    if isinstance(reply, NotSent | Unknown):
        return of_failure(Subject.LOGIN, reply)
    known = reply.status in {OK, answers.CONFLICT} or answers.is_absence(reply)
    if known and (reply.status == OK or problems.is_own(reply)):
        said = f"user {opened.user_id} of company {opened.company_id}; whose tax number that is is not said"
        return Checked(subject=Subject.LOGIN, state=CheckState.FINE, said=said)
    return Checked(subject=Subject.LOGIN, state=CheckState.UNCLEAR, said=reply.excerpt())
