"""The technical settings: where things are and how large. What a business decides is in the store instead.

Every field can be given as an environment variable `FATURAFLOW_<NAME>`.
"""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """The defaults are the development stack's; production sets what differs."""

    model_config = SettingsConfigDict(env_prefix="FATURAFLOW_", extra="ignore", frozen=True)

    bootstrap: str | None = None
    """Kafka's bootstrap servers; without it the embedded stack that is up (`faturaflow stack`) is used."""
    data_dir: Path = Path(".faturaflow/data")
    """Where workers keep files that may be lost: no state, only the times at which the watchdog has ended one."""
    topic_prefix: Annotated[str, Field(pattern=r"^[a-z0-9.-]{0,40}$")] = ""
    """The beginning of every topic's and group's name; lets several installations share one broker."""
    profile: Literal["development", "production"] = "development"
    """Partitions and replication: see `app/stream/topics/identities.json`."""
    schema_registry: Annotated[str | None, Field(repr=False)] = None
    """With it values are Avro in Confluent's wire format, without it plain JSON."""
    database: Annotated[str, Field(repr=False)] = "sqlite:///.faturaflow/faturaflow.db"
    """The store of configurations and of our numbers, SQLite or `postgresql://`; the same for all processes.

    The read model is beside it.
    """
    secret_key: SecretStr | None = None
    """Encrypts the stored secrets; `faturaflow config key` makes one."""
    secret_key_file: Path | None = None
    """A file that holds the key instead; `faturaflow config key --keep FILE` makes one, once."""
    session_timeout: Annotated[float, Field(ge=6, le=60)] = 10.0
    """Seconds without a heartbeat after which the group gives a worker's partitions to others."""
    rebalance_timeout: Annotated[float, Field(ge=10, le=300)] = 60.0
    """Seconds that a worker has to finish its calls before its partitions go to another one."""
    health_port: Annotated[int, Field(ge=0, le=65535)] = 0
    """The worker's `/live` and `/ready`; 0 is off."""
    health_host: str = "127.0.0.1"
    """The address that `/live` and `/ready` listen on: loopback, or 0.0.0.0 for an orchestrator's probes.

    Their answers hold nothing secret.
    """
    registered_seconds: Annotated[float, Field(ge=0, le=7 * 86400)] = 86400.0
    """How long the answer that a buyer is registered for e-Fatura is reused, before the provider is asked again."""
    not_registered_seconds: Annotated[float, Field(ge=0, le=86400)] = 600.0
    """How long the answer that a buyer is not registered is reused; a buyer may register any day."""
    hold_quiet_seconds: Annotated[float, Field(ge=5, le=86400)] = 900.0
    """How long ago intake must have read all that the order topic had when a hold fell due, before the hold expires."""
    smtp_host: str | None = None
    """The mail server by which documents are sent whose provider mails none (`faturaflow documents send`)."""
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = 587
    """Its port: mostly 587 with STARTTLS, and 465 with TLS."""
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    """How it is reached: `none` is in the clear, and for a server on loopback alone."""
    smtp_user: str | None = None
    """The user at the mail server; without one no login is tried."""
    smtp_password: SecretStr | None = None
    """The user's password."""
    smtp_password_file: Path | None = None
    """A file that holds the password instead."""
    smtp_from: str | None = None
    """The address that such mails come from; the seller's name is put before it."""
    alert_to: str | None = None
    """E-mail addresses, between commas, that are told when something needs a person (`faturaflow worker alerts`)."""
    central_bank_url: str = "https://www.tcmb.gov.tr/kurlar"
    """Where the central bank's exchange rates are, for businesses whose policy takes its rates."""
    web_host: str = "127.0.0.1"
    """The address that `faturaflow web` listens on; another one than loopback needs TLS, or a proxy that ends it."""
    web_port: Annotated[int, Field(ge=0, le=65535)] = 8600
    """Its port; 0 takes a free one and prints it."""
    web_certificate: Path | None = None
    """A file with the certificate and its chain (PEM): then it speaks TLS. SIGHUP reads it again."""
    web_private_key: Path | None = None
    """The certificate's private key (PEM), which only its owner can read."""
    web_behind_proxy: bool = False
    """A reverse proxy ends TLS before it, and adds the client's address to X-Forwarded-For."""
    web_requests_per_minute: Annotated[int, Field(ge=1, le=10_000_000)] = 6000
    """How many requests a client may make in a minute, over all of its keys; beyond it the answer is 429."""
    web_accepted_status: Literal[200, 202] = 202
    """What an accepted request is answered with; 200 for clients that were written for the interface and want it."""
    web_request_days: Annotated[int, Field(ge=1, le=3650)] = 90
    """How long a request is known by its X-Request-ID, and can be asked for; a repeat after that is taken in anew."""
    web_drain_seconds: Annotated[float, Field(ge=0, le=300)] = 0.0
    """How long it goes on serving after SIGTERM, unready, so that a balancer sends no more."""
    webhook_loopback: bool = False
    """Webhooks may go to this machine, and by http: for tests and the demonstration, never where strangers add them."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "WARNING"
    """What a worker writes into its log, on standard error."""


class SettingsInvalidError(Exception):
    """An environment variable cannot be what it is; the message names each and why."""


@cache
def settings() -> Settings:
    """Read once; a process does not change its mind. Raises SettingsInvalidError."""
    try:
        return _with_secret(_with_secret(Settings(), "secret_key"), "smtp_password")
    except ValidationError as error:
        faults = (f"FATURAFLOW_{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors(include_input=False))
        raise SettingsInvalidError("\n".join(faults)) from None


def _with_secret(known: Settings, name: str) -> Settings:
    """With the secret that is set, else that of its file."""
    file: Path | None = getattr(known, f"{name}_file")
    if getattr(known, name) is not None or file is None:
        return known
    try:
        secret = file.read_text(encoding="utf-8").strip()
        why = None if secret else "it is empty"
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it holds no text"
    if why is not None:
        raise SettingsInvalidError(f"FATURAFLOW_{name.upper()}_FILE: {file} cannot be read ({why})")
    return known.model_copy(update={name: SecretStr(secret)})
