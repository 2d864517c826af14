"""A webhook on loopback that keeps what it receives, and can fail or hang."""

import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Inbox:
    """What arrived.

    Attributes:
        messages: Title and text of each message.
        gets: Paths of GET requests.
        status: The status that is answered.
        is_hanging: Whether requests get no answer until the server closes.
    """

    def __init__(self):
        self.messages, self.gets = [], []
        self.status, self.is_hanging = 200, False
        self._closed = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True

    @property
    def channel(self):
        return f"json://127.0.0.1:{self.server.server_port}/t0psecret"

    def url(self, path):
        return f"http://127.0.0.1:{self.server.server_port}{path}"

    @property
    def titles(self):
        return [title for title, _ in self.messages]

    def close(self):
        self._closed.set()
        self.server.shutdown()
        self.server.server_close()

    def _handler(inbox):  # noqa: N805  # the handler has a self of its own
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if inbox.is_hanging:
                    inbox._closed.wait(60)
                if inbox.status == 200:
                    inbox.messages.append((sent["title"], sent["message"]))
                with contextlib.suppress(OSError):  # the sender was stopped
                    self.send_response(inbox.status)
                    self.end_headers()

            def do_GET(self):
                inbox.gets.append(self.path)
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        return Handler


@contextlib.contextmanager
def open_inbox():
    inbox = Inbox()
    threading.Thread(target=inbox.server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield inbox
    finally:
        inbox.close()
