"""What the API refuses, as one table: the answers, the pages and the OpenAPI document are made from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from types import MappingProxyType
from typing import Final


class Stored(StrEnum):
    """Whether an event of the request is on the order topic."""

    NO = "no"
    YES = "yes"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """One code: its status, what part of the request it is about, two sentences, and what a client does."""

    status: HTTPStatus
    type: str
    sentence: str
    turkish: str
    todo: str
    stored: Stored = Stored.NO


_BODY, _HEADER, _PATH = "RequestBody", "RequestHeader", "RequestPath"
_KEY, _LIMIT, _SERVICE = "SubscriptionKey", "Limit", "Service"

PROBLEMS: Final[Mapping[str, ProblemKind]] = MappingProxyType(
    {
        "BODY_INVALID": ProblemKind(
            HTTPStatus.BAD_REQUEST,
            _BODY,
            "the body has errors; each is in the list",
            "istek gövdesinde hatalar var; her biri listede",
            "correct every path in `errors`, and send it again, under the same X-Request-ID or another",
        ),
        "NOT_JSON": ProblemKind(
            HTTPStatus.BAD_REQUEST,
            _BODY,
            "the body is no JSON that is read here",
            "istek gövdesi okunabilir bir JSON değil",
            "send UTF-8 JSON: each name once in its object, no NaN, no lone surrogate",
        ),
        "HEADER_INVALID": ProblemKind(
            HTTPStatus.BAD_REQUEST,
            _HEADER,
            "a header cannot be used",
            "bir başlık kullanılamıyor",
            "send 1 to 64 characters of A-Z a-z 0-9 . _ : - as X-Request-ID; Idempotency-Key is an alias of it",
        ),
        "PATH_INVALID": ProblemKind(
            HTTPStatus.BAD_REQUEST,
            _PATH,
            "a part of the address, or of its query, cannot be what it is",
            "adresin bir parçası geçersiz",
            "look at the path or query parameter that is named; a reference in the path has no slash",
        ),
        "KEY_INVALID": ProblemKind(
            HTTPStatus.UNAUTHORIZED,
            _KEY,
            "the subscription key is missing, unknown, expired or revoked",
            "abonelik anahtarı yok, bilinmiyor, süresi dolmuş veya iptal edilmiş",
            "send a valid key as X-Subscription-Key; `faturaflow keys list` shows which are",
        ),
        "SCOPE_MISSING": ProblemKind(
            HTTPStatus.FORBIDDEN,
            _KEY,
            "the subscription key may not do this",
            "abonelik anahtarının bu işlem için yetkisi yok",
            "use a key with the scope that is named",
        ),
        "CURSOR_MISMATCH": ProblemKind(
            HTTPStatus.BAD_REQUEST,
            _PATH,
            "the cursor is of another list, or none of ours",
            "imleç başka bir listeye ait",
            "use `next` of a page with the filters of that page",
        ),
        "CURSOR_EXPIRED": ProblemKind(
            HTTPStatus.GONE,
            _PATH,
            "the list was made anew since the cursor was given",
            "liste bu imleçten sonra yeniden oluşturuldu",
            "begin the list again, without a cursor",
        ),
        "NOT_FOUND": ProblemKind(
            HTTPStatus.NOT_FOUND,
            _PATH,
            "there is no such thing here",
            "böyle bir kayıt yok",
            "look at the address; what another business has is not found either",
        ),
        "UNKNOWN_BUSINESS": ProblemKind(
            HTTPStatus.NOT_FOUND,
            _PATH,
            "there is no such business for this key",
            "bu anahtar için böyle bir işletme yok",
            "look at the business code, and at the businesses of the key",
        ),
        "OTHER_CUSTOMER": ProblemKind(
            HTTPStatus.NOT_FOUND,
            _PATH,
            "this customer has no such order",
            "bu müşterinin böyle bir siparişi yok",
            "use the customer number under which the order was placed",
        ),
        "METHOD_NOT_ALLOWED": ProblemKind(
            HTTPStatus.METHOD_NOT_ALLOWED,
            _PATH,
            "the address has no such method",
            "bu adreste bu yöntem yok",
            "use one that the header Allow names",
        ),
        "BODY_TOO_SLOW": ProblemKind(
            HTTPStatus.REQUEST_TIMEOUT,
            _BODY,
            "the body did not arrive in time",
            "istek gövdesi zamanında gelmedi",
            "send it again",
        ),
        "REQUEST_ID_REUSED": ProblemKind(
            HTTPStatus.CONFLICT,
            _HEADER,
            "the X-Request-ID is that of another request",
            "X-Request-ID başka bir isteğe ait",
            "use a new X-Request-ID; after a REJECTED outcome the same one is free for the corrected request",
            Stored.YES,
        ),
        "REQUEST_IN_PROGRESS": ProblemKind(
            HTTPStatus.CONFLICT,
            _HEADER,
            "the same request is being taken in at this moment",
            "aynı istek şu anda işleniyor",
            "repeat it after the seconds of Retry-After",
            Stored.UNKNOWN,
        ),
        "BODY_TOO_LARGE": ProblemKind(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            _LIMIT,
            "the body is larger than an order can be",
            "istek gövdesi çok büyük",
            "send less: the limit in bytes is in `limit`, after decompression",
        ),
        "MEDIA_TYPE_UNSUPPORTED": ProblemKind(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            _HEADER,
            "the body is of another media type than application/json in UTF-8",
            "istek gövdesi UTF-8 application/json değil",
            "send Content-Type: application/json",
        ),
        "INVOICE_AMBIGUOUS": ProblemKind(
            HTTPStatus.CONFLICT,
            _PATH,
            "several invoices of the order are called so",
            "siparişin bu adla birden çok faturası var",
            "name the invoice by its number, or by its document id",
        ),
        "ACT_NOT_POSSIBLE": ProblemKind(
            HTTPStatus.CONFLICT,
            _PATH,
            "what the address names does not permit it as things are",
            "kaydın şu anki durumu buna izin vermiyor",
            "read the document first; `description` says what its state is",
        ),
        "RATE_LIMITED": ProblemKind(
            HTTPStatus.TOO_MANY_REQUESTS,
            _LIMIT,
            "too many requests with this key, or too many wrong keys from this address",
            "çok fazla istek",
            "wait the seconds of Retry-After",
        ),
        "INTERNAL": ProblemKind(
            HTTPStatus.INTERNAL_SERVER_ERROR,
            _SERVICE,
            "a defect of ours",
            "bizim tarafımızda bir hata",
            "repeat it with the same X-Request-ID, and report it with that id",
            Stored.UNKNOWN,
        ),
        "OVERLOADED": ProblemKind(
            HTTPStatus.SERVICE_UNAVAILABLE,
            _SERVICE,
            "too many requests at once",
            "aynı anda çok fazla istek",
            "repeat it after the seconds of Retry-After",
        ),
        "BROKER_UNAVAILABLE": ProblemKind(
            HTTPStatus.SERVICE_UNAVAILABLE,
            _SERVICE,
            "Kafka does not take records now; nothing was sent",
            "Kafka şu anda kayıt almıyor; hiçbir şey gönderilmedi",
            "repeat it after the seconds of Retry-After",
        ),
        "STORE_UNAVAILABLE": ProblemKind(
            HTTPStatus.SERVICE_UNAVAILABLE,
            _SERVICE,
            "the database does not answer; nothing was sent",
            "veritabanı yanıt vermiyor; hiçbir şey gönderilmedi",
            "repeat it after the seconds of Retry-After",
        ),
        "READ_MODEL_MISSING": ProblemKind(
            HTTPStatus.SERVICE_UNAVAILABLE,
            _SERVICE,
            "there is no read model yet",
            "okuma modeli henüz yok",
            "start `faturaflow worker tracking`, which makes it",
        ),
        "ANSWER_UNAVAILABLE": ProblemKind(
            HTTPStatus.SERVICE_UNAVAILABLE,
            _SERVICE,
            "a provider or a topic that is needed for the answer does not answer",
            "yanıt için gereken bir hizmet yanıt vermiyor",
            "repeat it later",
        ),
        "ACT_UNCERTAIN": ProblemKind(
            HTTPStatus.SERVICE_UNAVAILABLE,
            _SERVICE,
            "what is needed for it does not answer; it may be done all the same",
            "bunun için gereken bir hizmet yanıt vermiyor; işlem yine de yapılmış olabilir",
            "read the document after the seconds of Retry-After, and repeat what is not done",
            Stored.UNKNOWN,
        ),
        "SHUTTING_DOWN": ProblemKind(
            HTTPStatus.SERVICE_UNAVAILABLE,
            _SERVICE,
            "this process ends; nothing was sent",
            "bu süreç kapanıyor; hiçbir şey gönderilmedi",
            "repeat it; another process, or the next one, takes it",
        ),
        "BROKER_SILENT": ProblemKind(
            HTTPStatus.GATEWAY_TIMEOUT,
            _SERVICE,
            "Kafka has not confirmed the record in time; it may be there all the same",
            "Kafka kaydı zamanında onaylamadı; kayıt yine de yazılmış olabilir",
            "repeat it with the same X-Request-ID, or read the state under Location: it is never invoiced twice",
            Stored.UNKNOWN,
        ),
    }
)

# Of what a field can have wrong in its form; a rule of content has its English sentence alone.
TURKISH: Final[Mapping[str, str]] = MappingProxyType(
    {
        "REQUIRED": "zorunlu alan eksik",
        "UNKNOWN_FIELD": "böyle bir alan yok",
        "TOO_SHORT": "çok kısa",
        "TOO_LONG": "çok uzun",
        "WRONG_FORMAT": "biçimi yanlış",
        "NOT_ALLOWED": "izin verilen değerlerden biri değil",
        "OUT_OF_RANGE": "izin verilen aralığın dışında",
        "TOO_MANY_DIGITS": "çok fazla basamak",
        "NOT_A_NUMBER": "sayı değil",
        "NOT_A_BOOLEAN": "true veya false değil",
        "NOT_A_DATE": "2026-11-02 gibi bir tarih değil",
        "NOT_A_TIME": "2026-11-02T09:00:00+03:00 gibi bir zaman değil",
        "WRONG_TYPE": "türü yanlış",
        "UNSUITABLE": "kullanılamaz",
        "NAME_TWICE": "aynı nesnede iki kez var",
    }
)
