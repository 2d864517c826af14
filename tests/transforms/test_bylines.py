"""Names of authors from bylines."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.helpers.pages import article_of, boilerplate, make_page
from transforms.cleaning.authors import choose_authors
from transforms.cleaning.bylines import split_byline


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        pytest.param("Anna Weaver", ["Anna Weaver"], id="name"),
        pytest.param("By Anna Weaver", ["Anna Weaver"], id="by"),
        pytest.param(
            "By Anna Weaver and Tom Reed, staff writers", ["Anna Weaver", "Tom Reed"], id="and-role"
        ),
        pytest.param(
            "Anna Weaver, Tom Reed & Ida Holm", ["Anna Weaver", "Tom Reed", "Ida Holm"], id="list"
        ),
        pytest.param("Von Anna Weber und Jan Holm", ["Anna Weber", "Jan Holm"], id="german"),
        pytest.param("Par Anne Tisserand et Luc Bois", ["Anne Tisserand", "Luc Bois"], id="french"),
        pytest.param("Автор: Олена Ткач", ["Олена Ткач"], id="ukrainian"),
        pytest.param("김하늘 기자", ["김하늘"], id="korean"),
        pytest.param("Anna Weaver (anna@herald.example)", ["Anna Weaver"], id="address"),
        pytest.param("Anna Weaver @annaw | 12 May 2024", ["Anna Weaver"], id="handle-and-date"),
        pytest.param("Robert Reed, Jr., editor", ["Robert Reed, Jr."], id="suffix"),
        pytest.param("Ida van der Holm", ["Ida van der Holm"], id="particles"),
        pytest.param("Anna Weaver\nPolitical correspondent\n12 May", ["Anna Weaver"], id="lines"),
        pytest.param("Photo: Lena Brandt", [], id="photo-credit"),
        pytest.param("admin", [], id="nobody"),
        pytest.param("Published on 12 May 2024", [], id="date-alone"),
        pytest.param("", [], id="empty"),
    ],
)
def test_byline_is_split_into_names(byline, names):
    assert split_byline(byline, boilerplate().bylines) == names


@pytest.mark.parametrize(
    ("sources", "authors"),
    [
        pytest.param([["The Herald"], ["Anna Weaver"]], ("Anna Weaver",), id="site-is-no-author"),
        pytest.param([["Anna Weaver", "Reuters"]], ("Anna Weaver",), id="agency-beside-a-person"),
        pytest.param([["Reuters"]], ("Reuters",), id="agency-alone"),
        pytest.param([[", The Herald"], []], (), id="name-missing"),
        pytest.param([[], ["Tom Reed", "Tom Reed"]], ("Tom Reed",), id="once"),
    ],
)
def test_first_source_with_people_wins(sources, authors):
    assert choose_authors(sources, boilerplate().bylines, frozenset({"theherald"})) == authors


@pytest.mark.parametrize(
    "byline",
    [
        pytest.param('<a rel="author" href="/anna">Anna Weaver</a>', id="rel"),
        pytest.param('<span itemprop="author">Anna Weaver</span>', id="itemprop"),
        pytest.param(
            '<div class="article-byline">By <b>Anna Weaver</b>, staff writer</div>', id="class"
        ),
        pytest.param("<p>By Anna Weaver</p>", id="plain-line"),
    ],
)
def test_byline_in_the_page_is_found(byline):
    html = make_page().replace("</h1>", f"</h1>{byline}")
    article = article_of(html)
    assert article.authors == ("Anna Weaver",)
    assert "Anna Weaver" not in article.text


def test_author_of_a_comment_is_not_an_author_of_the_article():
    after = '<section id="comments"><div class="comment"><span class="comment-author">Seadog</span><p>Well said.</p></div></section>'
    assert article_of(make_page(after=after)).authors == ()


def test_adjacent_co_authors_are_found():
    byline = '<div><address>By <a rel="author">Anna Weaver</a></address><address>By <a rel="author">Tom Reed</a></address></div>'
    html = make_page().replace("</h1>", f"</h1>{byline}")
    assert article_of(html).authors == ("Anna Weaver", "Tom Reed")


def test_stated_author_is_preferred_to_the_byline():
    ld = json.dumps({"@type": "NewsArticle", "headline": "Quay", "author": {"name": "Ida Holm"}})
    html = make_page(head=f'<script type="application/ld+json">{ld}</script>')
    assert article_of(
        html.replace("</h1>", '</h1><p class="byline">By Anna Weaver</p>')
    ).authors == ("Ida Holm",)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param('<a href="/s">By The Sea</a>', id="linked-headline"),
        pytest.param("<h3>By The Sea</h3>", id="subheading"),
        pytest.param(
            "<p>By the time the divers came, the quay had moved by a hand.</p>", id="sentence"
        ),
    ],
)
def test_line_that_only_starts_like_a_byline_names_nobody(line):
    html = make_page().replace("</h1>", f"</h1>{line}")
    assert article_of(html).authors == ()


@pytest.mark.parametrize(
    "byline", ["By Anna Weaver, Friday", "Veröffentlicht von Anna Weaver", "Created by Anna Weaver"]
)
def test_text_around_a_name_is_not_a_name(byline):
    assert split_byline(byline, boilerplate().bylines) == ["Anna Weaver"]


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ('Von HK-Redakteur Anton Lüders', ['Anton Lüders']),
        ('Von unserem Korrespondenten Jan Holm, Berlin', ['Jan Holm']),
        ('Von Anna Weber und Jan Holm, dpa', ['Anna Weber', 'Jan Holm', 'dpa']),
        ('Anna Weber, Leiterin Lokalredaktion', ['Anna Weber']),
        ('Wirtschaftsredakteurin Anna Weber', ['Anna Weber']),
        ('Anna Weber (Text) und Jan Holm (Fotos)', ['Anna Weber']),
        ('Ein Gastbeitrag von Anna-Lena Müller-Brandt', ['Anna-Lena Müller-Brandt']),
        ('Text: Anna Weber; Fotos: Jan Holm', ['Anna Weber']),
        ('Foto: Jan Holm', []),
        ('Berlin - Anna Weber', ['Anna Weber']),
        ('Door onze verslaggever Joris Brand', ['Joris Brand']),
        ('Door onze verslaggever', []),
        ('Door Jan de Vries en Anna van den Berg', ['Jan de Vries', 'Anna van den Berg']),
        ('Van onze redactie', []),
        ('By Our Foreign Staff', []),
        ('By Our Political Correspondent', []),
        ('By Anna Weaver, Political Editor', ['Anna Weaver']),
        ('By Political Editor Anna Weaver', ['Anna Weaver']),
        ('By Anna Weaver, Senior Autos Reporter', ['Anna Weaver']),
        ('Anna Weaver in New York and Tom Reed in Los Angeles', ['Anna Weaver', 'Tom Reed']),
        ('Anna Weaver and Tom Reed, New York', ['Anna Weaver', 'Tom Reed']),
        ('By Anna Weaver for The Herald', ['Anna Weaver']),
        ('By Anna Weaver, Special to The Herald', ['Anna Weaver']),
        ("The Herald's Anna Weaver", ['Anna Weaver']),
        ('By Anne-Marie Smith-Jones, MD, PhD', ['Anne-Marie Smith-Jones']),
        ('Ida Holm, MS, RD', ['Ida Holm']),
        ('Dr. Ida Holm', ['Dr. Ida Holm']),
        ('Robert Reed Sr. and Tom Reed', ['Robert Reed Sr.', 'Tom Reed']),
        ('Sr. Director of Harbours', []),
        ('Anna Weaver Email the author', ['Anna Weaver']),
        ('Follow Anna Weaver', []),
        ('Reviewed by Tom Reed', []),
        ('Written by Anna Weaver\nMedically reviewed by Tom Reed\nUpdated 12 May 2024', ['Anna Weaver']),
        ('Story by Anna Weaver. Photos by Tom Reed', ['Anna Weaver']),
        ('Par Anne Tisserand, envoyée spéciale à Lyon', ['Anne Tisserand']),
        ('Par Anne Tisserand avec AFP', ['Anne Tisserand', 'AFP']),
        ('Par Luc Bois (à Lyon) et Anne Tisserand', ['Luc Bois', 'Anne Tisserand']),
        ('De notre correspondant Luc Bois', ['Luc Bois']),
        ('Propos recueillis par Luc Bois', ['Luc Bois']),
        ('Par La rédaction', []),
        ('Por Elvira Campo, corresponsal en Lima', ['Elvira Campo']),
        ('Por Elvira Campo y Juan Prado | Madrid', ['Elvira Campo', 'Juan Prado']),
        ('Redacción Digital', []),
        ('di Bruno Falchi e Anna Rossi', ['Bruno Falchi', 'Anna Rossi']),
        ('dal nostro inviato Bruno Falchi', ['Bruno Falchi']),
        ('di Redazione Online', []),
        ('a cura di Bruno Falchi', ['Bruno Falchi']),
        ('Por Inês Silva, g1 — Rio de Janeiro', ['Inês Silva']),
        ('Por Inês Silva e João Prado, em Lisboa', ['Inês Silva', 'João Prado']),
        ('Inês Silva, repórter', ['Inês Silva']),
        ('Da Redação', []),
        ('Autor: Hanna Lipska', ['Hanna Lipska']),
        ('oprac. Hanna Lipska', ['Hanna Lipska']),
        ('Rozmawiała Hanna Lipska', ['Hanna Lipska']),
        ('Hanna Lipska, Jan Lis, PAP', ['Hanna Lipska', 'Jan Lis', 'PAP']),
        ('Hanna Lipska i Jan Lis', ['Hanna Lipska', 'Jan Lis']),
        ('Підготувала Олена Ткач', ['Олена Ткач']),
        ('Автори: Олена Ткач, Іван Бондар', ['Олена Ткач', 'Іван Бондар']),
        ('Олена Ткач, журналістка', ['Олена Ткач']),
        ('Власний кореспондент Іван Бондар', ['Іван Бондар']),
        ('Беседовала Анна Ткачева', ['Анна Ткачева']),
        ('Корреспондент Иван Бондарев, Москва', ['Иван Бондарев']),
        ('Av Kari Nordmann og Ola Berg', ['Kari Nordmann', 'Ola Berg']),
        ('Av Kari Nordmann i Oslo', ['Kari Nordmann']),
        ('Text: Karin Lind Foto: Sven Ek', ['Karin Lind']),
        ('Af Jens Holm, udenrigsredaktør', ['Jens Holm']),
        ('Journalist Jens Holm', ['Jens Holm']),
        ('Teksti: Aino Virta', ['Aino Virta']),
        ('Toimittaja Aino Virta', ['Aino Virta']),
        ('Yazan: Ayşe Demir', ['Ayşe Demir']),
        ('Haber: Ayşe Demir - Kamera: Ali Kaya', ['Ayşe Demir']),
        ('Ayşe Demir, İstanbul', ['Ayşe Demir']),
        ('بقلم: أحمد علي', ['أحمد علي']),
        ('القاهرة - أحمد علي', ['أحمد علي']),
        ('كتبت ليلى حسن', ['ليلى حسن']),
        ('作者：王小明', ['王小明']),
        ('记者 王小明', ['王小明']),
        ('本报记者王小明', ['王小明']),
        ('文／王小明', ['王小明']),
        ('責任編輯：李大華', []),
        ('王小明 編輯：李大華', ['王小明']),
        ('山田太郎記者', ['山田太郎']),
        ('取材・文：山田太郎', ['山田太郎']),
        ('文・山田太郎', ['山田太郎']),
        ('山田太郎、鈴木花子', ['山田太郎', '鈴木花子']),
        ('編集部', []),
        ('김하늘 기자', ['김하늘']),
        ('김하늘기자', ['김하늘']),
        ('김하늘 선임기자', ['김하늘']),
        ('김하늘·이바다 기자', ['김하늘', '이바다']),
        ('박하늘 기자 외 1명', ['박하늘']),
        ('글 김하늘 사진 이바다', ['김하늘']),
        ('रवि कुमार द्वारा', ['रवि कुमार']),
        ('लेखक: रवि कुमार', ['रवि कुमार']),
        ('न्यूज डेस्क', []),
        ('Oleh Budi Santoso', ['Budi Santoso']),
        ('Του Νίκου Παππά', ['Νίκου Παππά']),
        ('Γράφει ο Νίκος Παππάς', ['Νίκος Παππάς']),
        ('Szerző: Kovács Anna', ['Kovács Anna']),
        ('Scris de Ana Pop', ['Ana Pop']),
        ('Piše: Ana Horvat', ['Ana Horvat']),
        ('Napsal Jan Novák', ['Jan Novák']),
        ('admin', []),
        ('newsroom', []),
        ('Guest Author', []),
        ('Anna Weaver BBC News', ['Anna Weaver BBC News']),
        ('Anna Weaver, BBC News', ['Anna Weaver', 'BBC News']),
        ('Anna Weaver | Staff Writer', ['Anna Weaver']),
        ('Anna B. Weaver, Anna Weaver', ['Anna B. Weaver']),
        ('Benjamin Holm, Sr. Director of Harbours', ['Benjamin Holm']),
        ('Anna Weaver Founder at Quayside', ['Anna Weaver']),
        ('Anna Weaver, Tom Reed, Ida Holm and Jan Berg', ['Anna Weaver', 'Tom Reed', 'Ida Holm', 'Jan Berg']),
        ('Reporting by Anna Weaver in Oslo; Editing by Tom Reed', ['Anna Weaver']),
        ('Anna Weaver, The Canadian Press', ['Anna Weaver', 'The Canadian Press']),
        ('By Anna Weaver, CNN', ['Anna Weaver']),
        ('Anna Weaver\nPolitical correspondent\n@annaweaver', ['Anna Weaver']),
        ('May Holm', ['May Holm']),
        ('By Anna Weaver, Monday, 6 May 2024 09:15 GMT', ['Anna Weaver']),
        ('María de la Fuente', ['María de la Fuente']),
        ('Angelo di Marco e Carla della Valle', ['Angelo di Marco', 'Carla della Valle']),
        ('Latest Posts', []),
        ('記者王小明／台北報導', ['王小明']),
        ('记者 王小明 北京报道', ['王小明']),
        ('The Economist', ['The Economist']),
        ('herald.example, Frankfurt, Germany', []),
        ('Anna W.', ['Anna W.']),
        ('Robert Reed Jr. and Ida Holm', ['Robert Reed Jr.', 'Ida Holm']),
        ('Senior Harbour and Trends Editor', []),
        ('April Reed', ['April Reed']),
        ('Mark Page', ['Mark Page']),
        ('Will Chambers', ['Will Chambers']),
        ('By Jon Di Paolo', ['Jon Di Paolo']),
    ],
)  # fmt: skip
def test_byline_of_another_language_or_form_is_split_into_names(byline, names):
    assert split_byline(byline, boilerplate().bylines) == names


@pytest.mark.parametrize(
    ("sources", "authors"),
    [
        pytest.param([["Ida Holm"], ["Ida Holm", "Tom Reed"]], ("Ida Holm", "Tom Reed"), id="later-source-has-all"),
        pytest.param([["Ida Holm"], ["Tom Reed", "Jan Berg"]], ("Ida Holm",), id="other-people-later"),
        pytest.param([["SJ"], ["Ida Holm"]], ("Ida Holm",), id="initials-first"),
        pytest.param([["The Herald"], ["Reuters"]], ("Reuters",), id="agency-before-the-site"),
        pytest.param([["The Herald Staff"], ["Share"]], ("The Herald Staff",), id="group-before-one-word"),
        pytest.param([["Ida Holm", "Reuters", "The Herald"]], ("Ida Holm",), id="person-before-both"),
        pytest.param([["IDA HOLM", "Ida B. Holm"]], ("Ida B. Holm",), id="same-person"),
        pytest.param([["Reviewed by Jan Berg", "Jan Berg", "Ida Holm"]], ("Ida Holm",), id="reviewer-again"),
        pytest.param([["By Our Foreign Staff"]], (), id="nobody-named"),
        pytest.param([["The Herald", "dpa", "AFP"], ["DPA"]], ("dpa", "AFP"), id="two-agencies"),
        pytest.param([["Gary Reed"]], ("Gary Reed",), id="site-named-after-its-author"),
    ],
)  # fmt: skip
def test_people_are_preferred_and_all_of_them_named(sources, authors):
    sites = frozenset({"theherald", "garyreed"})
    assert choose_authors(sources, boilerplate().bylines, sites) == authors


@pytest.mark.parametrize(
    ("after", "authors"),
    [
        pytest.param('<a href="/author/anna-weaver/">Anna Weaver</a>', ("Anna Weaver",), id="link-to-an-author"),
        pytest.param('<a href="/team/anna-weaver/">Anna Weaver</a>', (), id="name-alone"),
        pytest.param("<div>The long quay</div>", (), id="words-alone"),
        pytest.param('<div><span class="byline">Written by:</span> <b>Anna Weaver</b></div>', ("Anna Weaver",), id="label-and-name-apart"),
        pytest.param("<small>6 May 2024</small> by Anna Weaver", ("Anna Weaver",), id="text-behind-an-element"),
        pytest.param('<p><a>Reviewed</a> by <a href="/x">Jan Berg</a></p>', (), id="reviewer"),
        pytest.param('<div class="byline">By Anna Weaver <a href="mailto:a@herald.example">Email the author</a></div>', ("Anna Weaver",), id="link-to-write"),
        pytest.param('<a rel="author">View more posts</a><div class="author">Anna Weaver</div>', ("Anna Weaver",), id="marked-link-is-no-name"),
    ],
)  # fmt: skip
def test_shown_byline_is_found(after, authors):
    assert article_of(make_page().replace("</h1>", f"</h1>{after}")).authors == authors


def test_names_of_meta_tags_are_read_in_their_order():
    tags = ("Weaver, Anna B.", "Reed, Tom")
    head = "".join(f'<meta name="citation_author" content="{tag}">' for tag in tags)
    assert article_of(make_page(head=head)).authors == ("Anna B. Weaver", "Tom Reed")


def test_author_under_a_label_for_twitter_is_read():
    head = '<meta name="twitter:label1" content="Verfasst von"><meta name="twitter:data1" content="anna weber">'
    assert article_of(make_page(head=head)).authors == ("Anna Weber",)


PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            ["By", "Anna", "Weaver", "and", ",", "editor", "Our", "in", "Oslo", "(", "Photo:", "Jr.", "PhD", "기자", "/", "&"]
        ),
        st.text(max_size=6),
    ),
    max_size=9,
)  # fmt: skip


@given(PIECES)
def test_any_byline_is_read_into_clean_distinct_names(pieces):
    names = choose_authors([[" ".join(pieces)]], boilerplate().bylines, frozenset({"oslo"}))
    assert len(set(names)) == len(names)
    assert all(name == name.strip() != "" for name in names)
