"""The simulated Trendyol's own form of an error, and its names: RFC 7807 with types of its own."""

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiohttp import web

PROBLEM: Final = "application/problem+json"
TYPES: Final = "https://api.trendyol.com/etransformation/invoice/"
# Which status each name has, in the documentation.
STATUSES: Final = {
    **dict.fromkeys(
        (
            "TargetAliasNotFound", "TaxPayerNotFound", "InvoiceTaxIdNotFound", "StylesheetWithCodeNotFound",
            "ApplicationNotFound", "CorporateNotFound", "CorporatePrefixNotFound", "CorporateDefaultPrefixNotFound",
            "InvoiceAddressNotFound", "InvoiceNotFound",
        ),
        404,
    ),
    **dict.fromkeys(
        (
            "InvoiceUblBuildFailed", "InvoiceOperationRestricted", "ApplicationMismatch", "InvoiceIdNotSet",
            "InvoiceIdAlreadyExists", "InvoiceCouldNotBeSaved", "InvoiceUuidCantBeUsed", "CorporatePrefixIsUnusable",
            "InsufficientCredit", "ReceiverAndSenderEmailsAreSame", "ScenarioNotValid",
        ),
        409,
    ),
    **dict.fromkeys(("UBLValidationFailed", "MultipleAliasesExist", "ValidationProblem"), 422),
    "Unauthorized": 401,
    "Forbidden": 403,
    "TooManyRequests": 429,
}  # fmt: skip


# Puts what every call must have before its handler: the login, and refusals as answers.
Opened = Callable[[Any], Callable[[web.Request], Awaitable[web.StreamResponse]]]


class RefusedError(Exception):
    """A request is refused with a problem of this name. `fields` are what is wrong in a body, by field."""

    def __init__(self, name: str, detail: str, *fields: str) -> None:
        super().__init__(detail)
        self.name = name
        self.detail = detail
        self.fields = fields


def problem(name: str, detail: str, *fields: str) -> dict[str, Any]:
    """The body of such an error. Names that the documentation does not have are ours: unknown document, login."""
    kebab = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()
    body: dict[str, Any] = {
        "type": TYPES + kebab,
        "title": name,
        "status": STATUSES[name],
        "detail": detail,
        "instance": "/api/invoice",
    }
    if name == "ApplicationMismatch":
        body["type"] = "https://api.trendyol.com/etransformation/gateway/application-mismatch"
    if fields:
        body["errors"] = [{"code": "Invalid", "defaultMessage": detail, "field": field} for field in fields]
    return body


def refusal(name: str, detail: str, *fields: str) -> web.Response:
    """The error as an answer."""
    return web.Response(text=json.dumps(problem(name, detail, *fields)), status=STATUSES[name], content_type=PROBLEM)


def answer_to(error: RefusedError) -> web.Response:
    """The refusal as an answer."""
    return refusal(error.name, error.detail, *error.fields)


def firewall() -> web.Response:
    """The page of what is before Trendyol."""
    page = "<html><head><title>Attention Required! | Cloudflare</title></head><body>You have been blocked</body></html>"
    return web.Response(text=page, status=403, content_type="text/html")
