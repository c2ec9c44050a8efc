"""A stand-in for `glimpse serve`: the real page over the contract of docs/http.md, with replies that a test chooses.

The page cannot tell it from the server. It holds everything in memory, knows one conversation's rules and no model; what the
server itself does is tested with the server.
"""

import functools
import itertools
import json
import mimetypes
import pathlib
import queue
import re
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

import films

ROOT = pathlib.Path(__file__).resolve().parents[2]
PUBLIC = ROOT / "Sources/Server/Public"
SAMPLES = {path.name: path for path in (films.LEAVES, films.FALLS)}
NOW = "2026-11-24T18:40:00.000Z"

SETTINGS = {
    "layout": "frames-first", "frames": 10, "fps": None, "maxPixels": None, "system": "You are a helpful assistant.",
    "maxNewTokens": 2048, "temperature": 0.6, "topP": 0.9, "topK": 50, "repetitionPenalty": 1.2,
    "maxThinkingTokens": None, "seed": None,
}
OPTIONS = {
    "sliders": [
        {"key": "maxNewTokens", "label": "Max new tokens", "min": 1, "max": 3072, "step": 1, "default": 2048},
        {"key": "temperature", "label": "Temperature", "min": 0.1, "max": 4.0, "step": 0.1, "default": 0.6},
        {"key": "topP", "label": "Top-p (nucleus sampling)", "min": 0.05, "max": 1.0, "step": 0.05, "default": 0.9},
        {"key": "topK", "label": "Top-k", "min": 1, "max": 1000, "step": 1, "default": 50},
        {"key": "repetitionPenalty", "label": "Repetition penalty", "min": 1.0, "max": 2.0, "step": 0.05, "default": 1.2},
    ],
    "layouts": [
        {"value": "frames-first", "label": "Frames first", "help": "The frames are read before the question is known."},
        {"value": "question-first", "label": "Question first", "help": "As the original app does."},
        {"value": "video", "label": "Video", "help": "The model's own format: pairs of frames, half the tokens."},
    ],
    "frames": {"min": 1, "max": 768, "default": 10},
    "fps": {"min": 0.001, "max": 240.0},
    "maxPixels": {"min": 784, "max": 1073741824},
    "maxThinkingTokens": {"min": 0, "max": 3072},
    "seed": {"min": 0, "max": 9007199254740991},
    "system": {"default": SETTINGS["system"], "maxBytes": 65536},
    "defaults": SETTINGS,
}
STATS = dict.fromkeys(
    ["promptTokens", "cachedTokens", "replyTokens", "timeToFirstToken", "thoughtSeconds", "generateSeconds", "tokensPerSecond"]
)


