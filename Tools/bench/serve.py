"""Measures the server with the bundled model: /health while the engine is busy, and how soon a follow-up begins.

    python Tools/bench/serve.py .build/release/glimpse [seconds]
"""

import http.client
import json
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time


class Server:
    def __init__(self, glimpse, more=()):
        self.folder = tempfile.TemporaryDirectory()
        self.log = tempfile.TemporaryFile("w+")
        arguments = [glimpse, "serve", "--port", "0", "--data-dir", self.folder.name, *more]
        self.process = subprocess.Popen(arguments, stderr=self.log)
        while True:
            time.sleep(0.05)
            self.log.seek(0)
            found = re.search(r"open http://[^:]+:(\d+)", self.log.read())
            if found:
                break
            if self.process.poll() is not None:
                self.log.seek(0)
                raise SystemExit(f"{' '.join(arguments)} ended with {self.process.returncode}: {self.log.read()[-500:]}")
        self.port = int(found.group(1))
        while self.send("GET", "/ready")[0] != 200:
            time.sleep(0.05)

    def send(self, method, path, body=None, kind="application/json"):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        data = json.dumps(body) if isinstance(body, dict) else body
        connection.request(method, path, data, {} if data is None else {"content-type": kind})
        response = connection.getresponse()
        text = response.read()
        connection.close()
        return response.status, json.loads(text) if text else None

    def end(self):
        self.process.terminate()
        self.process.wait()

    def upload(self, path):
        return self.send("POST", "/api/media", path.read_bytes(), "video/mp4")[1]["id"]

    def sample(self):
        return self.send("POST", "/api/samples/triangle-down-circle-left.mp4")[1]["id"]

    def talk(self, media, settings=None):
        return self.send("POST", "/api/conversations", {"mediaIds": [media], "settings": settings or {}})[1]["id"]

    def wait(self, talk, good):
        while True:
            view = self.send("GET", f"/api/conversations/{talk}")[1]
            if good(view):
                return view
            time.sleep(0.02)

    def ask(self, talk, settings, text="What happens in the video?"):
        """The reply, when it has ended."""
        body = {"text": text, "settings": settings}
        assert self.send("POST", f"/api/conversations/{talk}/messages", body)[0] == 201
        view = self.wait(talk, lambda view: view["messages"] and not view["isRunning"])
        return view["messages"][-1]


def first_token(server, talk, settings):
    return server.ask(talk, settings)["stats"]["timeToFirstToken"]


def first_tokens(glimpse):
    """Seconds to the first token, each on a new server: cold (nothing could be prepared), prepared, and of a follow-up."""
    greedy = {"temperature": 0, "repetitionPenalty": 1}
    cold, prepared, follow_up = [], [], []
    for _ in range(5):
        server = Server(glimpse)
        layout = {"layout": "question-first"}
        cold.append(first_token(server, server.talk(server.sample(), layout), greedy | layout))
        server.end()
        server = Server(glimpse)
        talk = server.talk(server.sample())
        for times in (prepared, follow_up):
            server.wait(talk, lambda view: view["preparation"]["state"] == "ready")
            times.append(first_token(server, talk, greedy))
        server.end()
    return statistics.median(cold), statistics.median(prepared), statistics.median(follow_up)


def health(server, seconds):
    """Milliseconds of GET /health on new connections, while replies follow one another without a pause."""
    stop = threading.Event()
    wild = {"temperature": 4, "topP": 1, "topK": 1000, "repetitionPenalty": 2, "maxNewTokens": 3072}

    def keep_busy():
        while not stop.is_set():
            server.ask(server.talk(server.sample()), wild)

    threads = [threading.Thread(target=keep_busy, daemon=True) for _ in range(2)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    times, end = [], time.time() + seconds
    while time.time() < end:
        start = time.perf_counter()
        assert server.send("GET", "/health")[0] == 200
        times.append(1000 * (time.perf_counter() - start))
        time.sleep(0.01)
    stop.set()
    times.sort()
    return len(times), times[len(times) // 2], times[int(len(times) * 0.99)], times[-1]


def main():
    glimpse = sys.argv[1]
    cold, prepared, follow_up = first_tokens(glimpse)
    print("| first token | s | of cold |\n|---|---|---|")
    for name, value in [("cold", cold), ("on a prepared video", prepared), ("of a follow-up", follow_up)]:
        print(f"| {name} | {value:.4f} | {value / cold:.3f} |")
    server = Server(glimpse)
    try:
        count, median, late, worst = health(server, float(sys.argv[2]) if len(sys.argv) > 2 else 60)
        print(
            f"\n/health while busy, {count} requests: median {median:.1f} ms, "
            f"99th percentile {late:.1f} ms, worst {worst:.1f} ms"
        )
    finally:
        server.end()


if __name__ == "__main__":
    main()
