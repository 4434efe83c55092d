"""
A real pygeoapi on loopback, for the live tests: TinyDB keeps its jobs, and a page of its list holds three of them.

    pygeoapi-server.py FOLDER     all its files are below FOLDER; its address is in FOLDER/url once it answers

It has one process, `waiter`. Its job goes on until the file that `release` names is there, which the tests make when
they want it to end (or for a minute), and it writes that file's name with `.done` behind it when its work is done:
that shows what runs on after its record is gone. With `fail` it fails.
"""

import json
import os
import socket
import sys
import time
from pathlib import Path

folder = Path(sys.argv[1])
sock = socket.socket()
sock.bind(("127.0.0.1", 0))
sock.listen()
port = sock.getsockname()[1]
url = f"http://127.0.0.1:{port}"

words = {"title": "live", "description": "live", "keywords": ["live"], "terms_of_service": url, "url": url}
config = {
    "server": {
        "bind": {"host": "127.0.0.1", "port": port},
        "url": url,
        "mimetype": "application/json; charset=UTF-8",
        "encoding": "utf-8",
        "language": "en-US",
        "pretty_print": True,
        "limits": {"default_items": 2, "max_items": 3},
        "map": {"url": url, "attribution": ""},
        "manager": {
            "name": "TinyDB",
            "connection": str(folder / "jobs.json"),
            "output_dir": str(folder),
        },
    },
    "logging": {"level": "ERROR"},
    "metadata": {
        "identification": words,
        "license": {"name": "CC0", "url": url},
        "provider": {"name": "live", "url": url},
        "contact": {"name": "live"},
    },
    "resources": {"waiter": {"type": "process", "processor": {"name": "pygeoapi_waiter.Waiter"}}},
}
(folder / "config.json").write_text(json.dumps(config))
os.environ["PYGEOAPI_CONFIG"] = str(folder / "config.json")
os.environ["PYGEOAPI_OPENAPI"] = str(folder / "openapi.json")

from pygeoapi.process.base import BaseProcessor, ProcessorExecuteError  # noqa: E402


class Waiter(BaseProcessor):
    def __init__(self, definition):
        super().__init__(
            definition,
            {
                "id": "waiter",
                "version": "1.0.0",
                "title": "Waiter",
                "description": "Waits for a file.",
                "jobControlOptions": ["async-execute"],
                "keywords": [],
                "links": [],
                "inputs": {"release": {"schema": {"type": "string"}}},
                "outputs": {"waited": {"schema": {"type": "string"}}},
                "example": {"inputs": {"release": "/tmp/file"}},
            },
        )

    def execute(self, data, outputs=None):
        if data.get("fail"):
            raise ProcessorExecuteError("Cannot wait without patience")
        release = Path(data["release"])
        end = time.monotonic() + 60
        while not release.exists() and time.monotonic() < end:
            time.sleep(0.02)
        Path(f"{release}.done").write_text("done")
        return "application/json", {"id": "waited", "value": release.name}


# pygeoapi finds a process by the name of a module.
sys.modules["pygeoapi_waiter"] = sys.modules["__main__"]

from pygeoapi.openapi import get_oas  # noqa: E402

(folder / "openapi.json").write_text(json.dumps(get_oas(config)))

from pygeoapi.flask_app import APP  # noqa: E402
from werkzeug.serving import make_server  # noqa: E402

server = make_server("127.0.0.1", port, APP, threaded=True, fd=sock.fileno())
(folder / "url.new").write_text(url)
(folder / "url.new").rename(folder / "url")
server.serve_forever()
