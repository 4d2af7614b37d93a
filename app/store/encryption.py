"""Secrets at rest: encrypted with the key that only the environment holds."""

import hashlib
import hmac
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from pydantic import SecretStr

from app.store.errors import SecretsUnreadableError

SETTING: Final = "FATURAFLOW_SECRET_KEY"


def new_key() -> str:
    """A fresh key for FATURAFLOW_SECRET_KEY."""
    return Fernet.generate_key().decode()


def is_key(text: str) -> bool:
    """Whether it is what `new_key` makes, or several of them between commas."""
    try:
        _fernet(text)
    except SecretsUnreadableError:
        return False
    return True


class SecretCipher:
    """Encrypts and decrypts with one key, or with several between commas: the first encrypts, each of them decrypts.

    Without a key it can be made and not used. Raises SecretsUnreadableError.
    """

    def __init__(self, keys: SecretStr | None) -> None:
        given = keys.get_secret_value().strip() if keys else ""
        self._fernet = _fernet(given) if given else None
        # The oldest: a new one before it changes no fingerprint while both are in use.
        self._oldest = given.rpartition(",")[2].strip().encode()

    def encrypt(self, secret: str) -> str:
        """The token to store; another one each time."""
        return self._usable().encrypt(secret.encode()).decode()

    def decrypt(self, token: str) -> str:
        """The secret that a token was made of."""
        try:
            return self._usable().decrypt(token.encode()).decode()
        except InvalidToken as error:
            raise SecretsUnreadableError(
                f"the stored secrets were encrypted with another key: set {SETTING} to the key they were stored with, "
                "or store them anew with `faturaflow config apply FILE --replace-secrets` when that key is lost"
            ) from error

    def fingerprint(self, secret: str) -> str:
        """The same text for the same secret and key; neither can be found out from it."""
        self._usable()
        return hmac.new(self._oldest, secret.encode(), hashlib.sha256).hexdigest()

    def _usable(self) -> MultiFernet:
        if self._fernet is None:
            raise SecretsUnreadableError(
                f"neither {SETTING} nor {SETTING}_FILE is set: set it to the key that the secrets were stored with; "
                "make a first one with `faturaflow config key --keep FILE`"
            )
        return self._fernet


def _fernet(keys: str) -> MultiFernet:
    try:
        return MultiFernet([Fernet(key.strip()) for key in keys.split(",")])
    except ValueError as error:
        raise SecretsUnreadableError(
            f"what {SETTING} or {SETTING}_FILE gives is not a key: make one with `faturaflow config key --keep FILE`"
        ) from error
