"""Expressions of time in nine languages besides English, in plain newspaper sentences."""

from datetime import UTC, datetime

import pytest

from flows.seeds import load_lexicon
from transforms.dating.dates import find_dates

PUBLISHED = datetime(2024, 3, 14, tzinfo=UTC)  # a Thursday
CASES = {
    "de": [
        ("Das Werk öffnete am 3. Mai 1998.", "1998-05-03"),
        ("Sie kam vor zwei Jahren.", "2022"),
        ("Er fährt in drei Wochen.", "2024-W14"),
        ("Die Zahl stieg letzte Woche.", "2024-W10"),
        ("Im vergangenen Jahr war es kälter.", "2023"),
        ("Die Fähre legte gestern ab.", "2024-03-13"),
        ("Vorgestern regnete es.", "2024-03-12"),
        ("Das Lager brannte in den zwanziger Jahren ab.", "192"),
        ("In den 1990er Jahren gab es drei Werften.", "199"),
        ("Die Reise dauerte zwölf Tage.", "P12D"),
        ("Der Rat tagt jeden Montag.", "XXXX-WXX-1"),
        ("Die Messe findet jährlich statt.", "P1Y"),
        ("Im Jahr 2015 wurde gewählt.", "2015"),
        ("Damals gab es keine Brücke.", "PAST_REF"),
        ("Der Umsatz sank im dritten Quartal 2023.", "2023-Q3"),
        ("Im 19. Jahrhundert stand hier eine Mühle.", "18"),
        ("Das Treffen wird am Freitag um 15 Uhr beginnen.", "2024-03-15T15:00"),
    ],
    "fr": [
        ("L'usine a ouvert le 3 mai 1998.", "1998-05-03"),
        ("Elle est venue il y a deux ans.", "2022"),
        ("Il partira dans trois semaines.", "2024-W14"),
        ("Le prix a monté la semaine dernière.", "2024-W10"),
        ("L'année dernière il faisait plus froid.", "2023"),
        ("Le bateau est parti hier.", "2024-03-13"),
        ("Avant-hier il pleuvait.", "2024-03-12"),
        ("Les années 1990 ont été difficiles.", "199"),
        ("Le voyage a duré douze jours.", "P12D"),
        ("Le conseil siège tous les lundis.", "XXXX-WXX-1"),
        ("En 2015 on a voté.", "2015"),
        ("Elle habite actuellement à Lyon.", "PRESENT_REF"),
        ("Il reviendra bientôt.", "FUTURE_REF"),
        ("Au XIXe siècle, il y avait ici un moulin.", "18"),
        ("La réunion a lieu vendredi prochain.", "2024-03-22"),
    ],
    "es": [
        ("La fábrica abrió el 3 de mayo de 1998.", "1998-05-03"),
        ("Llegó hace dos años.", "2022"),
        ("Saldrá dentro de tres semanas.", "2024-W14"),
        ("El precio subió la semana pasada.", "2024-W10"),
        ("El año pasado hizo más frío.", "2023"),
        ("El barco zarpó ayer.", "2024-03-13"),
        ("Anteayer llovió.", "2024-03-12"),
        ("En los años 90 había tres astilleros.", "199"),
        ("El viaje duró doce días.", "P12D"),
        ("El consejo se reúne cada lunes.", "XXXX-WXX-1"),
        ("En 2015 hubo elecciones.", "2015"),
        ("Actualmente vive en Lugo.", "PRESENT_REF"),
        ("Volverá pronto.", "FUTURE_REF"),
        ("En el siglo XIX había aquí un molino.", "18"),
        ("Las ventas cayeron en el tercer trimestre de 2023.", "2023-Q3"),
    ],
    "it": [
        ("La fabbrica aprì il 3 maggio 1998.", "1998-05-03"),
        ("Arrivò due anni fa.", "2022"),
        ("Partirà tra tre settimane.", "2024-W14"),
        ("Il prezzo è salito la scorsa settimana.", "2024-W10"),
        ("L'anno scorso faceva più freddo.", "2023"),
        ("La nave è partita ieri.", "2024-03-13"),
        ("Il viaggio durò dodici giorni.", "P12D"),
        ("Il consiglio si riunisce ogni lunedì.", "XXXX-WXX-1"),
        ("Nel 2015 si votò.", "2015"),
        ("Attualmente vive a Parma.", "PRESENT_REF"),
        ("Nel XIX secolo qui c'era un mulino.", "18"),
        ("Le vendite sono calate nel terzo trimestre del 2023.", "2023-Q3"),
        ("Negli anni 1990 c'erano tre cantieri.", "199"),
        ("Domani riapre il porto.", "2024-03-15"),
        ("La riunione è venerdì prossimo.", "2024-03-22"),
    ],
    "pt": [
        ("A fábrica abriu em 3 de maio de 1998.", "1998-05-03"),
        ("Chegou há dois anos.", "2022"),
        ("Partirá daqui a três semanas.", "2024-W14"),
        ("O preço subiu na semana passada.", "2024-W10"),
        ("No ano passado fez mais frio.", "2023"),
        ("O barco partiu ontem.", "2024-03-13"),
        ("Anteontem choveu.", "2024-03-12"),
        ("Nos anos 1990 havia três estaleiros.", "199"),
        ("A viagem durou doze dias.", "P12D"),
        ("O conselho reúne-se cada semana.", "P1W"),
        ("Em 2015 houve eleições.", "2015"),
        ("Atualmente vive em Braga.", "PRESENT_REF"),
        ("Voltará em breve.", "FUTURE_REF"),
        ("No século XIX havia aqui um moinho.", "18"),
        ("As vendas caíram no terceiro trimestre de 2023.", "2023-Q3"),
    ],
    "nl": [
        ("De fabriek opende op 3 mei 1998.", "1998-05-03"),
        ("Zij kwam twee jaar geleden.", "2022"),
        ("Hij vertrekt over drie weken.", "2024-W14"),
        ("De prijs steeg vorige week.", "2024-W10"),
        ("Vorig jaar was het kouder.", "2023"),
        ("De boot vertrok gisteren.", "2024-03-13"),
        ("Eergisteren regende het.", "2024-03-12"),
        ("In de jaren 1990 waren er drie werven.", "199"),
        ("De reis duurde twaalf dagen.", "P12D"),
        ("De raad vergadert elke maandag.", "XXXX-WXX-1"),
        ("In 2015 waren er verkiezingen.", "2015"),
        ("Zij woont momenteel in Gent.", "PRESENT_REF"),
        ("Hij komt binnenkort terug.", "FUTURE_REF"),
        ("De verkoop daalde in het derde kwartaal van 2023.", "2023-Q3"),
        ("De beurs wordt jaarlijks gehouden.", "P1Y"),
    ],
    "pl": [
        ("Zakład otwarto 3 maja 1998 roku.", "1998-05-03"),
        ("Przyjechała dwa lata temu.", "2022"),
        ("Wyjedzie za trzy tygodnie.", "2024-W14"),
        ("Cena wzrosła w zeszłym tygodniu.", "2024-W10"),
        ("W ubiegłym roku było zimniej.", "2023"),
        ("Statek wypłynął wczoraj.", "2024-03-13"),
        ("Przedwczoraj padało.", "2024-03-12"),
        ("Podróż trwała dwanaście dni.", "P12D"),
        ("Rada zbiera się w każdy poniedziałek.", "XXXX-WXX-1"),
        ("W 2015 roku były wybory.", "2015"),
        ("Obecnie mieszka w Opolu.", "PRESENT_REF"),
        ("Wkrótce wróci.", "FUTURE_REF"),
        ("Jutro port będzie otwarty.", "2024-03-15"),
        ("Targi odbywają się corocznie.", "P1Y"),
        ("Most stoi tu od 1936 roku.", "1936"),
    ],
    "ru": [
        ("Завод открыли 3 мая 1998 года.", "1998-05-03"),
        ("Она приехала два года назад.", "2022"),
        ("Он уедет через три недели.", "2024-W14"),
        ("Цена выросла на прошлой неделе.", "2024-W10"),
        ("В прошлом году было холоднее.", "2023"),
        ("Судно вышло вчера.", "2024-03-13"),
        ("Позавчера шёл дождь.", "2024-03-12"),
        ("Рейс длился двенадцать дней.", "P12D"),
        ("Совет собирается каждый понедельник.", "XXXX-WXX-1"),
        ("В 2015 году были выборы.", "2015"),
        ("Сейчас она живёт в Туле.", "PRESENT_REF"),
        ("Скоро он вернётся.", "FUTURE_REF"),
        ("Завтра порт откроют.", "2024-03-15"),
        ("Ярмарку проводят ежегодно.", "P1Y"),
        ("Мост стоит здесь с 1936 года.", "1936"),
    ],
    "sv": [
        ("Fabriken öppnade den 3 maj 1998.", "1998-05-03"),
        ("Bron renoverades för två år sedan.", "2022"),
        ("Hamnen stängs nästa vecka.", "2024-W12"),
        ("Förra året var det kallare.", "2023"),
        ("Båten avgick i går.", "2024-03-13"),
        ("Resan varade i tolv dagar.", "P12D"),
        ("Rådet möts varje måndag.", "XXXX-WXX-1"),
        ("Hon bor numera i Lund.", "PRESENT_REF"),
    ],
    "uk": [
        ("Завод відкрили 3 травня 1998 року.", "1998-05-03"),
        ("Вона приїхала два роки тому.", "2022"),
        ("Він поїде через три тижні.", "2024-W14"),
        ("Ціна зросла минулого тижня.", "2024-W10"),
        ("Минулого року було холодніше.", "2023"),
        ("Судно вийшло вчора.", "2024-03-13"),
        ("Позавчора йшов дощ.", "2024-03-12"),
        ("Рейс тривав дванадцять днів.", "P12D"),
        ("Рада збирається кожного понеділка.", "XXXX-WXX-1"),
        ("У 2015 році були вибори.", "2015"),
        ("Зараз вона живе в Луцьку.", "PRESENT_REF"),
        ("Незабаром він повернеться.", "FUTURE_REF"),
        ("Завтра порт відкриють.", "2024-03-15"),
        ("Ярмарок проводять щороку.", "P1Y"),
        ("Міст стоїть тут з 1936 року.", "1936"),
    ],
}


@pytest.mark.parametrize(
    ("language", "text", "value"),
    [(language, *case) for language, cases in CASES.items() for case in cases],
)
def test_expression_has_its_value(language, text, value):
    found = find_dates(text, load_lexicon().vocabularies, published_at=PUBLISHED, language=language)
    assert value in [one.value for one in found]


def test_days_without_a_year_are_of_the_year_that_a_history_tells():
    text = "У 1941 році почалася облога. У 1939 році впав уряд, у 1940 році оголосили набір. 8 вересня місто оточили."
    found = find_dates(text, load_lexicon().vocabularies, published_at=PUBLISHED, language="uk")
    assert found[-1].value == "1940-09-08"


@pytest.mark.parametrize("language", ["", "eo", "zz"])
def test_language_without_words_has_only_dates_in_figures(language):
    text = "Sed 2024-03-05 kaj 17.05.2023, hodiaŭ kaj yesterday."
    found = find_dates(text, load_lexicon().vocabularies, published_at=PUBLISHED, language=language)
    assert [one.value for one in found] == ["2024-03-05", "2023-05-17"]
