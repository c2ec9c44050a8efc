"""Scores a Hugging Face folder on the videos of films.py, through transformers and, where given, through `glimpse`.

usage: evaluate.py FILMS MODEL [--glimpse BINARY [--precisions f32 q8 q4] [--only-glimpse] [--follow-ups] [--repetition-penalty 1]] [--limit N] [--out scores.json]
"""
import argparse
import atexit
import collections
import concurrent.futures
import json
import math
import pathlib
import subprocess
import sys

import cv2
import numpy as np
import torch
from transformers import AutoTokenizer, Glm4vForConditionalGeneration, Glm4vImageProcessor, Glm4vVideoProcessor

sys.path.append(str(pathlib.Path(__file__).parents[1] / "bench"))
from films import LAYOUTS
from score import REFUSES, score
from serve import Server

SYSTEM = "You are a helpful assistant."
LIMIT = 2048
GROUPS = {"describe": "event", "event": "event", "which": "event", "order": "event", "colour": "colour", "colours": "colour", "shape": "shape", "count": "count", "direction": "direction",
          "exists": "yes/no", "absent": "not there", "whether": "yes/no",
          "when": "time", "begins": "begin and end", "box": "box", "what_where": "what is where", "placed": "what is where", "compare": "compare", "foreign": "refused", "stranger": "refused"}


def read(path, layout, count):
    """[(time, frame)] as the original app reads them, or as the model's own video format asks."""
    video = cv2.VideoCapture(str(path))
    total, rate = int(video.get(cv2.CAP_PROP_FRAME_COUNT)), video.get(cv2.CAP_PROP_FPS)
    if layout == "video":
        indices = list(dict.fromkeys(min(total - 1, math.ceil(i * rate / 2)) for i in range(max(1, math.floor(total / rate * 2 + 1e-9)))))
        indices += indices[-1:] * (len(indices) % 2)
    else:
        indices = list(dict.fromkeys(np.linspace(0, total - 1, count, dtype=int).tolist()))
    out = []
    for i in indices:
        video.set(cv2.CAP_PROP_POS_FRAMES, i)
        ok, frame = video.read()
        if not ok:
            raise SystemExit(f"{path}: frame {i} of {total} cannot be read")
        out.append((i / rate if layout == "video" else round(i / rate, 2), torch.from_numpy(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)).permute(2, 0, 1)))
    return out