class Double:
    """The server's state, and the HTTP server before it. `with Double() as double:` runs it at `double.url`."""

    def __init__(self):
        self.media, self.conversations, self.readers = {}, {}, {}
        self.key = None
        self.is_away = False
        self.requests = []
        self.status = {
            "version": "0.2.0",
            "model": {
                "state": "ready", "name": "shapes", "isDemonstration": True, "contextLength": 8192, "inputLimit": 4096, "error": None,
                "about": "A small demonstration model: it knows coloured shapes that move.",
                "howToGet9B": "Download zai-org/GLM-4.1V-9B-Thinking (20.6 GB) and start: glimpse serve --model DIR",
            },
            "queue": {"running": 0, "waiting": 0, "capacity": 30},
            "limits": {"maxUploadBytes": 2**31, "maxMediaPerConversation": 8, "maxQuestionBytes": 65536},
            "speed": {"visionTokensPerSecond": 310.5, "prefillTokensPerSecond": 900.1, "decodeTokensPerSecond": 60.2},
            "isStopping": False,
            "notice": None,
        }
        self.answer = lambda question: [("thinking", "Let me look.", "<p>Let me look.</p>"), ("answering", "A circle.", "<p>A circle.</p>")]
        """What the model says: steps of (stage, appended text, the whole HTML of that stage), optionally with boxes."""
        self.pause = 0.02
        self.files, self.pictures = {}, {}

    def __enter__(self):
        double = self

        class Handler(Routes):
            server_double = double

        self.http = Quiet(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_address[1]}/"
        threading.Thread(target=self.http.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self.http.shutdown()
        self.http.server_close()

    def refuse_connections(self, is_away):
        """Ends every event stream and lets no request through, as a server that is gone."""
        self.is_away = is_away
        for reader in itertools.chain(*self.readers.values()):
            reader.put(None)

    # Media

    def add_media(self, name, data):
        identity = secrets.token_hex(16)
        stream = probe(data)
        self.files[identity] = data
        over, under = map(int, stream["r_frame_rate"].split("/"))
        count = int(stream["nb_read_frames"])
        kind = "video" if count > 1 else "picture"
        self.media[identity] = {
            "id": identity, "name": name, "bytes": len(data), "kind": kind, "mimeType": mimetypes.guess_type(name)[0] or "video/mp4",
            "duration": count * under / over if kind == "video" else 0, "fps": over / under if kind == "video" else 0,
            "width": stream["width"], "height": stream["height"], "frameCount": count, "createdAt": NOW,
            "url": f"/api/media/{identity}/content", "posterUrl": None,
        }
        return self.media[identity]

    def frames(self, media, count):
        last = media["frameCount"] - 1
        chosen = sorted({int(i * last / max(1, count - 1)) for i in range(count)})
        for i, picture in zip(chosen, decode(self.files[media["id"]], tuple(chosen))):
            self.pictures[media["id"], str(i)] = picture
        media["posterUrl"] = f"/api/media/{media['id']}/frames/{chosen[0]}.png"
        fps = media["fps"] or 1
        return [
            {"mediaId": media["id"], "index": i, "time": round(i / fps, 2), "width": media["width"], "height": media["height"],
             "tokens": 299, "url": f"/api/media/{media['id']}/frames/{i}.png"}
            for i in chosen
        ]

    # Conversations

    def create(self, body):
        media = [self.media[identity] for identity in body.get("mediaIds", [])]
        conversation = {
            "id": secrets.token_hex(16), "title": media[0]["name"] if media else "", "createdAt": NOW, "updatedAt": NOW, "messageCount": 0,
            "media": media, "isRunning": False, "settings": {**SETTINGS, **body.get("settings", {})}, "messages": [],
            "preparation": {"state": "none", "stage": None, "done": 0, "total": 0, "error": None,
                            "frames": [], "cost": None},
        }
        self.conversations[conversation["id"]] = conversation
        self.readers[conversation["id"]] = []
        self.prepare(conversation)
        return conversation

    def prepare(self, conversation):
        def run():
            count = conversation["settings"]["frames"] or 10
            change = lambda **new: self.tell(conversation, "preparation", conversation["preparation"].update(new) or conversation["preparation"])
            change(state="preparing", stage="sampling")
            frames = [frame for media in conversation["media"] for frame in self.frames(media, count)]
            cost = {"tokensPerFrame": 299, "frameTokens": 299 * len(frames), "textTokens": 120, "totalTokens": 299 * len(frames) + 120,
                    "inputLimit": 4096, "scaledWidth": 644, "scaledHeight": 364, "isScaled": False, "estimatedSeconds": 12.5}
            for done in range(len(frames) + 1):
                change(stage="vision", done=done, total=len(frames), frames=frames, cost=cost)
                time.sleep(self.pause)
            change(state="ready", stage=None, done=0, total=0)

        threading.Thread(target=run, daemon=True).start()

    def tell(self, conversation, event, data):
        line = f"event: {event}\ndata: {json.dumps(data)}\n\n"
        for reader in list(self.readers[conversation["id"]]):
            reader.put(line)

    def ask(self, conversation, text, replaces=None):
        if replaces is not None:
            at = next(i for i, message in enumerate(conversation["messages"]) if message["id"] == replaces)
            self.remove(conversation, conversation["messages"][at:])
        question = {"id": secrets.token_hex(16), "role": "user", "createdAt": NOW, "text": text}
        if not conversation["messages"]:
            conversation["title"] = text[:80]
        self.append(conversation, question)
        return {"question": question, "reply": self.reply(conversation, text)}

    def remove(self, conversation, messages):
        gone = [message["id"] for message in messages]
        conversation["messages"] = [message for message in conversation["messages"] if message["id"] not in gone]
        self.tell(conversation, "removed", {"ids": gone})

    def append(self, conversation, message):
        conversation["messages"].append(message)
        conversation["messageCount"] = len(conversation["messages"])
        self.tell(conversation, "message", message)

    def reply(self, conversation, text):
        reply = {
            "id": secrets.token_hex(16), "role": "assistant", "createdAt": NOW, "status": "running", "stage": "prefill", "queuePosition": None,
            "done": 0, "total": 3110, "raw": "", "thought": "", "answer": "", "thoughtHtml": "", "answerHtml": "", "boxes": [], "moments": [],
            "finish": None, "error": None, "stats": dict(STATS), "settings": conversation["settings"],
        }
        self.append(conversation, reply)
        threading.Thread(target=self.generate, args=(conversation, reply, text), daemon=True).start()
        return reply

    def generate(self, conversation, reply, text):
        begun = time.monotonic()
        reply["stats"] |= {"promptTokens": 3110, "cachedTokens": 3090, "timeToFirstToken": 0.31}
        for stage, piece, html, *boxes in self.answer(text):
            time.sleep(self.pause)
            if reply["status"] != "running":
                return
            kind = "thought" if stage == "thinking" else "answer"
            reply["stage"] = stage
            reply["raw"] += piece
            reply[kind] += piece
            reply[f"{kind}Html"] = html
            delta = {"id": reply["id"], "stage": stage, "raw": piece, "thought": "", "answer": "", kind: piece}
            self.tell(conversation, "delta", delta)
            reply["boxes"] = boxes[0] if boxes else reply["boxes"]
            rendered = {name: reply[name] for name in ("id", "thoughtHtml", "answerHtml", "boxes")}
            self.tell(conversation, "rendered", rendered)
            elapsed = time.monotonic() - begun
            reply["stats"]["replyTokens"] = (reply["stats"]["replyTokens"] or 0) + 1
            reply["stats"]["generateSeconds"] = elapsed
            reply["stats"]["tokensPerSecond"] = reply["stats"]["replyTokens"] / elapsed
            if stage == "thinking":
                reply["stats"]["thoughtSeconds"] = elapsed
            self.tell(conversation, "stats", {"id": reply["id"], "stats": reply["stats"]})
        self.finish(conversation, reply, "done", "stop")

    def finish(self, conversation, reply, status, finish):
        times = re.findall('data-seconds="([0-9.]+)"', reply["answerHtml"])
        moments = [{"seconds": float(seconds), "text": reply["answer"]} for seconds in times]
        reply |= {"status": status, "finish": finish, "stage": None, "moments": moments}
        self.tell(conversation, "message", reply)


class Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A page that leaves in the middle of an answer is nothing to report."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


@functools.cache
def probe(data):
    """The video stream of a file, as ffprobe describes it."""
    fields = "stream=width,height,r_frame_rate,nb_read_frames"
    command = ["ffprobe", "-v", "error", "-select_streams", "v:0", "-count_frames", "-show_entries", fields, "-of", "json", "-"]
    return json.loads(subprocess.run(command, input=data, capture_output=True, check=True).stdout)["streams"][0]


@functools.cache
def decode(data, indices):
    """Frames of a file as PNG."""
    select = "+".join(f"eq(n,{i})" for i in indices)
    with tempfile.TemporaryDirectory() as folder:
        command = ["ffmpeg", "-v", "error", "-i", "-", "-vf", f"select='{select}'", "-vsync", "0", f"{folder}/%d.png"]
        subprocess.run(command, input=data, check=True)
        return [pathlib.Path(folder, f"{place}.png").read_bytes() for place in range(1, len(indices) + 1)]


class Routes(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_double: Double

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.route("GET")

    def do_POST(self):
        self.route("POST")

    def do_PATCH(self):
        self.route("PATCH")

    def do_DELETE(self):
        self.route("DELETE")

    def route(self, method):
        double = self.server_double
        if double.is_away:
            self.close_connection = True
            return
        double.requests.append((method, self.path))
        path, query = unquote(urlsplit(self.path).path), parse_qs(urlsplit(self.path).query)
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length) if length else b""
        if path.startswith("/api/") and not self.may_pass(path):
            return self.refuse(401, "unauthorized", "A key is needed.")
        for pattern, verb, action in ROUTES:
            match = re.fullmatch(pattern, path)
            if match and verb == method:
                try:
                    return action(self, double, body, query, *match.groups())
                except (KeyError, StopIteration):
                    return self.refuse(404, "not_found", "There is no such thing.")
        if method == "GET":
            return self.file(path)
        self.refuse(404, "not_found", "There is no such thing.")

    def may_pass(self, path):
        key = self.server_double.key
        return key is None or path == "/api/session" or f"key={key}" in (self.headers.get("cookie") or "")

    def send(self, status, kind, data, **headers):
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(data)))
        self.send_header("content-security-policy", "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
        self.send_header("x-content-type-options", "nosniff")
        self.send_header("referrer-policy", "no-referrer")
        self.send_header("permissions-policy", "camera=(self), microphone=(self)")
        self.send_header("cache-control", "no-cache")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if data:
            self.wfile.write(data)

    def json(self, value, status=200, **headers):
        self.send(status, "application/json", json.dumps(value).encode(), **headers)

    def refuse(self, status, code, message):
        self.json({"error": {"code": code, "message": message, "requestId": "c6bb199c" + "0" * 22 + "2a"}}, status)

    def file(self, path):
        file = PUBLIC / (path.lstrip("/") or "index.html")
        if not file.is_file():
            return self.refuse(404, "not_found", "There is no such file.")
        self.send(200, mimetypes.guess_type(file.name)[0] or "application/octet-stream", file.read_bytes())

    def bytes(self, data, kind):
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("range") or "")
        if not asked:
            return self.send(200, kind, data, accept_ranges="bytes")
        start, end = int(asked[1]), min(len(data) - 1, int(asked[2] or len(data)))
        self.send(206, kind, data[start : end + 1], accept_ranges="bytes", content_range=f"bytes {start}-{end}/{len(data)}")


