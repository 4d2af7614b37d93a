"""What `faturaflow up --demo` adds: an installation of its own, with simulators and orders without end."""

import os
import shlex
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from app import local_kafka
from app.operations.installation.configuration import apply_configuration
from app.operations.keys import add_key
from app.operations.supervision.roles import Role, Turn
from app.settings import settings
from app.store import Scope
from app.store.api_keys import EVERY_BUSINESS
from app.testbed.demo import stream
from app.testbed.installation import businesses
from app.testbed.installation.installation import settings_of

# Simulators hold no documents that an end could lose.
_GRACE_SECONDS: Final = 10.0
_ACTOR: Final = "demo"
# Its value opens every artificial business, for as long as this demonstration's store is there.
_API_KEY: Final = "FATURAFLOW_DEMO_API_KEY"


def prepare_standing_demo(folder: Path, said: Callable[[str], None]) -> tuple[Role, ...]:
    """Makes an empty installation below `folder`, which this process uses from now on, and returns what else it runs.

    Its Kafka is the configured one, else one of its own. Simulators forget their documents when they stop, and give the
    same numbers again; so each demonstration has a store and topics of its own. Raises StackError and StoreError.
    """
    place = folder.absolute() / f"demo-{int(time.time())}"
    place.mkdir(mode=0o700, parents=True)
    names = businesses.providers_of(businesses.STANDARD)
    ports = dict(zip(names, local_kafka.free_ports(len(names)), strict=True))
    environment = settings_of(f"{place.name}.", place) | {
        "FATURAFLOW_STACK_DIR": str(place / "stack"),
        "FATURAFLOW_WEB_PORT": str(settings().web_port),
    }
    _use(environment | businesses.secrets())
    _configure(place / "faturaflow.yaml", ports)
    key = add_key(_ACTOR, businesses=[EVERY_BUSINESS], scopes=list(Scope), days=None, actor=_ACTOR)
    written = _written(place, environment | {_API_KEY: key.text})
    said(f"A demonstration. In another terminal: . {written}; faturaflow documents list")
    return _orders(), *(_simulator(name, port) for name, port in ports.items())


def _configure(file: Path, ports: Mapping[str, int]) -> None:
    """The artificial businesses, with connections to simulators at these ports."""
    urls = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
    file.write_text(businesses.configuration(urls), encoding="utf-8")
    apply_configuration(file, actor=_ACTOR)


def _use(environment: Mapping[str, str]) -> None:
    os.environ.update(environment)
    settings.cache_clear()


def _written(place: Path, environment: Mapping[str, str]) -> Path:
    """A file by which a shell uses the same installation."""
    file = place / "environment.sh"
    file.touch(mode=0o600)
    file.write_text("".join(f"export {name}={shlex.quote(value)}\n" for name, value in environment.items()))
    return file


def _orders() -> Role:
    return Role(name="orders", module=stream.__name__, arguments=(), turn=Turn.ORDERS, grace=_GRACE_SECONDS)


def _simulator(provider: str, port: int) -> Role:
    return Role(
        name=f"sandbox-{provider}",
        arguments=("sandbox", "--only", provider, "--port", str(port)),
        turn=Turn.PROVIDERS,
        grace=_GRACE_SECONDS,
    )
