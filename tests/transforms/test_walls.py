"""Pages that stand where an article should be are refused with their own reason."""

import pytest

from tests.helpers.pages import clean_page
from transforms.records import Article

URL = "https://osk-courier.example/2024/05/lamp-of-the-quay"
TEASERS = (
    "<p>The council of Ostwick voted on Tuesday to repair the lamp of the old quay by autumn.</p>"
    * 5
)


def page(title, headline, *paragraphs, more="", head="", language="en"):
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f"<html lang='{language}'><head><title>{title}</title>{head}</head><body><nav><a href='/'>Start</a>"
        f"</nav><main><h1>{headline}</h1>{text}{more}</main><footer>Imprint</footer></body></html>"
    )


WALLS = {
    "404": ("soft_404", page(
        "404 - Osk Courier", "Oops!", "The page you are looking for was removed or never existed.",
        "Go back to our homepage or use the search.",
    )),
    "gone": ("soft_404", page(
        "Osk Courier", "Sorry, this article is no longer available",
        "It may have expired. You can go back to the homepage.",
    )),
    "404-teasers": ("soft_404", page(
        "Page not found | Osk Courier", "Page not found", "The page could not be found. Try searching.", more=TEASERS,
    )),
    "404-fr": ("soft_404", page(
        "Page introuvable", "Cette page n'existe plus", "Retournez à l'accueil ou utilisez le moteur de recherche.",
        language="fr",
    )),
    "404-pl": ("soft_404", page(
        "Błąd 404", "Nie znaleziono strony", "Strona nie istnieje. Wróć na stronę główną.", language="pl",
    )),
    "404-uk": ("soft_404", page(
        "Сторінку не знайдено", "404", "Такої сторінки не існує. Перейдіть на головну.", language="uk",
    )),
    "consent-de": ("consent_wall", page(
        "Osk-Kurier", "Ihre Privatsphäre", "Wir und unsere Partner verwenden Cookies und verarbeiten "
        "personenbezogene Daten für personalisierte Werbung. Ihre Einwilligung können Sie widerrufen.", language="de",
    )),
    "consent-es": ("consent_wall", page(
        "El Correo", "Valoramos tu privacidad", "Nosotros y nuestros socios utilizamos cookies para mostrar "
        "publicidad personalizada. Puedes retirar tu consentimiento.", language="es",
    )),
    "captcha": ("captcha", page(
        "Attention Required!", "Sorry, you have been blocked",
        "This website is using a security service to protect itself. Ray ID: 12ab. Your IP: 192.0.2.7",
    )),
    "browser": ("captcha", page(
        "Just a moment...", "osk-courier.example", "Verifying you are human. This may take a few seconds.",
        "Enable JavaScript and cookies to continue.",
    )),
    "login": ("login_wall", page(
        "Anmelden", "Bitte melden Sie sich an", "Um weiterzulesen, brauchen Sie ein Konto. Passwort vergessen?",
        more="<form><input type='password'></form>", language="de",
    )),
    "subscribe": ("subscription_wall", page(
        "The lamp of the quay - Osk Courier", "Subscribe to continue reading",
        "Unlimited access for 2 a week. Cancel anytime. Already a subscriber? Sign in.",
    )),
    "subscribe-it": ("subscription_wall", page(
        "Il Corriere", "Abbonati per leggere", "Accesso illimitato a tutti gli articoli per 5 euro al mese. "
        "Disdici quando vuoi. Sei già abbonato? Accedi.", language="it",
    )),
    "maintenance": ("maintenance", page(
        "503", "Service temporarily unavailable", "We are down for scheduled maintenance. Please try again later.",
    )),
    "maintenance-nl": ("maintenance", page(
        "Osk-koerier", "We zijn zo terug", "De site is in onderhoud. Excuses voor het ongemak, dank voor je geduld.",
        language="nl",
    )),
    "shell": ("javascript_shell", (
        "<html><head><title>Osk Courier</title></head><body><div id='app'></div>"
        "<noscript>Please enable JavaScript.</noscript><script src='/a.js'></script></body></html>"
    )),
    "refresh": ("redirect_page", (
        "<html><head><title>Moved</title><meta http-equiv='refresh' content='0;url=/2024/06/lamp'></head>"
        "<body><p>Moved to <a href='/2024/06/lamp'>another place</a>.</p></body></html>"
    )),
}  # fmt: skip


