"""What every adapter is, gets and returns. It turns one prepared document into calls and classifies what comes back.

An adapter keeps no journal, repeats nothing and decides nothing about repeating: that is the issuing engine's, which
reads only `Capabilities` and the classes of outcomes and findings, and knows no provider by name.
"""

from providers.base.capabilities import UBL_DETAILS, UBL_TYPES, Capabilities, LookUp, Numbering, Quota, Step
from providers.base.documents import (
    MOST_BEHIND,
    DatedTooEarlyError,
    Issued,
    Prepared,
    StepInput,
    UnpreparableError,
    order_of,
    reference_of,
)
from providers.base.findings import Absent, Different, Finding, Registration, Several, Unclear
from providers.base.mail import MailTaken
from providers.base.outcomes import Done, NotSent, Outcome, Refused, Unknown, refused_by_buyer, seen
from providers.base.protocols import (
    Adapter,
    Cancels,
    ChecksConnection,
    ConnectionSettings,
    FindsIssued,
    FindsPrepared,
    FindsTaxpayers,
    GivesFiles,
    GivesLinks,
    ListsDocuments,
    ListsIssued,
    NotPermittedError,
    Permit,
    PollsState,
    SendsMail,
    Signs,
    Withdraws,
    missing_abilities,
)
from providers.base.sessions import LOG_OUT, HasSession, HeldSession, SessionLease
from providers.base.signing import CodeSent, CodeTaken

__all__ = [
    "LOG_OUT",
    "MOST_BEHIND",
    "UBL_DETAILS",
    "UBL_TYPES",
    "Absent",
    "Adapter",
    "Cancels",
    "Capabilities",
    "ChecksConnection",
    "CodeSent",
    "CodeTaken",
    "ConnectionSettings",
    "DatedTooEarlyError",
    "Different",
    "Done",
    "Finding",
    "FindsIssued",
    "FindsPrepared",
    "FindsTaxpayers",
    "GivesFiles",
    "GivesLinks",
    "HasSession",
    "HeldSession",
    "Issued",
    "ListsDocuments",
    "ListsIssued",
    "LookUp",
    "MailTaken",
    "NotPermittedError",
    "NotSent",
    "Numbering",
    "Outcome",
    "Permit",
    "PollsState",
    "Prepared",
    "Quota",
    "Refused",
    "Registration",
    "SendsMail",
    "SessionLease",
    "Several",
    "Signs",
    "Step",
    "StepInput",
    "Unclear",
    "Unknown",
    "UnpreparableError",
    "Withdraws",
    "missing_abilities",
    "order_of",
    "reference_of",
    "refused_by_buyer",
    "seen",
]
