"""A small mail server on loopback, in a thread: what it is to answer is set, and what it took is kept."""

import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from ipaddress import ip_address
from pathlib import Path
from typing import cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

LOOPBACK = "127.0.0.1"
HANG_UP = "hang up"


@dataclass
class FakeMailServer:
    """`answers`: what it says to the command of this word instead of yes; `HANG_UP` ends the connection there.

    `content` is the word of the answer to a whole mail. `offers` are its extensions, `tls` a context for STARTTLS.
    """

    answers: dict[str, str] = field(default_factory=dict)
    offers: list[str] = field(default_factory=list)
    tls: ssl.SSLContext | None = None
    port: int = 0
    said: list[str] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    mails: list[EmailMessage] = field(default_factory=list)

    def answer_to(self, word: str, usual: str) -> str:
        return self.answers.get(word, usual)


class _Session(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.mail = cast("_Server", self.server).mail
        self._say("220 fake.example")
        while line := self.rfile.readline():
            command = line.decode().strip()
            self.mail.said.append(command)
            if not self._answer(command.split(" ")[0].partition(":")[0].lower(), command):
                return

    def finish(self) -> None:
        super().finish()
        self.request.close()

    def _answer(self, word: str, command: str) -> bool:
        """False: the connection ends."""
        usual = {"data": "354 go on", "quit": "221 bye", "auth": "235 welcome", "starttls": "220 go on"}
        answer = self.mail.answer_to(word, usual.get(word, "250 OK"))
        if word == "ehlo" and word not in self.mail.answers:
            answer = "\r\n".join(["250-fake.example", *(f"250-{each}" for each in self.mail.offers), "250 HELP"])
        if answer == HANG_UP:
            return False
        self._say(answer)
        if word == "starttls" and self.mail.tls and answer.startswith("220"):
            return self._encrypt()
        if word == "data" and answer.startswith("354"):
            return self._take()
        if word == "rcpt":
            self.mail.recipients.append(command)
        return word != "quit"

    def _encrypt(self) -> bool:
        assert self.mail.tls is not None
        self.request = self.mail.tls.wrap_socket(self.request, server_side=True, do_handshake_on_connect=False)
        try:
            self.request.do_handshake()
        except OSError:
            return False
        self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", buffering=0)
        return True

    def _take(self) -> bool:
        content = b""
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            content += line
        answer = self.mail.answer_to("content", "250 taken")
        if answer == HANG_UP:
            return False
        if answer.startswith("250"):
            self.mail.mails.append(message_from_bytes(content, policy=default))
        self._say(answer)
        return True

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    mail: FakeMailServer


@contextmanager
def mail_server_running() -> Iterator[FakeMailServer]:
    """The server, while the block runs."""
    with _Server((LOOPBACK, 0), _Session) as server:
        server.mail = FakeMailServer(port=server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.mail
        server.shutdown()
        thread.join()


def certificate_for_loopback(folder: Path) -> Path:
    """A certificate that signs itself, with its key, in one file."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "loopback")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(LOOPBACK))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "loopback.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    return file
