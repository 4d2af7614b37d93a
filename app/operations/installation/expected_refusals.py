"""Documents that a configuration lets its provider refuse: no error of a file, for an order may bring what it lacks."""

from collections.abc import Iterable, Iterator

from app.domain.documents import DocumentType
from app.domain.policy import DocumentTypeChoice, Policy
from app.operations.logins.adapters import adapter_of
from app.store import BusinessConfiguration, Login, Series, StoredConnection
from providers.base import Numbering


def expected_refusals(configuration: BusinessConfiguration) -> Iterator[str]:
    """A sentence on each kind of document that will be refused at the policy's connection, if the file has that one."""
    policy = configuration.policy
    login = configuration.connections.get(policy.connection_name)
    if login is not None:
        yield from refusals_at(login, configuration.code, policy, configuration.series)


def refusals_at(
    login: Login | StoredConnection, business: str, policy: Policy, series: Iterable[Series]
) -> Iterator[str]:
    """The same of this login as the policy's connection. Raises UnusableLoginError."""
    capabilities = adapter_of(policy.provider, login).capabilities
    chosen, made = policy.document_type, capabilities.document_types
    wanted = made if chosen is DocumentTypeChoice.AUTO else frozenset({DocumentType(chosen)})
    if not wanted <= made:
        yield (
            f"{business}'s policy asks for {chosen}, and {policy.connection_name} makes "
            f"{', '.join(sorted(made))} alone: every document is refused (DOCUMENT_TYPE_UNSUPPORTED)."
        )
    if capabilities.numbering is Numbering.OURS:
        known = tuple(series)
        for kind in sorted(wanted & made):
            if lack := _lack_of_series(policy, known, kind):
                yield (
                    f"{business} has {lack} for {kind}, which we number at {policy.connection_name}: such a "
                    "document is refused (SERIES_REQUIRED), unless its order brings its series or number."
                )


def _lack_of_series(policy: Policy, series: Iterable[Series], kind: DocumentType) -> str | None:
    """None where the policy names a series, or one alone is declared for the type."""
    named = {DocumentType.EARSIV: policy.earsiv_series, DocumentType.EFATURA: policy.efatura_series}
    declared = sum(each.document_type is kind for each in series)
    if named.get(kind) or declared == 1:
        return None
    return "several series and none in the policy" if declared else "no series"
