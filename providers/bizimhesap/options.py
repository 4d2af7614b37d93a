"""What an operator may set about a connection to BizimHesap, because its documentation is silent or clients differ."""

from collections.abc import Mapping
from dataclasses import replace
from importlib.metadata import version
from typing import Final

from providers.base import Capabilities
from providers.options import one_of

# The value of the header Key, which BizimHesap's documentation prints for everybody; it is no secret of the account.
KEY: Final = "key"
USER_AGENT: Final = "user_agent"
# How amounts are written in JSON: the documentation has texts, clients in use have both.
AMOUNTS: Final = "amounts"
AMOUNT_FORMS: Final = ("text", "number")
# Whether a record is deleted by a call that today's documentation does not have.
CANCEL: Final = "cancel"
CANCELS: Final = ("no", "records")
NAMES: Final = frozenset({KEY, USER_AGENT, AMOUNTS, CANCEL})
# The service's firewall refuses what does not look like a browser; this does, and says who it is.
HONEST_AGENT: Final = f"Mozilla/5.0 (compatible; Faturaflow/{version('faturaflow')})"


def headers_of(token: str, options: Mapping[str, str]) -> dict[str, str]:
    """The headers of every request; one that makes or deletes something needs none of them but the last."""
    key = {"Key": options[KEY]} if options.get(KEY) else {}
    return {**key, "Token": token, "User-Agent": options.get(USER_AGENT) or HONEST_AGENT}


def capabilities_of(usual: Capabilities, options: Mapping[str, str]) -> Capabilities:
    """What the connection can do. Raises ValueError, naming the option, for what is none of its values."""
    one_of(options, AMOUNTS, AMOUNT_FORMS)
    if one_of(options, CANCEL, CANCELS) == "no":
        return usual
    return replace(usual, withdraws=usual.document_types)
