"""The store: what each business has decided, its logins with encrypted secrets, and who changed them.

Workers read it through `Store` and `PolicyCache`; a person writes it with `faturaflow config apply` and
`faturaflow connections`.
"""

from app.store.actions import Action, ActionRecord, ActionStore
from app.store.api_keys import ApiKey, ApiKeyStore, NewKey, Scope
from app.store.api_requests import (
    ApiRequestStore,
    Begun,
    IncomingRequest,
    Progress,
    RequestState,
    StoredRequest,
    Turn,
)
from app.store.configuration import read_configuration, read_login, read_policies
from app.store.differences import ChangeKind, PartChange
from app.store.encryption import is_key, new_key
from app.store.errors import (
    ClockBehindError,
    ConfigurationRefusedError,
    LineError,
    NumbersBehindError,
    OtherProviderError,
    OtherReleaseError,
    RefusedLoginError,
    SecretsUnreadableError,
    SessionLostError,
    StoreError,
    StoreUnavailableError,
)
from app.store.links import LinkKeeper
from app.store.mails import MailOutcome, MailRecord, MailStore
from app.store.number_audit import Gap, GapKind, NumberAudit, SeriesCounts
from app.store.numbers import NumberStore
from app.store.people import PeopleStore, Person, Role
from app.store.policy_cache import PolicyCache
from app.store.records import (
    AuditRecord,
    BusinessConfiguration,
    BusinessProfile,
    ConnectionListing,
    Login,
    Series,
    StoredConnection,
)
from app.store.screen_logins import ScreenLogin, ScreenLoginStore
from app.store.sessions import SessionHold, SessionStore
from app.store.store import Store
from app.store.templates import TemplateListing, Templates
from app.store.webhooks.endpoints import Endpoint, NewEndpoint
from app.store.webhooks.log import Delivery
from app.store.webhooks.schedule import DeliveryState, EndpointState

__all__ = [
    "Action",
    "ActionRecord",
    "ActionStore",
    "ApiKey",
    "ApiKeyStore",
    "ApiRequestStore",
    "AuditRecord",
    "Begun",
    "BusinessConfiguration",
    "BusinessProfile",
    "ChangeKind",
    "ClockBehindError",
    "ConfigurationRefusedError",
    "ConnectionListing",
    "Delivery",
    "DeliveryState",
    "Endpoint",
    "EndpointState",
    "Gap",
    "GapKind",
    "IncomingRequest",
    "LineError",
    "LinkKeeper",
    "Login",
    "MailOutcome",
    "MailRecord",
    "MailStore",
    "NewEndpoint",
    "NewKey",
    "NumberAudit",
    "NumberStore",
    "NumbersBehindError",
    "OtherProviderError",
    "OtherReleaseError",
    "PartChange",
    "PeopleStore",
    "Person",
    "PolicyCache",
    "Progress",
    "RefusedLoginError",
    "RequestState",
    "Role",
    "Scope",
    "ScreenLogin",
    "ScreenLoginStore",
    "SecretsUnreadableError",
    "Series",
    "SeriesCounts",
    "SessionHold",
    "SessionLostError",
    "SessionStore",
    "Store",
    "StoreError",
    "StoreUnavailableError",
    "StoredConnection",
    "StoredRequest",
    "TemplateListing",
    "Templates",
    "Turn",
    "is_key",
    "new_key",
    "read_configuration",
    "read_login",
    "read_policies",
]