def session(self, double, body, *_):
    if json.loads(body)["key"] != double.key:
        return self.refuse(401, "unauthorized", "That is not the key.")
    self.send(204, "text/plain", b"", set_cookie=f"key={double.key}; HttpOnly; SameSite=Strict; Path=/")


def samples(self, double, *_):
    known = [
        {"name": name, "title": path.stem.replace("-", " ").capitalize(), "questions": ["What happens?", "When does it change?"],
         "url": f"/api/samples/{name}/content"}
        for name, path in SAMPLES.items()
    ]
    self.json({"samples": known})


def upload(self, double, body, *_):
    try:
        self.json(double.add_media(unquote(self.headers["x-file-name"]), body), 201)
    except (subprocess.CalledProcessError, IndexError, KeyError):
        self.refuse(422, "unreadable_media", "This file is no video and no picture that can be read.")


def listing(self, double, body, query):
    words = query.get("q", [""])[0].lower()
    found = [c for c in reversed(double.conversations.values()) if words in json.dumps(c).lower()]
    keys = ("id", "title", "createdAt", "updatedAt", "messageCount", "media", "isRunning")
    self.json({"conversations": [{key: c[key] for key in keys} for c in found], "next": None})


def patch(self, double, body, query, identity):
    conversation, change = double.conversations[identity], json.loads(body)
    if "title" in change:
        conversation["title"] = change["title"]
    if "mediaIds" in change:
        conversation["media"] = [double.media[media] for media in change["mediaIds"]]
    if "settings" in change:
        conversation["settings"] = {**SETTINGS, **change["settings"]}
    double.tell(conversation, "conversation", {k: v for k, v in conversation.items() if k not in ("messages", "preparation")})
    if "title" not in change:
        double.prepare(conversation)
    self.json(conversation)


