"""Ask the web process as a browser does: a form with a file, and the answer or its loss."""

import http.client
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.crash.sites import PATIENCE, Process, Site, until

TOKEN = "t" * 32


@dataclass
class Web:
    """A web process that serves one site."""

    process: Process
    port: int
    session: str

    def answers(self) -> bool:
        try:
            return self.ask("GET", "/healthz").status == 200
        except OSError:
            return False

    def ask(self, method: str, path: str, fields: dict[str, Any] | None = None) -> "Answer":
        """One request by the member of staff who is signed in. Raises OSError when it is lost."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {
            "Cookie": f"sessionid={self.session}; csrftoken={TOKEN}",
            "X-CSRFToken": TOKEN,
            "Content-Type": MULTIPART_CONTENT,
        }
        body = encode_multipart(BOUNDARY, fields or {})
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            where = answer.headers.get("Location", "")
            return Answer(answer.status, where, answer.read().decode())
        finally:
            connection.close()


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    text: str


def start_web(site: Site, port: int) -> Web:
    """The web process as `make run` starts it."""
    serve = ["--workers", "1", "--threads", "8", "--worker-class", "gthread"]
    bind = ["--bind", f"127.0.0.1:{port}", "--log-level", "warning"]
    web = Web(site.start("-m", "gunicorn", "franchise.wsgi", *bind, *serve), port, site.session)
    until(web.answers)
    return web


def file_of(site: Site, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, site.path(name).read_bytes(), content_type="text/csv")


def ask_beside(web: Web, path: str, fields: dict[str, Any]) -> "Future[Answer]":
    """Ask, and see later whether an answer came."""
    pool = ThreadPoolExecutor(1)
    asked = pool.submit(web.ask, "POST", path, fields)
    pool.shutdown(wait=False)
    return asked
