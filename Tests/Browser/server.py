"""The real `glimpse serve`, with the bundled model and a data folder of its own."""

import pathlib
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request


class Server:
    def __init__(self, program, *options):
        self.program, self.options = pathlib.Path(program).resolve(), options
        self.folder = tempfile.TemporaryDirectory()
        self.process = None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/"

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop(signal.SIGKILL)
        self.folder.cleanup()

    def start(self):
        command = [self.program, "serve", "--port", str(self.port), "--data-dir", self.folder.name, *self.options]
        self.log = open(pathlib.Path(self.folder.name).with_suffix(".log"), "ab")
        self.process = subprocess.Popen(command, stdout=self.log, stderr=self.log)
        for _ in range(600):
            try:
                urllib.request.urlopen(self.url + "ready", timeout=1)
                return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                assert self.process.poll() is None, f"the server ended: see {self.log.name}"
                time.sleep(0.1)
        raise AssertionError(f"the server is not ready after a minute: see {self.log.name}")

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        code = self.process.wait(timeout=60)
        self.log.close()
        return code
