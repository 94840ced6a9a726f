"""A package index and a file server on the loopback address, which can misbehave."""

import hashlib
import io
import random
import re
import threading
import time
import zipfile
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from voicegateway.types import ModelBundle, ModelFile, UrlSource, WheelSource


@dataclass
class Served:
    """One file, and how it is served."""

    body: bytes
    status: int = 200
    ranges: bool = True
    drops: list = field(default_factory=list)
    """For each request in turn, after how many bytes the connection is cut; None: not."""
    pause: float = 0.0
    """Seconds between two pieces of 16 KB."""
    length: bool = True


@dataclass
class Asked:
    path: str
    range: str | None
    authorization: str | None


class Web(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, Served] = {}
        self.projects: dict[str, list[tuple[str, str | None]]] = {}
        self.asked: list[Asked] = []
        self.login: str | None = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def index(self):
        return f"{self.url}/simple"

    def put(self, path, body, **how):
        self.files[path] = Served(body, **how)
        return f"{self.url}{path}"

    def put_wheel(self, distribution, members, *, version="1.0.0", digest=True, **how):
        """Serve a made-up wheel and list it on the index."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for name, body in members.items():
                archive.writestr(name, body)
        body = packed.getvalue()
        sha256 = hashlib.sha256(body).hexdigest()
        name = f"{distribution.replace('-', '_')}-{version}-py3-none-any.whl"
        self.put(f"/files/{name}", body, **how)
        self.projects.setdefault(distribution, []).append((name, sha256 if digest else None))
        return WheelSource(distribution, version, sha256, tuple(members))

    def requests_of(self, path):
        return [asked for asked in self.asked if asked.path.endswith(path)]


class Handler(BaseHTTPRequestHandler):
    server: Web
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_GET(self):
        self.server.asked.append(
            Asked(self.path, self.headers.get("Range"), self.headers.get("Authorization"))
        )
        if self.server.login and self.headers.get("Authorization") != self.server.login:
            return self.answer(401, b"who are you")
        project = re.fullmatch(r"/simple/([^/]+)/", self.path)
        if project and project[1] in self.server.projects:
            return self.answer(200, self.page(project[1]), kind="text/html")
        if self.path not in self.server.files:
            return self.answer(404, b"nothing here")
        return self.serve(self.server.files[self.path])

    def page(self, project):
        links = [
            f'<a href="/files/{name}{f"#sha256={digest}" if digest else ""}">{name}</a>'
            for name, digest in self.server.projects[project]
        ]
        return f"<html><body>{''.join(links)}</body></html>".encode()

    def answer(self, status, body, *, kind="text/plain"):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def serve(self, file):
        if file.status != 200:
            return self.answer(file.status, b"no")
        start = self.start(file)
        if start is not None and start >= len(file.body):
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(file.body)}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return None
        self.send_response(200 if start is None else 206)
        body = file.body[start or 0 :]
        if start is not None:
            last, size = len(file.body) - 1, len(file.body)
            self.send_header("Content-Range", f"bytes {start}-{last}/{size}")
        if file.length:
            self.send_header("Content-Length", str(len(body)))
        else:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        return self.send_body(file, body)

    def start(self, file):
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range") or "")
        return int(asked[1]) if asked and file.ranges else None

    def send_body(self, file, body):
        cut = file.drops.pop(0) if file.drops else None
        for at in range(0, len(body), 16_384):
            if cut is not None and at >= cut:
                self.close_connection = True
                return
            try:
                self.wfile.write(body[at : at + 16_384])
            except OSError:  # the other side was killed
                self.close_connection = True
                return
            if file.pause:
                time.sleep(file.pause)


@pytest.fixture
def web():
    server = Web()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """Nothing of this machine's pip, uv, proxies or models reaches a test."""
    for name in ("PIP_INDEX_URL", "UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_CERT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("VOICEGW_MODELS_DIR", str(tmp_path / "models"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return tmp_path


@pytest.fixture
def index(web, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", web.index)
    return web


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Tries follow each other without a pause, and sleeping tests still sleep."""
    monkeypatch.setattr("voicegateway.modelfiles.transfer._PAUSE", 0.0)


def made_up(size, seed=1):
    return random.Random(seed).randbytes(size)


def model_file(path, body, *sources):
    return ModelFile(path, hashlib.sha256(body).hexdigest(), len(body), sources)


def bundle(*files, model="tiny"):
    return ModelBundle(model=model, files=files, license="MIT")


@pytest.fixture
def make():
    """The three makers above, for test modules that cannot import this one."""

    class Make:
        bytes = staticmethod(made_up)
        file = staticmethod(model_file)
        bundle = staticmethod(bundle)
        url = UrlSource

    return Make
