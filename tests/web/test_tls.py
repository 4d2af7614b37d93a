from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.operations.errors import RefusedInputError
from app.settings import Settings
from app.web.tls import context_of


def certified(folder: Path) -> Settings:
    """Settings with a certificate for this machine that its own key has signed."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.touch(mode=0o600)
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    private.write_bytes(key.private_bytes(*form))
    return Settings(web_host="0.0.0.0", web_certificate=certificate, web_private_key=private)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_this_machine_alone_needs_no_tls(host: str) -> None:
    assert context_of(Settings(web_host=host)) is None


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "shop.example.test"])
def test_without_tls_no_other_machine_may_connect(host: str) -> None:
    with pytest.raises(RefusedInputError, match="FATURAFLOW_WEB_BEHIND_PROXY"):
        context_of(Settings(web_host=host))


def test_a_proxy_may_end_tls() -> None:
    assert context_of(Settings(web_host="0.0.0.0", web_behind_proxy=True)) is None


def test_tls_is_new_enough(tmp_path: Path) -> None:
    context = context_of(certified(tmp_path))
    assert context is not None
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2


def test_a_certificate_without_its_key_is_refused(tmp_path: Path) -> None:
    settings = certified(tmp_path).model_copy(update={"web_private_key": None})
    with pytest.raises(RefusedInputError, match="both"):
        context_of(settings)


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    settings = certified(tmp_path)
    (tmp_path / "key.pem").chmod(0o640)
    with pytest.raises(RefusedInputError, match="chmod 600"):
        context_of(settings)


def test_what_is_no_certificate_is_refused(tmp_path: Path) -> None:
    settings = certified(tmp_path)
    (tmp_path / "certificate.pem").write_text("nothing")
    with pytest.raises(RefusedInputError, match="cannot be used"):
        context_of(settings)
