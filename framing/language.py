"""Is a text English?  By the little words that every sentence of a language needs.

framing knows English only, and on other languages its findings are noise.  This is a light check of whole texts for that
one question; it makes no claim about texts of a few words, and it does not tell close relatives apart for their own sake.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

# Words that are frequent in one language and not words of English, so that one language's article is not another's noun.
LITTLE_WORDS = {
    "German": "der und das nicht ist den von sich mit auf ein eine für dem zu im es auch wie aus nach bei einer um noch zum zur über vor wird sind wurde "
    "einem einen ihre seine oder aber hat haben werden dass",
    "French": "le la les et des du un une est dans que qui pour par ne pas au aux ce cette ces avec sur plus il elle ils ont été sont leur nous vous mais ou "
    "où selon se sa ses son être",
    "Spanish": "el la los las y de que en un una por con para del al es no se lo su sus como más pero fue ha han ser está este esta entre sobre según también",
    "Portuguese": "o os e de que em um uma por com para do da dos das ao na nas é não se foi mais como mas seu sua são também pela pelo até",
    "Italian": "il lo gli e di che in un una per con del della dei delle al alla nel nella è non si sono ha hanno anche come più ma suo sua dal dalla questo",
    "Dutch": "de het een van en dat niet is op te zijn voor met die er aan om ook bij naar uit maar heeft worden werd nog wordt over dan wel",
    "Swedish": "och att det som en är på av för med den till inte om ett han har de var jag sig från vi så kan när år säger också",
    "Danish or Norwegian": "og i det at er en til på som med av af for ikke den har de et om var jeg seg sig men fra ble blev også etter efter",
    "Polish": "i w na z się nie do to że jest o jak po od za przez ale dla są oraz jego który która był była tym ma",
    "Czech": "a se na v je že s z do o i pro za by jsem jako ale po jeho který která byl byla od není také podle",
    "Romanian": "și în de la cu pe nu este să din care un o pentru mai că au fost prin dar sau al ale lui",
    "Turkish": "ve bir bu da de için ile olarak çok daha olan gibi ne kadar sonra en ama ise değil olduğu",
    "Finnish": "ja on ei että se oli hän mutta ovat kun myös niin tai jos kuin ole sen joka",
    "Hungarian": "a az és hogy nem is egy de volt meg ez csak már mint el ha azt vagy",
    "Indonesian or Malay": "yang dan di itu dengan untuk tidak ini dari dalam akan pada juga ke karena bisa ada mereka oleh",
}
ENGLISH = frozenset(
    """the of and to in that is was for on it with as be at by this had not are but from or have an they which one were all their there been has
    when who will more if out so what up said about than into them can only other new some could time these two may then do first any my now such
    like our over after also its he she we you his her would no i a says will how where under against before between your""".split()
)
OTHERS = {language: frozenset(words.split()) - ENGLISH for language, words in LITTLE_WORDS.items()}

FEWEST = 15  # words; below that a headline with a foreign name could tip the balance
ENOUGH = 1_000  # words; a text's beginning says what language it is in
LEAST_SHARE = 0.15  # of its own little words in running text of the languages above; invented samples of 20 to 60 words had 0.24 to 0.55
PLAINLY_ENGLISH = 0.25  # of the words; more than that leaves no room for another language's share
FEW_ENGLISH = 0.03  # English news has 0.3 to 0.5, capitalised headlines 0.1 and more
MANY = 80  # words; a text without little words of any language above is called foreign from this length on
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_LATIN_ENDS = 0x250  # code points above are no Latin letters; the few Latin ones among them do not count


def foreign(text: str) -> str | None:
    """What language `text` seems to be in, if it is not English; None for English and for texts too short to tell.

    Reads at most the first ``ENOUGH`` words.

    >>> foreign("Der Rat der Stadt hat am Montag beschlossen, dass die Brücke nicht verkauft wird und auch im Winter offen bleibt.")
    'German'
    >>> foreign("The council will vote on the bridge on Monday, the town hall said, and the road stays open until then.")
    """
    words = [m.group().lower() for m, _ in zip(_WORD.finditer(text), range(ENOUGH))]
    if len(words) < FEWEST:
        return _script(words)
    english = _share(words, ENGLISH)
    if english >= PLAINLY_ENGLISH:
        return None
    other, name = max((_share(words, little), name) for name, little in OTHERS.items())
    if other >= LEAST_SHARE and other > 1.5 * english:
        return name
    script = _script(words)
    if script:
        return script
    return "another language" if len(words) >= MANY and english < FEW_ENGLISH else None


def _share(words: list[str], little: Iterable[str]) -> float:
    return sum(word in little for word in words) / len(words)


def _script(words: list[str]) -> str | None:
    """A script other than Latin, if most letters are in it; ten letters are enough to tell."""
    letters = "".join(words)
    strange = sum(ord(letter) >= _LATIN_ENDS for letter in letters)
    return "a language that is not written in Latin letters" if len(letters) >= 10 and strange > len(letters) / 2 else None
