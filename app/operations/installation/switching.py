"""Switching a business from one connection to another: for what is planned from now on, and for nothing before it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.domain.documents import UNFINISHED, DocumentState, DocumentStatus
from app.domain.policy import Policy
from app.operations.errors import NotFoundError, NotPossibleError
from app.operations.installation.enabling import known_documents
from app.operations.installation.expected_refusals import refusals_at
from app.operations.logins.adapters import UnusableLoginError, adapter_of
from app.settings import settings
from app.store import ConnectionListing, Store
from app.store.records import StoredConnection
from providers.base import Capabilities, Numbering

# In these a document still needs the connection that it is at.
IN_FLIGHT = UNFINISHED | {DocumentState.CANCEL_PENDING}


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchedConnection:
    """`before` and `after` are the policy; `staying` are the documents in flight, the oldest change first.

    They stay at the connection that they are at: only `documents reroute` moves one. `expected_refusals`: sentences
    about documents that will be refused at the new one.
    """

    before: Policy
    after: Policy
    staying: Sequence[DocumentStatus]
    expected_refusals: Sequence[str]


def switch_connection(business: str, old: str, new: str, *, actor: str, dry_run: bool = False) -> SwitchedConnection:
    """Has the policy of a business name the connection `new` instead of `old`; where it does already, nothing changes.

    Orders and requests that are taken in from then on (a worker remembers a policy for seconds) are planned there. Of a
    document that exists a repeated request is answered with that document, wherever it is. `dry_run` changes nothing.
    Raises NotFoundError without such a business or connections, NotPossibleError where the new one is switched off or
    cannot be used, where the policy names a third one, and where the new one's provider would go on in a series of
    ours; StoreError, and as `documents_waiting` does.
    """
    with Store.open(settings()) as store:
        target = _target(store, business, old, new)
        staying = documents_in_flight(business, old)

        def change(policy: Policy) -> Policy:
            return switched(policy, old, target)

        before, after = store.change_policy(business, change, actor=actor, dry_run=True)
        if before != after:
            _refuse_counted_series(store, business, after)
        refusals = _refusals(store, business, after)
        if not dry_run:
            before, after = store.change_policy(business, change, actor=actor)
    return SwitchedConnection(before=before, after=after, staying=staying, expected_refusals=refusals)


def switched(policy: Policy, old: str, new: ConnectionListing) -> Policy:
    """The policy with the other connection. Raises NotPossibleError where it names neither.

    A `sign_through` to the new connection ends: documents are there already.
    """
    if policy.connection_name == new.name:
        return policy
    if policy.connection_name != old:
        raise NotPossibleError(
            f"The policy of {new.business} names the connection {policy.connection_name}, and not {old}: nothing is "
            "switched."
        )
    after = policy.at(new.name, new.provider)
    is_there = after.sign_through == new.name
    return replace(after, sign_through=None, sign_through_provider=None) if is_there else after


def documents_in_flight(business: str, name: str) -> Sequence[DocumentStatus]:
    """The documents at a connection that are not at their end, the oldest change first.

    Where there is no topic of their states yet, there is none. Raises as `documents_waiting` does.
    """
    latest = (document.latest for document in known_documents().values())
    found = [
        each
        for each in latest
        if (each.business, each.connection) == (business, name) and (each.state in IN_FLIGHT or each.attention)
    ]
    return sorted(found, key=lambda each: each.occurred_at)


def _refusals(store: Store, business: str, policy: Policy) -> tuple[str, ...]:
    login = store.connection(business, policy.connection_name)
    if login is None:
        return ()
    _capabilities(login, business, policy)
    return tuple(refusals_at(login, business, policy, store.series(business)))


def _refuse_counted_series(store: Store, business: str, policy: Policy) -> None:
    """A series has one counter: a provider that numbers by itself would give numbers again that we have given."""
    login, facts = store.connection(business, policy.connection_name), store.business_facts(business)
    if login is None or facts is None or _capabilities(login, business, policy).numbering is Numbering.OURS:
        return
    named = {policy.earsiv_series, policy.efatura_series}
    counted = [each.highest for each in store.number_audit().series() if each.taxpayer == facts.seller.tax_number]
    if last := max((number for number in counted if number.series in named), default=None):
        raise NotPossibleError(
            f"{policy.connection_name} numbers by itself, and the policy of {business} names the series {last.series}, "
            f"in which we have given numbers up to {last}: name another series in the policy, or none, and switch then."
        )


def _capabilities(login: StoredConnection, business: str, policy: Policy) -> Capabilities:
    try:
        return adapter_of(policy.provider, login).capabilities
    except UnusableLoginError as unusable:
        raise NotPossibleError(
            f"{business}'s connection {policy.connection_name} cannot be used: {unusable}."
        ) from unusable


def _target(store: Store, business: str, old: str, new: str) -> ConnectionListing:
    known = {each.name: each for each in store.connections(business)}
    if store.policy(business) is None:
        raise NotFoundError(f"There is no business {business}: see `faturaflow config show`.")
    for name in (old, new):
        if name not in known:
            raise NotFoundError(f"{business} has no connection {name}: see `faturaflow connections list`.")
    if old == new:
        raise NotPossibleError(f"{old} is both: name another connection to switch to.")
    if not known[new].enabled:
        raise NotPossibleError(
            f"{business}'s connection {new} is off: switch it on with `faturaflow connections enable {business} {new}`."
        )
    return known[new]
