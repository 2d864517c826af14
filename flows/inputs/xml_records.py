"""Records in XML: the output of trafilatura (XML and XML-TEI)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from lxml import etree

from flows.inputs.records import BadRecord, Record
from flows.inputs.streams import open_stream

TEI: Final = "{http://www.tei-c.org/ns/1.0}"
_BLOCKS: Final = frozenset({"p", "head", "item", "quote", "ab", "cell", "code", "fw"})


def read_trafilatura_xml(path: Path) -> Iterator[Record | BadRecord]:
    """Yield the record of each `doc` or `TEI` element in a file.

    Raises:
        InputError: The file cannot be opened.
    """
    number = 0
    with open_stream(path) as stream:
        try:
            for _, element in etree.iterparse(
                stream, tag=("doc", f"{TEI}TEI"), resolve_entities=False, no_network=True
            ):
                number += 1
                is_tei = element.tag != "doc"
                yield Record(number, _tei(element) if is_tei else _doc(element))
                element.clear()
        except etree.XMLSyntaxError as exc:
            detail = f"record {number + 1}: not XML: {exc}; what follows it is not read"
            yield BadRecord(number + 1, "bad_input", detail)


def _doc(element: etree._Element) -> dict[str, Any]:
    main = element.find("main")
    facts: dict[str, Any] = {str(name): str(value) for name, value in element.items()}
    return _marked(facts, main)


def _tei(element: etree._Element) -> dict[str, Any]:
    header = element.find(f"{TEI}teiHeader")
    full = None if header is None else header.find(f".//{TEI}biblFull")
    facts: dict[str, Any] = {}
    if header is not None:
        facts["title"] = header.findtext(f".//{TEI}title")
        facts["author"] = [
            name.text for name in header.iterfind(f"./{TEI}fileDesc/{TEI}titleStmt/{TEI}author")
        ]
    if full is not None:
        target = full.find(f".//{TEI}ptr")
        facts["url"] = None if target is None else target.get("target")
        facts["date"] = full.findtext(f".//{TEI}date")
        name = full.findtext(f".//{TEI}publisher") or ""
        facts["sitename"] = name.rpartition(" (")[0] or name
    body = element.find(f".//{TEI}div[@type='entry']")
    return _marked(facts, body if body is not None else element.find(f".//{TEI}body"))


def _marked(facts: dict[str, Any], body: etree._Element | None) -> dict[str, Any]:
    """Return the facts with the text, under the names of trafilatura's other formats."""
    text = "" if body is None else "\n".join(_paragraphs(body))
    return facts | {
        "text": text,
        "fingerprint": "",
        "hostname": facts.get("hostname", ""),
        "raw_text": "",
    }


def _paragraphs(body: etree._Element) -> Iterator[str]:
    """Yield the innermost blocks of text in order."""
    for element in body.iter(etree.Element):
        if etree.QName(element).localname not in _BLOCKS:
            continue
        if any(
            etree.QName(inner).localname in _BLOCKS
            for inner in element.iterdescendants(etree.Element)
        ):
            text = element.text or ""
        else:
            text = "".join(element.itertext())
        if squeezed := " ".join(text.split()):
            yield squeezed
