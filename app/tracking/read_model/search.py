"""Text as it is searched: Turkish letters, their capitals and what keyboards without them write are one letter."""

import unicodedata


def folded(text: str) -> str:
    """The text for comparison: `Işık`, `IŞIK`, `ışık` and `isik` are one; words are kept apart by one blank.

    I, İ, ı and i are one letter, every letter loses its marks, and all that is no letter or digit is left out, so
    that a reference is found with and without its dashes.
    """
    if not text.isascii():
        bare = (sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
        text = "".join(bare).replace("ı", "i")
    words = text.casefold().split()
    return " ".join(filter(None, (word if word.isalnum() else "".join(filter(str.isalnum, word)) for word in words)))
