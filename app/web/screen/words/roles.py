"""What the roles are called."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from app.store import Role
from app.web.screen.words.text import Text

ROLES: Final[Mapping[Role, Text]] = MappingProxyType(
    {
        Role.VIEWER: Text("İzleyen", "Viewer"),
        Role.OPERATOR: Text("Muhasebeci", "Operator"),
        Role.ADMIN: Text("Yönetici", "Administrator"),
    }
)
