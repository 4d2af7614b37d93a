"""What a configuration file may have, field by field."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, model_validator

from app.domain.addresses import address_error
from app.domain.documents import DocumentType
from app.domain.identity import BUSINESS_PATTERN
from app.domain.parties import ANONYMOUS_TCKN, TCKN_LENGTH, VKN_LENGTH, Carrier, Seller, is_tckn, is_vkn
from app.domain.policy import EXTERNAL, ConnectionName, Policy, ProviderName, SeriesName
from app.domain.record import record
from app.domain.text import STRICT, printable

# An option with such a name is a secret in the wrong place. `token_url` is not: the word has to be at the end.
SECRET_NAME: Final = re.compile(r"(password|passwd|passphrase|secret|token|api_?key|private_?key|parola|sifre)$")
# A key file of the largest kind has a few kilobytes.
MOST_SECRET_BYTES: Final = 64 * 1024
PLAINTEXT: Final = "a secret is never written in this file: write {env: VARIABLE} or {file: PATH}"


@record
class Surroundings:
    """Where secrets come from; `folder` is where relative paths begin."""

    environ: Mapping[str, str]
    folder: Path


def _checked_tax_number(value: str) -> str:
    if len(value) == VKN_LENGTH and is_vkn(value):
        return value
    if len(value) == TCKN_LENGTH and is_tckn(value) and value != ANONYMOUS_TCKN:
        return value
    raise ValueError("is neither a VKN (10 digits) nor a TCKN (11 digits) with right check digits")


def _checked_address(value: str) -> str:
    if error := address_error(value):
        raise ValueError(error)
    parts = urlsplit(value)
    if parts.username is not None or parts.password is not None:
        raise ValueError(PLAINTEXT)
    return value


def _checked_option(name: str) -> str:
    if SECRET_NAME.search(name):
        raise ValueError(f"has the name of a secret: move it under secrets ({PLAINTEXT})")
    return name


def _resolved(source: Any, info: ValidationInfo[Surroundings]) -> str:
    """The secret that `source` points to. No error repeats what was written: it may be the secret itself."""
    surroundings = info.context
    match source:
        case {"env": str(variable), **rest} if not rest:
            return _from_environment(surroundings, variable)
        case {"file": str(path), **rest} if not rest:
            return _from_file(surroundings.folder / path)
        case _:
            raise ValueError(PLAINTEXT)


def _from_environment(surroundings: Surroundings, variable: str) -> str:
    value = surroundings.environ.get(variable, "")
    if not value:
        raise ValueError(f"the environment variable {variable} is not set")
    try:
        value.encode()
    except UnicodeEncodeError:  # holds the value
        raise ValueError(f"the environment variable {variable} is not UTF-8") from None
    return value


def _from_file(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_SECRET_BYTES + 1)
        value = content.decode().rstrip("\r\n")
    except OSError as error:
        raise ValueError(f"the file {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        raise ValueError(f"the file {path} is not text") from None
    if not value or len(content) > MOST_SECRET_BYTES:
        raise ValueError(f"the file {path} is empty or larger than {MOST_SECRET_BYTES} bytes")
    return value


TaxNumber = Annotated[str, AfterValidator(_checked_tax_number)]
Business = Annotated[str, Field(pattern=f"^{BUSINESS_PATTERN.pattern}$")]
InputName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
OptionName = Annotated[InputName, AfterValidator(_checked_option)]
OptionValue = Annotated[str, Field(max_length=1000), AfterValidator(printable)]
Address = Annotated[str, Field(max_length=2000), AfterValidator(printable), AfterValidator(_checked_address)]
Secret = Annotated[str, BeforeValidator(_resolved)]


class MappingInput(BaseModel):
    """A mapping of known fields; a field with nothing behind its colon is as if it were not there."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nothing(cls, given: Any) -> Any:
        return {name: each for name, each in given.items() if each is not None} if isinstance(given, dict) else given


@record
class SellerInput(Seller):
    """The seller, with a tax number whose check digits are right."""

    tax_number: TaxNumber


@record
class CarrierInput(Carrier):
    """A carrier, with a tax number whose check digits are right."""

    tax_number: TaxNumber


@record
class PolicyInput(Policy):
    """The policy; a misspelt field is refused, because it would leave a default in force.

    Only where the merchant issues himself is there no provider (`consistency`).
    """

    __pydantic_config__ = STRICT

    provider: ProviderName = EXTERNAL


class SeriesInput(MappingInput):
    """A number series: three capital letters or digits."""

    name: SeriesName
    document_type: DocumentType
    year: Annotated[int, Field(ge=2000, le=2999)] | None = None


class ConnectionInput(MappingInput):
    """A login at a provider, which without `provider` is the one that has the connection's name."""

    provider: ProviderName | None = None
    base_url: Address
    options: dict[OptionName, OptionValue] = {}
    secrets: dict[InputName, Secret] = Field(default={}, repr=False)
    enabled: bool = True
    resend_after_absence: bool = False


class BusinessInput(MappingInput):
    """One business, as a whole."""

    seller: SellerInput
    policy: PolicyInput
    series: tuple[SeriesInput, ...] = ()
    carriers: tuple[CarrierInput, ...] = ()
    connections: dict[ConnectionName, ConnectionInput] = {}


class ConfigurationInput(MappingInput):
    """The file."""

    businesses: Annotated[dict[Business, BusinessInput], Field(min_length=1)]


class PolicyAloneInput(MappingInput):
    """A business's policy; whatever else the file has of it is passed over."""

    model_config = ConfigDict(extra="ignore")

    policy: PolicyInput


class PoliciesInput(MappingInput):
    """The file, where it is read for its policies."""

    businesses: Annotated[dict[Business, PolicyAloneInput], Field(min_length=1)]
