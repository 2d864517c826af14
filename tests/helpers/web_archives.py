"""Web archives as other tools write them, in bytes."""

import gzip
import io
import zipfile

from flows.archive.zstd import zstd


def plain(block, *, length=None, kind="resource", content_type="text/html", extra=""):
    """Return a WARC record that is not compressed."""
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: <https://wire.example/1>\r\n"
        f"WARC-Date: 2024-05-06T12:00:00Z\r\nContent-Type: {content_type}\r\n{extra}"
        f"Content-Length: {len(block) if length is None else length}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def packed(block, **changes):
    """Return a WARC record as a gzip member."""
    return gzip.compress(plain(block, **changes), mtime=0)


def http(body, *headers, status="200 OK"):
    """Return an HTTP response."""
    head = "\r\n".join([f"HTTP/1.1 {status}", "Content-Type: text/html", *headers, "", ""])
    return head.encode() + body


def page(number):
    """Return a news page; each number gives another one."""
    return (
        f'<!doctype html><html lang="en"><head><title>Ferry {number} is late</title></head><body>'
        f"<article><h1>Ferry {number} is late</h1><p>Ferry {number} left the old harbour two hours late "
        "on Monday, because a crane had blocked the pier since the early morning, the office said.</p>"
        f'<p>"We waited for the tide," said the captain Ludo Marfin. "All {number + 20} passengers got '
        'soup."</p></article></body></html>'
    ).encode()


def response(
    url, body, *headers, status="200 OK", record_id=None, extra=(), date="2024-05-06T12:00:00Z"
):
    """Return a WARC record with an HTTP response, not compressed."""
    block = http(body, *headers, status=status)
    return record("response", url, block, record_id=record_id, extra=extra, date=date)


def record(kind, url, block, *, record_id=None, extra=(), date="2024-05-06T12:00:00Z"):
    """Return a WARC record of any type, not compressed."""
    lines = [
        "WARC/1.1", f"WARC-Type: {kind}", f"WARC-Record-ID: {record_id or f'<urn:x:{kind}:{url}>'}",
        f"WARC-Date: {date}", f"WARC-Target-URI: {url}", *extra,
        "Content-Type: application/http; msgtype=response", f"Content-Length: {len(block)}", "", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode() + block + b"\r\n\r\n"


def chunked(body, size=100):
    """Return a body in chunks."""
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def arc(pages, *, version=1):
    """Return the records of an ARC file with responses by URL, not compressed."""
    names = b"URL IP-address Archive-date Content-type Archive-length\n"
    more = b""
    if version == 2:
        names = names.replace(
            b"Archive-length", b"Result-code Checksum Location Offset Filename Archive-length"
        )
        more = b"200 - - 0 crawl.arc "
    about = b"%d 0 Crawler\n" % version + names
    records = [
        b"filedesc://crawl.arc 0.0.0.0 20240506120000 text/plain %b%d\n%b\n"
        % (more, len(about), about)
    ]
    for url, block in pages.items():
        line = b"%b 192.0.2.7 20240506120000 text/html %b%d\n" % (url.encode(), more, len(block))
        records.append(line + block + b"\n")
    return records


def zstd_frame(data, dictionary=None):
    """Return data as a Zstandard frame."""
    return zstd.compress(data, zstd_dict=dictionary)


def trained_dictionary():
    """Return a Zstandard dictionary for pages."""
    samples = [plain(page(number)) for number in range(100)]
    return zstd.train_dict(samples, 4096)


def skippable(content, kind=0x5D):
    """Return a skippable frame of Zstandard; that of kind 0x5D holds a dictionary."""
    return bytes([kind]) + b"\x2a\x4d\x18" + len(content).to_bytes(4, "little") + content


def wacz(archives, *, is_stored=True, index=b"com,example)/ 20240506120000 {}\n"):
    """Return a WACZ with archives by name."""
    target = io.BytesIO()
    kind = zipfile.ZIP_STORED if is_stored else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(target, "w", kind) as entries:
        entries.writestr("indexes/index.cdx", index)
        for name, data in archives.items():
            entries.writestr(f"archive/{name}", data)
        entries.writestr("pages/pages.jsonl", b"{}\n")
        entries.writestr("datapackage.json", b'{"profile": "data-package"}')
    return target.getvalue()


def packed_response(url, body):
    """Return a WARC record with an HTTP response as a gzip member."""
    return gzip.compress(response(url, body), mtime=0)
