"""What the evidence about a document is called: what was sent, what came back, and why a person is asked.

The details beside it are the provider's and the issuer's own words, and stay as they are.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from app.web.screen.words.text import Text

EVIDENCE: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "SENT": Text("Gönderildi", "Sent"),
        "ANSWERED": Text("Yanıt geldi", "Answered"),
        "LOOKED_UP": Text("Durum soruldu", "Looked up"),
        "RETURNED": Text("Alıcıdan döndü", "Returned by its buyer"),
        "CONNECTION": Text("Bağlantı kullanılamadı", "Connection could not be used"),
    }
)
# Why a person is asked, by the word that the question's evidence begins with.
QUESTIONS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "NO_LOOK_UP": Text(
            "Entegratörün yanıtı kayboldu ve bu entegratöre belge sorulamıyor.",
            "The answer was lost, and this provider cannot be asked whether the document exists.",
        ),
        "UNANSWERED": Text(
            "Entegratörün yanıtı kayboldu ve bir gündür güvenilir bir yanıt alınamadı.",
            "The answer was lost, and for a day no answer to a question could be believed.",
        ),
        "ABSENT": Text(
            "Entegratörün yanıtı kayboldu ve belgeyi tanımıyor; yeniden göndermek ikinci bir fatura çıkarabilir.",
            "The answer was lost and the provider does not know the document, but sending again could double it.",
        ),
        "OTHER_ACCOUNT": Text(
            "Yanıt kayboldu ve şimdi sorulan hesap, gönderilen hesap olmayabilir. Önceki hesaba bakın.",
            "The answer was lost, and the account that is asked now may be another one. Look into the one of before.",
        ),
        "ABSENT_AND_MOVED": Text(
            "Yanıt kayboldu, entegratör belgeyi tanımıyor ve belge başka bağlantıda kesilecek; bulunamaması yetmez.",
            "The answer was lost, the provider does not know it, and it is to be issued elsewhere: that is not enough.",
        ),
        "DIFFERENT": Text(
            "Entegratörde bu belgenin numarasıyla başka bir şey duruyor.",
            "Something else is at the provider under the reference of this document.",
        ),
        "SEVERAL": Text(
            "Yanıt kayboldu ve entegratörde bu belge olabilecek birden çok belge var.",
            "The answer was lost, and more than one document at the provider may be this one.",
        ),
        "TWO_LIVE": Text(
            "Entegratör bu istek için birden çok belge gösteriyor.",
            "The provider shows more than one document for this command.",
        ),
        "PARTLY_DONE": Text(
            "Önceki adım entegratörde yapıldı, bu adım reddedildi ya da geri alındı.",
            "An earlier step was made at the provider, and this one was refused or withdrawn.",
        ),
        "OTHER_TOTAL": Text(
            "Entegratörün hesapladığı tutar bizimkinden farklı; bu yüzden kesilmedi.",
            "The provider comes to another total than we, so no legal document is asked for.",
        ),
        "KEEPS_VANISHING": Text(
            "Birkaç kez gönderildi, yanıt gelmedi ve entegratör belgeyi hiç görmedi.",
            "It was sent several times without an answer, and the provider never knew of it.",
        ),
        "DOUBTFUL": Text(
            "Şimdi hazırlanamıyor, ama kayıtlar kaybolmadan önce gönderilmiş olabilir.",
            "It cannot be prepared now, but may have been sent before the journal was lost.",
        ),
        "CANCEL_NO_LOOK_UP": Text(
            "İptalin yanıtı kayboldu ve bu entegratöre sorulamıyor.",
            "The answer to the cancellation was lost, and this provider cannot be asked.",
        ),
        "CANCEL_ABSENT": Text(
            "Belge iptal edilecek, ama entegratör artık tanımıyor.",
            "The document is to be cancelled, and the provider does not know it any more.",
        ),
        "LIVE_AFTER_END": Text(
            "Belge bizde sona erdikten sonra entegratörde ortaya çıktı.",
            "A document appeared at the provider after this command had ended without it.",
        ),
    }
)


def evidence_text(what: str) -> Text:
    """What it is called; a word of a newer release stays as it is."""
    return EVIDENCE.get(what) or QUESTIONS.get(what) or Text(what, what)