class Reference:
    def __init__(self, folder):
        self.model = Glm4vForConditionalGeneration.from_pretrained(folder, dtype=torch.float32).eval()
        self.tokenizer = AutoTokenizer.from_pretrained(folder, padding_side="left")
        self.images, self.videos = Glm4vImageProcessor.from_pretrained(folder), Glm4vVideoProcessor.from_pretrained(folder)
        self.image = self.tokenizer.convert_tokens_to_ids("<|image|>")

    def ask(self, jobs, layout):
        """Greedy replies to [(frames, question)] of one layout, as one batch padded on the left."""
        texts, pixels, grids = [], [], []
        for frames, question in jobs:
            if layout == "video":
                got = self.videos(videos=[torch.stack([f for _, f in frames])], do_sample_frames=False, return_tensors="pt")
                grid, values = got["video_grid_thw"], got["pixel_values_videos"]
                n = int(grid[0, 1] * grid[0, 2] // 4)
                media = "<|begin_of_video|>" + "".join(f"<|begin_of_image|>{'<|image|>' * n}<|end_of_image|>{int(t)}" for t, _ in frames[::2]) + "<|end_of_video|>"
            else:
                got = self.images(images=[f for _, f in frames], return_tensors="pt")
                grid, values = got["image_grid_thw"], got["pixel_values"]
                media = "".join(f"Frame {t}:<|begin_of_image|>{'<|image|>' * int(g[1] * g[2] // 4)}<|end_of_image|>" for (t, _), g in zip(frames, grid))
            pixels.append(values), grids.append(grid)
            user = question + media if layout == "question-first" else media + question
            texts.append(f"[gMASK]<sop><|system|>\n{SYSTEM}<|user|>\n{user}<|assistant|>\n")
        inputs = self.tokenizer(texts, return_tensors="pt", padding=True, add_special_tokens=False)
        ids = inputs["input_ids"]
        kind = "video" if layout == "video" else "image"
        media = {"pixel_values_videos" if kind == "video" else "pixel_values": torch.cat(pixels), f"{kind}_grid_thw": torch.cat(grids)}
        with torch.no_grad():
            out = self.model.generate(input_ids=ids, attention_mask=inputs["attention_mask"], mm_token_type_ids=(ids == self.image).int() * (2 if kind == "video" else 1), **media,
                                      max_new_tokens=LIMIT, do_sample=False)
        return [self.tokenizer.decode(o[ids.shape[1] :]).split("<|user|>")[0] for o in out]


def through_glimpse(binary, precision, penalty, model, path, question, layout, count):
    command = [binary, "ask", str(path), question, "--json", "--temperature", "0", "--model", str(model),
               "--layout", layout, "--system", SYSTEM, "--precision", precision, "--repetition-penalty", str(penalty), "--max-new-tokens", str(LIMIT)]
    command += [] if layout == "video" else ["--frames", str(count)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {run.returncode}: {run.stderr[-500:]}")
    return json.loads(run.stdout)["reply"]["raw"]


def followed(server, penalty, path, question, layout, count):
    """The answer to the question that follows, in one conversation with the question itself."""
    greedy = {"temperature": 0, "repetitionPenalty": penalty, "maxNewTokens": LIMIT, "system": SYSTEM}
    settings = greedy | {"layout": layout, "frames": None if layout == "video" else count}
    talk = server.talk(server.upload(path), settings)
    for text in (question["question"], question["then"]["question"]):
        said = server.ask(talk, settings, text)
        if said["status"] != "done":
            raise SystemExit(f"{text} on {path}: {said['status']}, {said['error']}")
    server.send("DELETE", f"/api/conversations/{talk}")
    return said["raw"]


def table(results):
    """Means by group and layout; boxes by their overlap; and how often a question of this world was refused."""
    rows = collections.defaultdict(lambda: collections.defaultdict(list))
    for r in results:
        rows[GROUPS[r["kind"]]][r["layout"]].append(r["score"])
        if GROUPS[r["kind"]] != "refused":
            rows["wrongly refused"][r["layout"]].append(float(all(x in r["said"].lower() for x in REFUSES)))
    lines = ["| | " + " | ".join(LAYOUTS) + " | all | questions |", "|---|---|---|---|---|---|"]
    for name in sorted(rows, key=lambda n: (n in ("refused", "wrongly refused"), n)):
        per = [rows[name][x] for x in LAYOUTS]
        flat = [v for p in per for v in p]
        show = lambda v: "–" if not v else f"{np.mean(v):.2f}" if name == "box" else f"{100 * np.mean(v):.1f} %"
        lines.append(f"| {name + (' (mean overlap)' if name == 'box' else '')} | " + " | ".join(show(p) for p in per) + f" | {show(flat)} | {len(flat)} |")
    return "\n".join(lines)


def keep(name, films, questions, texts, layout, results):
    for film, q, text in zip(films, questions, texts):
        said = text.split("<answer>")[-1].split("</answer>")[0].strip()
        results[name].append({"file": film["file"], "layout": layout, "kind": q["kind"], "question": q["question"],
                              "thought": q.get("thought"), "want": q.get("answer"), "said": said, "raw": text, "score": score(said, q["check"])})


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("films"), p.add_argument("model"), p.add_argument("--glimpse"), p.add_argument("--limit", type=int), p.add_argument("--out"), p.add_argument("--batch", type=int, default=32)
    p.add_argument("--precisions", nargs="+", default=["f32"]), p.add_argument("--only-glimpse", action="store_true"), p.add_argument("--follow-ups", action="store_true")
    p.add_argument("--repetition-penalty", type=float, default=1.0, help="of glimpse")
    a = p.parse_args()
    folder = pathlib.Path(a.films)
    items = json.loads((folder / "questions.json").read_text())[: a.limit]
    for precision in set(a.precisions) & {"q8", "q4"} if a.glimpse else ():  # before several want to do it at once
        subprocess.run([a.glimpse, "pack", a.model, "--bits", precision[1:]], check=True)
    reference = None if a.only_glimpse else Reference(a.model)
    precisions, results, pool = a.precisions if a.glimpse else [], collections.defaultdict(list), concurrent.futures.ThreadPoolExecutor(2)
    if a.follow_ups and not a.glimpse:
        p.error("--follow-ups are asked through glimpse: give --glimpse too.")
    server = Server(a.glimpse, ["--model", a.model, "--precision", precisions[0]]) if a.follow_ups else None
    if server:
        atexit.register(server.end)
    for layout in LAYOUTS:
        order = sorted(items, key=lambda i: i["frames"])
        for k in range(0, len(order), a.batch):
            part = order[k : k + a.batch]
            asked = [i["questions"][layout] for i in part]
            replies = {}
            if reference:
                replies["transformers"] = reference.ask([(read(folder / i["file"], layout, i["frames"]), q["question"]) for i, q in zip(part, asked)], layout)
            for precision in precisions:
                ask = lambda job: through_glimpse(a.glimpse, precision, a.repetition_penalty, a.model, folder / job[0]["file"], job[1]["question"], layout, job[0]["frames"])
                replies[f"glimpse {precision}"] = list(pool.map(ask, zip(part, asked)))
            if server:
                both = [(i, q) for i, q in zip(part, asked) if "then" in q]
                ask = lambda job: followed(server, a.repetition_penalty, folder / job[0]["file"], job[1], layout, job[0]["frames"])
                keep(f"glimpse {precisions[0]}, follow-ups", [i for i, _ in both], [q["then"] for _, q in both], pool.map(ask, both), layout, results)
            for name, texts in replies.items():
                keep(name, part, asked, texts, layout, results)
        print(layout, "done:", {name: round(float(np.mean([r["score"] for r in got])), 3) for name, got in results.items()}, flush=True)
    for name, got in results.items():
        print(f"\nthrough {name}\n{table(got)}")
    if a.out:
        pathlib.Path(a.out).write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
