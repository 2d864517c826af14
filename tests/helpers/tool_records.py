"""One article as other tools write it, as records and as files."""

import csv
import io

TEXT = (
    "The bell of Saint Orban rang at four in the morning, and half of Grenmoor stood in the street.",
    '"I only leaned on the rope," said the sexton, Hedda Lindqvist, who had come to feed the owl.',
    "The parish will put a lock on the tower before Easter, the warden said on Friday.",
)
TITLE = "Owl keeper wakes Grenmoor with church bell"
URL = "https://www.grenmoor-mail.example/2024/04/11/bell"
OTHER = (
    "The owl has moved to the school.",
    "It likes the quiet there, the teacher said on Sunday.",
)
PARAGRAPHS = "\n".join(TEXT)

NEWS_PLEASE = {
    "authors": ["Viola Stanmore"], "date_download": "2024-04-20 09:00:00", "date_modify": "None",
    "date_publish": "2024-04-11 06:30:00", "description": "A bell at night.", "filename": "bell.json",
    "image_url": None, "language": "en", "localpath": None, "maintext": PARAGRAPHS,
    "source_domain": "grenmoor-mail.example", "text": None, "title": TITLE, "title_page": None,
    "title_rss": None, "url": URL,
}  # fmt: skip
NEWSPAPER4K = {
    "url": URL, "read_more_link": "", "language": "en", "title": TITLE, "top_image": "", "images": [],
    "keywords": [], "authors": ["Viola Stanmore"], "publish_date": "2024-04-11T00:00:00",
    "summary": "", "meta_lang": "en", "meta_favicon": "", "meta_site_name": "Grenmoor Mail",
    "canonical_link": URL, "text": "\n\n".join(TEXT),
}  # fmt: skip
TRAFILATURA = {
    "title": TITLE, "author": "Viola Stanmore", "hostname": "grenmoor-mail.example",
    "date": "2024-04-11", "fingerprint": "9f1c20aa51e0b7d3", "id": None, "license": None,
    "comments": "", "raw_text": f"{TITLE} {' '.join(TEXT)}", "text": f"{TITLE}\n{PARAGRAPHS}",
    "language": None, "image": None, "pagetype": "article", "filedate": "2024-04-20",
    "source": URL, "source-hostname": "Grenmoor Mail", "excerpt": "", "categories": "", "tags": "",
}  # fmt: skip
FUNDUS = {
    "title": TITLE, "authors": ["Viola Stanmore"], "publishing_date": "2024-04-11 08:30:00+02:00",
    "topics": ["Bells"], "free_access": True, "lang": "en", "publisher": "Grenmoor Mail",
    "body": {"summary": [], "sections": [{"headline": [], "paragraphs": list(TEXT)}]},
    "html": {"requested_url": URL, "responded_url": URL, "crawl_date": "2024-04-20 09:00:00"},
}  # fmt: skip
MEDIA_CLOUD = {
    "id": "4d7e", "indexed_date": "2024-04-20T02:00:00", "language": "en",
    "media_name": "Grenmoor Mail", "media_url": "grenmoor-mail.example",
    "publish_date": "2024-04-11", "title": TITLE, "url": URL, "text": "\n\n".join(TEXT),
}  # fmt: skip
EXTRACTED = {
    "id": None, "title": TITLE, "alternative_titles": [], "authors": ["Viola Stanmore"],
    "published_at": "2024-04-11", "language": "en", "page_type": "article", "text": PARAGRAPHS,
    "quotations": [], "no_comment": [], "mentions": [], "dates": [],
}  # fmt: skip
GDELT = {
    "url": URL, "url_mobile": "", "title": TITLE, "seendate": "20240411T071500Z",
    "socialimage": "", "domain": "grenmoor-mail.example", "language": "English",
    "sourcecountry": "Norway",
}  # fmt: skip
CSL = {
    "id": "lindqvist", "type": "article-newspaper", "title": TITLE, "container-title": "Grenmoor Mail",
    "URL": URL, "issued": {"date-parts": [[2024, 4, 11]]},
    "author": [{"family": "Stanmore", "given": "Viola"}],
}  # fmt: skip
ZOTERO_COLUMNS = (
    "Key",
    "Item Type",
    "Publication Year",
    "Author",
    "Title",
    "Publication Title",
    "Url",
    "Date",
)
ZOTERO_ROW = (
    "A1",
    "newspaperArticle",
    "2024",
    "Stanmore, Viola",
    TITLE,
    "Grenmoor Mail",
    URL,
    "2024-04-11",
)

TRAFILATURA_XML = (
    f'<doc sitename="Grenmoor Mail" title="{TITLE}" author="Viola Stanmore" date="2024-04-11" url="{URL}"'
    ' hostname="grenmoor-mail.example" fingerprint="9f1c20aa51e0b7d3">\n<main>\n'
    f'<head rend="h1">{TITLE}</head>\n' + "\n".join(f"<p>{one}</p>" for one in TEXT) + "\n</main>\n<comments/>\n</doc>"
)  # fmt: skip
TEI = f"""<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><fileDesc>
<titleStmt><title type="main">{TITLE}</title><author>Viola Stanmore</author></titleStmt>
<sourceDesc><biblFull><publicationStmt><publisher>Grenmoor Mail (grenmoor-mail.example)</publisher>
<ptr type="URL" target="{URL}"/><date>2024-04-11</date></publicationStmt></biblFull></sourceDesc>
</fileDesc></teiHeader><text><body><div type="entry"><ab rend="h1" type="header">{TITLE}</ab>
{"".join(f"<p>{one}</p>" for one in TEXT)}</div><div type="comments"/></body></text></TEI>"""
NEXIS_OLD = f"""
                               1 of 2 DOCUMENTS


                                 Grenmoor Mail

                             April 11, 2024 Thursday
                                 First Edition

{TITLE}

BYLINE: Viola Stanmore

SECTION: NEWS; Pg. 3

LENGTH: 62 words

{TEXT[0][:60].rpartition(" ")[0]}
{TEXT[0][len(TEXT[0][:60].rpartition(" ")[0]) + 1 :]}

{TEXT[1]}

{TEXT[2]}

LOAD-DATE: April 12, 2024

LANGUAGE: ENGLISH

                        Copyright 2024 Grenmoor Press
                              All Rights Reserved

                               2 of 2 DOCUMENTS

                                 Grenmoor Mail

                             April 14, 2024 Sunday

Owl finds a new home

LENGTH: 15 words

{OTHER[0]}

{OTHER[1]}

LANGUAGE: ENGLISH
"""
NEXIS_NEW = f"""{TITLE}
Grenmoor Mail
April 11, 2024 Thursday 8:30 AM GMT

Copyright 2024 Grenmoor Press All Rights Reserved
Section: NEWS; Pg. 3
Length: 62 words
Byline: Viola Stanmore

Body

{TEXT[0]}

{TEXT[1]}

{TEXT[2]}

Load-Date: April 12, 2024

End of Document
"""


def as_csv(columns, *rows, delimiter=",", charset="utf-8"):
    """Return a table as the bytes of a CSV file."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows([columns, *rows])
    return text.getvalue().encode(charset)
