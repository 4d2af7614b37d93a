"""What became of a mail that a provider was asked to send."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MailTaken:
    """The provider has taken the mail. Whether it has reached anybody, this does not say."""