def delete(self, double, body, query, identity):
    double.tell(double.conversations.pop(identity), "deleted", {})
    self.send(204, "text/plain", b"")


def prepare(self, double, body, query, identity):
    double.prepare(double.conversations[identity])
    self.json(double.conversations[identity], 202)


def events(self, double, body, query, identity):
    conversation, reader = double.conversations[identity], queue.Queue()
    double.readers[identity].append(reader)
    self.send_response(200)
    self.send_header("content-type", "text/event-stream")
    self.end_headers()
    try:
        self.wfile.write(f"retry: 1000\nevent: snapshot\ndata: {json.dumps(conversation)}\n\n".encode())
        while (line := reader.get()) is not None:
            self.wfile.write(line.encode())
    except OSError:
        pass  # The page has closed the stream.
    double.readers[identity].remove(reader)
    self.close_connection = True


def ask(self, double, body, query, identity):
    question = json.loads(body)
    self.json(double.ask(double.conversations[identity], question["text"], question.get("replaces")), 201)


def regenerate(self, double, body, query, identity, reply):
    conversation = double.conversations[identity]
    question = conversation["messages"][-2]
    double.remove(conversation, [conversation["messages"][-1]])
    self.json({"question": question, "reply": double.reply(conversation, question["text"])}, 201)