@pytest.mark.parametrize(("reason", "html"), WALLS.values(), ids=WALLS)
def test_wall_is_refused_with_its_reason(reason, html):
    found = clean_page(html, url=URL)
    assert not isinstance(found, Article), found.text
    assert found.reason == reason


ARTICLES = {
    "links": page(
        "Why broken links annoy readers", "Why broken links annoy readers",
        "Every fifth link in the archive of the library leads to a page that does not exist, a study says.",
        "\"We found 404 links in one article,\" said Elna Marsk, who led it. The library will check all by May.",
    ),
    "banners": page(
        "Regulator fines three sites over banners", "Regulator fines three sites over banners",
        "The regulator fined three sites because they made it hard to reject cookies.",
        "The sites asked for consent to personalised ads and to share personal data with 900 partners.",
        "They have until June to change this, and two said that they would appeal.",
    ),
    "paywall": page(
        "Osk Courier ends free access", "Osk Courier ends free access",
        "The Osk Courier will ask readers to subscribe from March. A subscription costs 4 a month.",
        "Subscribers get unlimited access to the site, and they can cancel at any time, editor Pia Hult said.",
        "The paper lost a third of its print sales in ten years. The first month is free.",
    ),
    "outage": page(
        "Trains sell no tickets during maintenance", "Trains sell no tickets during maintenance",
        "The railway could not sell tickets for six hours, because maintenance took longer than planned.",
        "Passengers were asked to try again later. \"We are sorry for the inconvenience,\" said Udo Prell.",
    ),
    "titled-like-a-wall": page(
        "Consent", "Consent", "The second film of Elna Marsk asks who may consent to what, and when.",
        "It opened the festival in Ostwick on Friday, where it was applauded for nine minutes.",
        "Marsk shot it in one house and in six days, with three actors and a dog that would not sit.",
    ),
    "short-in-an-app": (
        "<html><head><title>Man saved from ice</title></head><body><div id='root'><h1>Man saved from ice</h1>"
        "<p>A man was saved from the ice on Lake Osk on Sunday, police said.</p></div>"
        "<noscript>Please enable JavaScript.</noscript></body></html>"
    ),
    "short": page("Man saved from ice", "Man saved from ice", "A man was saved from the ice on Sunday, police said."),
    "paywalled": page(
        "The lamp of the quay", "The lamp of the quay",
        "The lamp of the old quay in Ostwick went dark in March, and nobody knows who is to pay for it.",
        "The harbour authority says that the lamp was a gift to the town, and that gifts are not repaired.",
        "Subscribe to read on.",
    ),
    "beside-consent": page(
        "The lamp of the quay", "The lamp of the quay",
        "The lamp of the old quay in Ostwick went dark in March, and nobody knows who is to pay for it.",
        "The harbour authority says that the lamp was a gift to the town, and that gifts are not repaired.",
        "The divers who found it want to see it lit again before the first snow falls on the town.",
        more="<div><p>We and our partners use cookies and process personal data for personalised ads.</p></div>",
    ),
}  # fmt: skip


@pytest.mark.parametrize("html", ARTICLES.values(), ids=ARTICLES)
def test_article_about_or_beside_a_wall_is_kept(html):
    found = clean_page(html, url=URL)
    assert isinstance(found, Article), found


@pytest.mark.parametrize("is_first", [True, False])
def test_dialog_to_log_in_does_not_make_an_article_a_wall(is_first):
    dialog = "<div><h1>Log in</h1><form><input type='password'></form><p>Forgot your password? Register now.</p></div>"
    text = [
        f"The lamp of quay {n} went dark in March, and nobody knows who is to pay for it now."
        for n in range(40)
    ]
    html = page("The lamps of the quays", "The lamps of the quays", *text, more=dialog)
    if is_first:
        html = html.replace("<main>", f"{dialog}<main>")
    found = clean_page(html, url=URL)
    assert isinstance(found, Article), found
