"""The store: what each business has decided, its logins with encrypted secrets, and who changed them.

Workers read it through `Store` and `PolicyBook`; a person writes it with `faturaflow config apply`.
"""

from app.store.configuration import read_configuration
from app.store.differences import Change, ChangeKind
from app.store.encryption import new_key
from app.store.errors import (
    ClockBehind,
    ConfigurationRefused,
    Fault,
    NumbersBehind,
    OtherRelease,
    SecretsUnreadable,
    StoreError,
    StoreUnavailable,
)
from app.store.number_audit import Gap, GapKind, NumberRegister, SeriesStanding
from app.store.numbers import NumberStore
from app.store.policy_cache import PolicyBook
from app.store.records import (
    AuditEntry,
    BusinessConfiguration,
    BusinessProfile,
    Connection,
    ConnectionListing,
    Login,
    Series,
)
from app.store.store import Store
from app.store.templates import TemplateListing, Templates

__all__ = [
    "AuditEntry",
    "BusinessConfiguration",
    "BusinessProfile",
    "Change",
    "ChangeKind",
    "ClockBehind",
    "ConfigurationRefused",
    "Connection",
    "ConnectionListing",
    "Fault",
    "Gap",
    "GapKind",
    "Login",
    "NumberRegister",
    "NumberStore",
    "NumbersBehind",
    "OtherRelease",
    "PolicyBook",
    "SecretsUnreadable",
    "Series",
    "SeriesStanding",
    "Store",
    "StoreError",
    "StoreUnavailable",
    "TemplateListing",
    "Templates",
    "new_key",
    "read_configuration",
]
