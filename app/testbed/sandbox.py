"""The simulators of a sandbox, and what a client has to be told to use them: addresses and artificial logins."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import yaml
from aiohttp import web

from app.operations.installation.example import connection_of, variables_of
from providers.base import ConnectionSettings
from providers.registry import provider, real_providers
from providers.simulation.server import SWITCHES

# How it fails its callers, and which drafts a person signs (PUT); what it has made and was asked, and its legal
# documents' numbers (GET).
CONTROLS: Final = ("misbehaviour", "signatures", "record", "calls", "numbers")


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedProvider:
    """One simulator that listens. Every documented path is below `base_url`; `controls` are its own switches.

    `secrets` and `options`: of a connection of `company`.
    """

    name: str
    title: str
    base_url: str
    controls: Mapping[str, str]
    company: str
    secrets: Mapping[str, str]
    options: Mapping[str, str]


def chosen(only: Sequence[str]) -> list[str]:
    """The named providers, each once; all but the made-up ones where none is named. Raises ValueError."""
    for name in only:
        provider(name)
    return list(dict.fromkeys(only)) or list(real_providers())


def applications(names: Iterable[str], seed: int) -> dict[str, web.Application]:
    """Their simulators; the same seed and calls give the same faults."""
    return {name: provider(name).simulate(seed) for name in names}


def described(urls: Mapping[str, str], company: str) -> list[SimulatedProvider]:
    """The simulators at these addresses, with a login of the company at each."""
    return [_described(name, url, company) for name, url in urls.items()]


def _described(name: str, url: str, company: str) -> SimulatedProvider:
    known = provider(name)
    login = known.sandbox.settings(url, company)
    return SimulatedProvider(
        name=name,
        title=known.title,
        base_url=url,
        controls={control: f"{url}{SWITCHES}{control}" for control in CONTROLS},
        company=company,
        secrets=login.secrets,
        options=login.options,
    )


def as_json(simulators: Iterable[SimulatedProvider]) -> dict[str, Any]:
    """The same for a machine."""
    return {"simulators": [asdict(each) for each in simulators]}


def as_configuration(simulators: Sequence[SimulatedProvider]) -> str:
    """The same as the `connections` of a business in a configuration file; what is no part of one is a comment."""
    said = [
        "# Artificial logins at simulators that run until Ctrl-C. The block below belongs to a business of a",
        "# configuration (`faturaflow config example PROVIDER --sandbox ADDRESS` prints a whole one).",
    ]
    for each in simulators:
        said += ["#", f"# {each.title}: {each.base_url}"]
        said += [f"#   misbehaviour: PUT {each.controls['misbehaviour']}", f"#   ledger: GET {each.controls['record']}"]
        said += [f"#   export {line}" for line in variables_of(each.name, each.secrets)]
    connections = {each.name: connection_of(each.name, _login(each)) for each in simulators}
    return "\n".join([*said, yaml.safe_dump({"connections": connections}, allow_unicode=True, sort_keys=False)])


def _login(simulated: SimulatedProvider) -> ConnectionSettings:
    return ConnectionSettings(
        base_url=simulated.base_url, secrets=dict(simulated.secrets), options=dict(simulated.options)
    )
