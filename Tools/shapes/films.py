"""Makes the videos of an evaluation: real H.264 files of fresh scenes with a question, one that follows it, and their checks.

usage: films.py FOLDER --seed N [--scenes 500]
"""
import argparse
import json
import pathlib
import random
from fractions import Fraction

import av
import cv2
import numpy as np

from facts import Facts
from frames import even_times, video_times
from ask import ABOUT_ONE, KINDS, ask
from scenes import Scene
from strangers import Stranger
from talks import ask_stranger

SIZES = [(640, 360)] * 6 + [(480, 360), (360, 480), (400, 400), (360, 640), (426, 240), (800, 400), (360, 720), (512, 288)] + [(1080, 1920), (1280, 720)]
LAYOUTS = ["frames-first", "question-first", "video"]
FOLLOWING = {k: KINDS[k][1] for k in (*ABOUT_ONE, "count", "what_where")}  # mostly about the same shape: "And when does it turn blue?"
WEIGHTS = {**{k: w for k, (_, w) in KINDS.items()}, "foreign": 2}


def encode(path, size, rate, crf, images):
    """RGB images [h, w, 3] through x264."""
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=rate)
        stream.width, stream.height, stream.pix_fmt, stream.options = *size, "yuv420p", {"crf": str(crf), "preset": "veryfast"}
        for image in images:
            file.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        file.mux(stream.encode())


def shown(scene, w, h):
    """The images of a scene at its own rate, with the sensor's noise."""
    noise = np.random.default_rng(scene.seed)
    grain = noise.standard_normal((h + 64, w + 64, 3), np.float32) * scene.noise if isinstance(scene, Scene) and scene.noise else None
    still = None
    for i in range(max(1, round(scene.duration * scene.rate))):
        t = i / scene.rate
        if isinstance(scene, Scene):
            image = scene.draw(scene.canvas(w, h), t)
            if grain is not None:
                a, b = noise.integers(0, 64, 2)
                image = np.clip(image + grain[a : a + h, b : b + w], 0, 255).astype(np.uint8)
            yield image
        else:
            if still is None or i % 8 == 0:
                still = cv2.resize(scene.render(t, 160 * w // max(w, h) // 2 * 2, 160 * h // max(w, h) // 2 * 2), (w, h), interpolation=cv2.INTER_CUBIC)
            yield still


def write(scene, path, rng):
    """The scene as a film of its own rate and size."""
    w, h = (n // 2 * 2 for n in scene.size)
    encode(path, (w, h), Fraction(scene.rate).limit_denominator(1001), rng.choice([18, 20, 23, 26, 28]), shown(scene, w, h))


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("folder"), p.add_argument("--scenes", type=int, default=500), p.add_argument("--seed", type=int, required=True)
    a = p.parse_args()
    out = pathlib.Path(a.folder)
    out.mkdir(parents=True, exist_ok=True)
    rng, items = random.Random(a.seed), []
    for n in range(a.scenes):
        path, count = out / f"{n:04}.mp4", rng.choice([4, 6, 8, 10, 10, 10, 10, 10, 12, 16])
        size, duration = rng.choice(SIZES), rng.choice([2, 3, 4, 5, 6, 8, *(rng.uniform(1.5, 10) for _ in range(12))])
        if max(size) > 1000:
            duration = 2
        while True:
            scene = Stranger(rng, size, duration) if n % 10 == 9 else Scene(rng, size, duration=duration)
            scene.rate = rng.choice([10.0, 12.0, 15.0, 20.0, 24.0, 25.0, 25.0, 30.0, 30000 / 1001])
            questions = {}
            for layout in LAYOUTS:
                f = Facts(scene, video_times(scene.duration, scene.rate) if layout == "video" else even_times(scene.duration, count, scene.rate), layout == "video")
                if isinstance(scene, Stranger):
                    questions[layout] = {"kind": "stranger", "question": ask_stranger(rng).text, "check": {"refuse": True}}
                elif f.sound():
                    kind, q = ask(f, rng, WEIGHTS)
                    questions[layout] = {"kind": kind, "question": q.text, "thought": f.thought().text + q.thought(kind), "answer": q.answer, "check": q.check}
                    # by numbers of its own: what comes after does not depend on it
                    kind, then = ask(f, random.Random(f"{a.seed} {n} {layout}"), FOLLOWING, q.focus)
                    questions[layout]["then"] = {"kind": kind, "question": then.text, "answer": then.answer, "check": then.check}
            if len(questions) == 3:
                break
        write(scene, path, rng)
        items.append({"file": path.name, "frames": count, "questions": questions})
    (out / "questions.json").write_text(json.dumps(items, indent=1, default=float))
    print(len(items), "videos in", out)


if __name__ == "__main__":
    main()
