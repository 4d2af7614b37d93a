"""Signatures as Standard Webhooks has them, against vectors that others have published or computed."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

from app.webhooks.signing import signed_headers

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
AT = datetime.fromtimestamp(1614265330, UTC)
EVENT = "msg_p5jXN8AQM9LWM0D4loKWxJek"
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_signature_is_the_one_that_the_standards_libraries_are_tested_with() -> None:
    headers = signed_headers(EVENT, BODY, [SECRET], AT)
    assert headers == {"webhook-id": EVENT, "webhook-timestamp": "1614265330", "webhook-signature": SIGNATURE}


def test_each_valid_secret_has_its_signature_the_newest_first() -> None:
    newer = f"whsec_{base64.b64encode(bytes(32)).decode()}"
    first, second = signed_headers(EVENT, BODY, [newer, SECRET], AT)["webhook-signature"].split(" ")
    assert first.startswith("v1,")
    assert (first != second, second) == (True, SIGNATURE)


def test_another_attempt_has_the_same_id_and_another_time_and_signature() -> None:
    first, later = (signed_headers(EVENT, BODY, [SECRET], at) for at in (AT, AT.replace(minute=59)))
    assert first["webhook-id"] == later["webhook-id"]
    assert first["webhook-signature"] != later["webhook-signature"]
    assert first["webhook-timestamp"] != later["webhook-timestamp"]
