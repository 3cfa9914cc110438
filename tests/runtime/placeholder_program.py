"""Stands in for the API (answers 200 to all) or the worker (waits): `python placeholder_program.py api|worker … PORT`."""

import http.server
import os
import sys
import time
from pathlib import Path


class Always(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()


def serve(port: int) -> None:
    http.server.ThreadingHTTPServer(("127.0.0.1", port), Always).serve_forever()


def wait() -> None:
    sys.stderr.write("WARNING: the placeholder works\n")
    sys.stderr.flush()
    Path(os.environ["SOJOURN_HEARTBEAT_FILE"]).touch()
    time.sleep(600)


if __name__ == "__main__":
    if sys.argv[1] == "api":
        serve(int(sys.argv[-1]))
    else:
        wait()
