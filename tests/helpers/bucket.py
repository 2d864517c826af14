"""A small S3-compatible store on loopback: signatures, path style, multipart."""

import contextlib
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape, unescape

KEY_ID, SECRET = "newsdesk", "canary-secret-4711"


class Store(ThreadingHTTPServer):
    """Objects by name ("bucket/key"); `refuses` makes every write fail."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.objects: dict[str, bytes] = {}
        self.parts: dict[str, dict[int, bytes]] = {}
        self.asked: list[str] = []
        self.refuses = False

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    server: Store
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status=200, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def received(self):
        """Return the parsed request; send 403 and return None if its signature is wrong."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append(f"{self.command} {self.path}")
        signed = self.headers.get("Authorization", "")
        if not signed.startswith(f"AWS4-HMAC-SHA256 Credential={KEY_ID}/"):
            self.answer(403)
            return None
        url = urlsplit(self.path)
        return unquote(url.path).lstrip("/"), parse_qs(url.query, keep_blank_values=True), body

    def do_GET(self):
        if (request := self.received()) is None:
            return
        name, query, _ = request
        if "list-type" in query:
            self.list_objects(name.rstrip("/"), query.get("prefix", [""])[0])
            return
        data = self.server.objects.get(name)
        if data is None:
            self.answer(404)
            return
        asked = self.headers.get("Range")
        if asked:
            first, _, last = asked.removeprefix("bytes=").partition("-")
            end = min(int(last or len(data) - 1), len(data) - 1)
            part = data[int(first) : end + 1]
            self.answer(206, part, Content_Range=f"bytes {first}-{end}/{len(data)}")
        else:
            self.answer(200, data)

    def do_HEAD(self):
        if (request := self.received()) is None:
            return
        data = self.server.objects.get(request[0])
        if data is None:
            self.answer(404)
        else:
            self.answer(200, Content_Length=str(len(data)), Accept_Ranges="bytes")

    def do_PUT(self):
        if (request := self.received()) is None:
            return
        name, query, body = request
        if self.server.refuses:
            self.answer(507)
        elif "partNumber" in query:
            self.server.parts[query["uploadId"][0]][int(query["partNumber"][0])] = body
            self.answer(200, ETag=f'"{len(body)}"')
        else:
            self.server.objects[name] = body
            self.answer(200, ETag=f'"{len(body)}"')

    def do_POST(self):
        if (request := self.received()) is None:
            return
        name, query, body = request
        if "delete" in query:
            self.delete_objects(name, body)
        elif "uploads" in query:
            upload = f"upload-{len(self.server.parts)}"
            self.server.parts[upload] = {}
            self.xml(f"<InitiateMultipartUploadResult><UploadId>{upload}</UploadId>"
                     "</InitiateMultipartUploadResult>")  # fmt: skip
        else:
            parts = self.server.parts.pop(query["uploadId"][0])
            self.server.objects[name] = b"".join(data for _, data in sorted(parts.items()))
            self.xml("<CompleteMultipartUploadResult><ETag>x</ETag>"
                     "</CompleteMultipartUploadResult>")  # fmt: skip

    def delete_objects(self, bucket, body):
        keys = re.findall(r"<Key>(.*?)</Key>", body.decode())
        for key in keys:
            self.server.objects.pop(f"{bucket.rstrip('/')}/{unescape(key)}", None)
        gone = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
        self.xml(f"<DeleteResult>{gone}</DeleteResult>")

    def list_objects(self, bucket, prefix):
        found = [
            f"<Contents><Key>{escape(name.removeprefix(bucket + '/'))}</Key>"
            f"<Size>{len(data)}</Size><ETag>x</ETag>"
            "<LastModified>2024-07-01T12:00:00.000Z</LastModified></Contents>"
            for name, data in sorted(self.server.objects.items())
            if name.startswith(f"{bucket}/{prefix}")
        ]
        self.xml(f"<ListBucketResult><IsTruncated>false</IsTruncated>{''.join(found)}"
                 "</ListBucketResult>")  # fmt: skip

    def xml(self, body):
        self.answer(200, f'<?xml version="1.0"?>{body}'.encode(), Content_Type="application/xml")


@contextlib.contextmanager
def bucket_store():
    """Run a store and yield it; `.address` is its address."""
    store = Store()
    thread = threading.Thread(target=store.serve_forever, daemon=True)
    thread.start()
    try:
        yield store
    finally:
        store.shutdown()
        store.server_close()
        thread.join()