def stop(self, double, body, query, identity, reply):
    conversation = double.conversations[identity]
    message = next(message for message in conversation["messages"] if message["id"] == reply)
    double.finish(conversation, message, "stopped", "cancelled")
    self.json(message)


def export(self, double, body, query, identity):
    self.json(double.conversations[identity], content_disposition=f'attachment; filename="conversation.{query["format"][0]}"')


def content(self, double, body, query, identity):
    self.bytes(double.files[identity], double.media[identity]["mimeType"])


def frame(self, double, body, query, identity, index):
    self.bytes(double.pictures[identity, index], "image/png")


ID = "([0-9a-f]{32})"
ONE = f"/api/conversations/{ID}"
ROUTES = [
    ("/api/status", "GET", lambda self, double, *_: self.json(double.status)),
    ("/api/options", "GET", lambda self, *_: self.json(OPTIONS)),
    ("/api/session", "POST", session),
    ("/api/samples", "GET", samples),
    ("/api/samples/([^/]+)/content", "GET", lambda self, d, b, q, name: self.bytes(SAMPLES[name].read_bytes(), "video/mp4")),
    ("/api/samples/([^/]+)", "POST", lambda self, double, b, q, name: self.json(double.add_media(name, SAMPLES[name].read_bytes()), 201)),
    ("/api/media", "POST", upload),
    (f"/api/media/{ID}/content", "GET", content),
    (f"/api/media/{ID}/frames/([0-9]+).png", "GET", frame),
    ("/api/conversations", "GET", listing),
    ("/api/conversations", "POST", lambda self, double, body, *_: self.json(double.create(json.loads(body)), 201)),
    (ONE, "GET", lambda self, double, b, q, identity: self.json(double.conversations[identity])),
    (ONE, "PATCH", patch),
    (ONE, "DELETE", delete),
    (f"{ONE}/preparation", "POST", prepare),
    (f"{ONE}/export", "GET", export),
    (f"{ONE}/events", "GET", events),
    (f"{ONE}/messages", "POST", ask),
    (f"{ONE}/messages/{ID}/regenerate", "POST", regenerate),
    (f"{ONE}/messages/{ID}/stop", "POST", stop),
]
