"""What the portal says, in its own words, mostly with 200."""

from typing import Any, Final

from aiohttp import web

CREATED: Final = "Faturanız başarıyla oluşturulmuştur. Düzenlenen Belgeler menüsünden faturanıza ulaşabilirsiniz."
NO_ETTN: Final = "Ettn ya eksik ya boş ya da 36 uzunluk sınırına uymuyor."
BAD_FORM: Final = "Form parametrelerinde sorun var"
NO_DRAFT: Final = "Düzenlenmek üzere fatura getirilemedi. Hata kodu: 2-1109"
NO_RIGHT: Final = "Bu işlem için yetkiniz yok"
NO_SERVICE: Final = "Service Not Found"
NULL: Final = "Genel Sistem Hatası:java.lang.NullPointerException"
NOT_DELETED: Final = "Silinirken bir sorun oluştu."
REQUESTED: Final = "İptal talebiniz başarıyla oluşturulmuştur. Karşı tarafın itiraz süresi beklenecektir."
NO_REQUEST: Final = "Bu belge iptal talebi oluşturmak için gerekli koşulları sağlamıyor!"
NO_PROFILE: Final = "Bu Mükellef Kullanıcı Bilgilerini Güncellemedi"
FAULT: Final = "Teknik bir hata oluştu"
ALREADY_IN: Final = "Sisteme aynı anda birden fazla giriş yapamazsınız. Güvenli Çıkış yapınız."
NO_USER: Final = "Kullanıcı bilgilerine ulaşılamadı {0}"
SESSION_OVER: Final = "Oturum zamanaşımına uğradı"
OTHER_ADDRESS: Final = "Oturum geçersiz (clientIP)"
PAGE: Final = "<html><head><title>Oturum</title></head><body>Oturum Süreniz Dolmuştur</body></html>"


def data(value: Any) -> web.Response:
    """An answer that is no error."""
    return web.json_response({"data": value, "metadata": {"optime": "20261120143000+0300"}})


def failure(text: str, kind: str = "2") -> dict[str, Any]:
    """An error's envelope."""
    return {"error": "1", "messages": [{"type": kind, "text": text}]}


def refused(text: str, kind: str = "2") -> web.Response:
    """The same, as it is sent."""
    return web.json_response(failure(text, kind))
