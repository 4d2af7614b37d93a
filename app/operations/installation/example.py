"""A configuration for trying out, and how a connection of its business to a simulator is written in a file."""

import re
from collections.abc import Mapping
from importlib import resources
from string import Template
from textwrap import indent
from typing import Any, Final
from urllib.parse import urlsplit

import yaml

from app.operations.errors import NotFoundError
from providers.base import ConnectionSettings
from providers.registry import provider

# The tax number of the example's seller.
COMPANY: Final = "1234567890"
# The address in the example, which its reader may replace.
SANDBOX: Final = "http://127.0.0.1:8700"
_UNSAID: Final = re.compile(r"[^A-Za-z0-9]")


def example_configuration(name: str, sandbox: str = SANDBOX) -> str:
    """One artificial business whose provider is `name`'s simulator at this address.

    Raises NotFoundError for a provider that there is not, and for what is no address.
    """
    try:
        login, port = provider(name).sandbox.settings(sandbox, COMPANY), urlsplit(sandbox).port
    except ValueError as unknown:
        raise NotFoundError(f"{unknown}") from unknown
    text = resources.files("app.operations.installation").joinpath("sandbox.yaml").read_text(encoding="utf-8")
    block = yaml.safe_dump({"connections": {name: connection_of(name, login)}}, allow_unicode=True, sort_keys=False)
    exports = "\n".join(f"#   export {line}" for line in variables_of(name, login.secrets))
    return Template(text).substitute(
        provider=name, port=port or "PORT", exports=exports, connections=indent(block, "    ")
    )


def variables_of(name: str, secrets: Mapping[str, str]) -> list[str]:
    """Each secret of the provider as `VARIABLE=value`."""
    return [f"{_variable(name, secret)}={value}" for secret, value in secrets.items()]


def connection_of(name: str, login: ConnectionSettings) -> dict[str, Any]:
    """A connection as a file has it; its secrets are in environment variables."""
    options = {"options": dict(login.options)} if login.options else {}
    secrets = {secret: {"env": _variable(name, secret)} for secret in login.secrets}
    return {"base_url": login.base_url, **options, "secrets": secrets}


def _variable(name: str, secret: str) -> str:
    return _UNSAID.sub("_", f"{name}_{secret}").upper()
