"""A receiver of webhooks on loopback, which takes only what is signed with its key."""

import base64
import contextlib
import hashlib
import hmac
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def verify(headers, body, key=KEY):
    """Return the event; raise ValueError if it is not ours or too old."""
    sent_at = headers["webhook-timestamp"]
    signed = f"{headers['webhook-id']}.{sent_at}.".encode() + body
    secret = base64.b64decode(key.removeprefix("whsec_"))
    right = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    given = [one.partition(",")[2] for one in headers["webhook-signature"].split()]
    if not any(hmac.compare_digest(right, one) for one in given):
        raise ValueError("the signature is wrong")
    if abs(time.time() - int(sent_at)) > 300:
        raise ValueError("the event is too old")
    return json.loads(body)


class Receiver:
    """What arrived.

    Attributes:
        requests: Headers in small letters and body of each request.
        events: The events whose signature is right.
        status: The status that is answered.
        location: Where an answer leads to, if anywhere.
        is_hanging: Whether requests get no answer until the receiver closes.
    """

    def __init__(self):
        self.requests, self.events = [], []
        self.status, self.location, self.is_hanging = 204, None, False
        self._closed = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.server.daemon_threads = True

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}/t0psecret"

    @property
    def ids(self):
        return [headers["webhook-id"] for headers, _ in self.requests]

    def close(self):
        self._closed.set()
        self.server.shutdown()
        self.server.server_close()

    def _handler(receiver):  # noqa: N805  # the handler has a self of its own
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                receiver.requests.append((headers, body))
                with contextlib.suppress(ValueError):
                    receiver.events.append(verify(headers, body))
                if receiver.is_hanging:
                    receiver._closed.wait(60)
                with contextlib.suppress(OSError):  # the sender was stopped
                    self.send_response(receiver.status)
                    if receiver.location:
                        self.send_header("Location", receiver.location)
                    self.send_header("Content-Length", "0")
                    self.end_headers()

            def log_message(self, *_):
                pass

        return Handler


@contextlib.contextmanager
def open_receiver():
    receiver = Receiver()
    threading.Thread(target=receiver.server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield receiver
    finally:
        receiver.close()
