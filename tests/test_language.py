"""Is it English?  All sentences are invented."""

from __future__ import annotations

import pytest

from framing.language import foreign

GERMAN = (
    "Der Gemeinderat von Karsk hat am Donnerstag den Verkauf der alten Brücke beschlossen. Die Bürgermeisterin sagte, dass sie nicht mit allen Anwohnern "
    "gesprochen habe, und kündigte eine neue Sitzung für den Juni an."
)
FRENCH = (
    "Le conseil municipal de Karsk a voté jeudi la vente du vieux pont. La maire a déclaré que les habitants ne seront pas oubliés et que la route "
    "restera ouverte pour les commerçants du quartier."
)
SPANISH = (
    "El ayuntamiento de Karsk aprobó el jueves la venta del viejo puente. La alcaldesa dijo que los vecinos no serán olvidados y que la carretera "
    "seguirá abierta para los comerciantes del barrio."
)
ITALIAN = "Il consiglio comunale di Karsk ha approvato giovedì la vendita del vecchio ponte. La sindaca ha detto che gli abitanti non saranno dimenticati."
DUTCH = "De gemeenteraad van Karsk heeft donderdag ingestemd met de verkoop van de brug. De burgemeester zei dat het niet de bedoeling is om de weg te sluiten."
POLISH = "Rada miasta Karsk zgodziła się w czwartek na sprzedaż mostu. Burmistrz powiedziała, że to nie jest koniec i że droga będzie otwarta dla kupców."
SWEDISH = "Kommunfullmäktige i Karsk beslutade på torsdagen att sälja bron. Borgmästaren säger att det inte är slutet och att vägen är öppen för alla."


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (GERMAN, "German"),
        (FRENCH, "French"),
        (SPANISH, "Spanish"),
        (ITALIAN, "Italian"),
        (DUTCH, "Dutch"),
        (POLISH, "Polish"),
        (SWEDISH, "Swedish"),
        (GERMAN.upper(), "German"),
        (FRENCH * 100, "French"),
    ],
)
def test_other_languages_are_named(text: str, language: str) -> None:
    assert foreign(text) == language


SCRIPTS = [
    "Городской совет проголосовал за продажу моста.",
    "市议会周四投票决定出售这座古老的石桥",
    "صوت مجلس المدينة لصالح بيع الجسر القديم",
]


@pytest.mark.parametrize("text", SCRIPTS)
def test_other_scripts_are_told_even_in_a_line(text: str) -> None:
    assert foreign(text) == "a language that is not written in Latin letters"


def test_a_language_that_is_not_listed_is_still_not_english() -> None:
    invented = "Vorbe tarim olusk pender mikala sutrin bavo. " * 20
    assert foreign(invented) == "another language"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Karsk.",
        "Adiós, amigo!",
        "Die Zeit und der Spiegel.",
        "MAYOR SLAMS COUNCIL OVER BRIDGE SALE",
        "BRIDGE SALE: MAYOR UNDER FIRE AS TOWN HALL VOTES ON DEVELOPER DEAL, CRITICS SAY CONSULTATION WAS FARCE AND WANT NEW VOTE IN JUNE",
        "MAYOR SLAMS RIVALS\nFERRY GRANT AXED\nWEAVERS WALK OUT\nTEN HELD AFTER PORT RAID\nKELP SURVEY DELAYED\n"
        "LIGHTHOUSE FUND SLASHED\nBAKERS FACE LEVY\nTWO DIE IN FLOOD\nCHOIR WINS PRIZE\nMILL TO CLOSE\nNEW WEIR FOR LOWER VENN",
        "The delegates from Los Angeles, San Juan de la Cruz, El Paso and Las Palmas de Gran Canaria met in the town hall of La Paz on Monday to vote on it.",
        "Director Jean de la Tour said that “La vie est un long fleuve tranquille” was not on the list of the festival, which opens on Friday in the old mill.",
        "The man in the van met a plan on the way to the bar; it was a war, he said, and so we go on.",
        "No, no, a thousand times no. He has come in a van, on a par with none. Die, said a man at the bar, or do as I say.",
    ],
)
def test_english_and_short_texts_are_not_warned_of(text: str) -> None:
    assert foreign(text) is None


def test_an_english_article_with_a_foreign_quotation_is_english() -> None:
    article = "The council voted on the sale of the bridge, the mayor said on Monday, and the road is to stay open until the end of the year. " * 3
    assert foreign(article + GERMAN) is None
