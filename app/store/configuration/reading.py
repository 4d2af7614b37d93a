"""A configuration file to values, or every error in it, in one list."""

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from app.domain.parties import Carrier, Seller
from app.domain.policy import Policy
from app.store.configuration import tree
from app.store.configuration.consistency import inconsistencies
from app.store.configuration.input_model import (
    BusinessInput,
    ConfigurationInput,
    ConnectionInput,
    PoliciesInput,
    Surroundings,
)
from app.store.errors import ConfigurationRefusedError, LineError, RefusedLoginError
from app.store.records import BusinessConfiguration, Login, Series

# Thousands of businesses fit; a file beyond this is another file.
MOST_BYTES: Final = 16 * 1024 * 1024
# Pydantic's sentences that speak of Python rather than of the file.
SENTENCES: Final = {
    "missing": "is required",
    "extra_forbidden": "is not known here: look for a spelling mistake",
    "unexpected_keyword_argument": "is not known here: look for a spelling mistake",
    "model_type": "must be a mapping of fields",
    "dataclass_type": "must be a mapping of fields",
    "dict_type": "must be a mapping of names to values",
    "tuple_type": "must be a list",
    "string_type": "must be text",
    "too_short": "must not be empty",
    "date_from_datetime_parsing": "should be a date like 2026-01-31",
    "int_parsing": "should be a whole number",
    "bool_parsing": "should be true or false",
}
# Pydantic's mark for "the key itself", which is no part of a path.
KEY: Final = "[key]"
# What of a policy is right or wrong without the series and connections of its business.
ALONE: Final = frozenset({"provider", "sign_through_provider", "trigger", "trigger_statuses"})

# One sentence about why the provider cannot work with this login; None when it can.
Check = Callable[[str, Login], str | None]
Plain = TypeVar("Plain", Seller, Carrier, Policy)


def read_configuration(
    path: Path,
    environ: Mapping[str, str] = os.environ,
    *,
    providers: Collection[str] | None = None,
    check: Check | None = None,
) -> tuple[BusinessConfiguration, ...]:
    """Everything in the file, with its secrets resolved from `environ` and from files beside it.

    With `providers` a connection to any other is refused: its commands would wait for a worker that never comes.
    With `check` each login is shown to its provider, which may return why it cannot work with it.
    Raises ConfigurationRefusedError with every error: line, path, sentence.
    """
    read = tree.read_tree(_text(path))
    surroundings = Surroundings(environ=environ, folder=path.absolute().parent)
    errors = [*read.errors, *(read.error_at(at, message) for at, message in inconsistencies(read.value, providers))]
    try:
        entry = ConfigurationInput.model_validate(read.value, context=surroundings)
    except ValidationError as error:
        errors.extend(_errors(read, error))
        raise _refusal(errors) from None
    configurations = tuple(_configuration(code, business) for code, business in entry.businesses.items())
    if check is not None:
        errors.extend(_unusable(read, configurations, check))
    if errors:
        raise _refusal(errors)
    return configurations


def read_policies(path: Path, *, providers: Collection[str]) -> dict[str, Policy]:
    """The policy of each business in the file, and nothing else of it: no secret is resolved, nothing need be there.

    Raises ConfigurationRefusedError with every error: line, path, sentence.
    """
    read = tree.read_tree(_text(path))
    errors = [*read.errors, *(read.error_at(*each) for each in inconsistencies(read.value, providers) if _alone(each))]
    try:
        entry = PoliciesInput.model_validate(read.value)
    except ValidationError as error:
        raise _refusal([*errors, *_errors(read, error)]) from None
    if errors:
        raise _refusal(errors)
    return {code: _short(_plain(Policy, business.policy)) for code, business in entry.businesses.items()}


def _alone(inconsistency: tuple[tree.Path, str]) -> bool:
    """Whether it is wrong in a policy whatever else the file has."""
    path, _ = inconsistency
    return path[-2:-1] == ("policy",) and path[-1] in ALONE


def read_login(values: Mapping[str, Any], folder: Path, environ: Mapping[str, str] = os.environ) -> Login:
    """One connection as a file would have it, each secret as `{env: VARIABLE}` or `{file: PATH}` below `folder`.

    Raises RefusedLoginError with every error; none repeats a secret.
    """
    try:
        entry = ConnectionInput.model_validate(values, context=Surroundings(environ=environ, folder=folder))
    except ValidationError as error:
        raise RefusedLoginError(
            tuple(f"{tree.written(_place_of(each))}: {_sentence(each)}" for each in _details(error))
        ) from None
    return _login(entry.model_dump())


def _refusal(errors: list[LineError]) -> ConfigurationRefusedError:
    return ConfigurationRefusedError(tuple(sorted(errors, key=lambda each: each.line)))


def _unusable(read: tree.Tree, configurations: Iterable[BusinessConfiguration], check: Check) -> Iterator[LineError]:
    for each in configurations:
        for name, login in each.connections.items():
            if (why := check(login.provider_of(name), login)) is not None:
                yield read.error_at(("businesses", each.code, "connections", name), why)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise _refused(f"the file is larger than {MOST_BYTES} bytes")
        return content.decode("utf-8-sig")
    except OSError as error:
        raise _refused(f"the file cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise _refused("the file is not UTF-8") from error


def _refused(message: str) -> ConfigurationRefusedError:
    return ConfigurationRefusedError((LineError(line=tree.FIRST_LINE, path="", message=message),))


def _errors(read: tree.Tree, error: ValidationError) -> Iterator[LineError]:
    for details in _details(error):
        yield read.error_at(_place_of(details), _sentence(details))


def _details(error: ValidationError) -> list[ErrorDetails]:
    return error.errors(include_input=False, include_url=False)


def _place_of(details: ErrorDetails) -> tree.Path:
    return tuple(part for part in details["loc"] if part != KEY)


def _sentence(details: ErrorDetails) -> str:
    message = details["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return SENTENCES.get(details["type"], message[:1].lower() + message[1:])


def _configuration(code: str, entry: BusinessInput) -> BusinessConfiguration:
    return BusinessConfiguration(
        code=code,
        seller=_plain(Seller, entry.seller),
        policy=_short(_plain(Policy, entry.policy)),
        series=tuple(Series(name=each.name, document_type=each.document_type, year=each.year) for each in entry.series),
        carriers=tuple(_plain(Carrier, each) for each in entry.carriers),
        connections={name: _short_login(name, _login(each.model_dump())) for name, each in entry.connections.items()},
    )


def _plain(kind: type[Plain], entry: Plain) -> Plain:
    return kind(**{field.name: getattr(entry, field.name) for field in fields(kind)})


def _short(policy: Policy) -> Policy:
    """As it is stored: without the names that follow from others."""
    same = policy.sign_through_provider == policy.sign_through
    signing = None if same else policy.sign_through_provider
    return replace(policy.at(policy.connection_name, policy.provider), sign_through_provider=signing)


def _short_login(name: str, login: Login) -> Login:
    return replace(login, provider=None) if login.provider == name else login


def _login(values: dict[str, Any]) -> Login:
    return Login(**values)
