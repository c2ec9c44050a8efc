"""Conversations as the model sees them: one video, what is thought of it, and many questions that share both.

What is thought of the frames does not depend on the question, so one row holds the frames, a question, the thought, and
then many branches, each another question in the place of the first with its answer. A branch sees the frames, the thought,
itself, and neither the first question nor other branches. That makes a question cost 35 tokens instead of 800.
"""
from fractions import Fraction

import av
import cv2
import numpy as np
import torch

from ask import KINDS, ask
from facts import Facts
from frames import VIDEO_AREA, even_times, fit, video_times
from rows import pack
from scenes import ACTIONS, COLOURS, SHAPES, SIZES, SUDDEN, Scene
from slides import Slides
from strangers import Stranger
from vision import labels

SYSTEM = "You are a helpful assistant."
SYSTEMS = ["You are a helpful assistant that understands videos.", "Answer briefly.", "You answer questions about videos.", "Be precise.", "You are GLM."]
# More often asked than in an evaluation: what is learnt last, and what is mistyped.
WEIGHTS = {**{k: w for k, (_, w) in KINDS.items()}, "describe": 5, "event": 4, "compare": 6, "placed": 4, "order": 6, "which": 2.5, "begins": 3, "absent": 3.5}
SLIPS = 2.5
STILL = ("describe", "colour", "colours", "shape", "count", "exists", "absent", "box", "what_where", "placed", "foreign")  # what a single frame answers


def compress(frames, rng):
    """uint8 [n, h, w, 3] through real H.264 and back."""
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt = frames.shape[2], frames.shape[1], "yuv420p"
    encoder.time_base, encoder.thread_count = Fraction(1, 25), 1
    encoder.options = {"crf": str(rng.choice([20, 23, 26, 30, 34])), "preset": "veryfast"}
    decoder = av.CodecContext.create("h264", "r")
    decoder.thread_count = 1
    out, packets = [], []
    for i, f in enumerate(frames):
        frame = av.VideoFrame.from_ndarray(f, format="rgb24")
        frame.pts = i
        packets += encoder.encode(frame)
    for p in [*packets, *encoder.encode(None), None]:
        out += [f.to_ndarray(format="rgb24") for f in decoder.decode(p)]
    return np.stack(out) if len(out) == len(frames) else frames


def scene_for(rng, size, layout, frames, duration, **kind):
    while True:
        scene = Scene(rng, size, duration=duration, **kind)
        f = Facts(scene, video_times(scene.duration, scene.rate) if layout == "video" else even_times(scene.duration, frames, scene.rate), layout == "video")
        if layout != "video" and len(f.times) < frames:  # a film of few frames
            continue
        if f.sound() and (len(f.times) > 1 or all(s.action not in SUDDEN for s in f.shapes)):
            return f


def pick(f, rng, branches, kinds):
    """-> past turns, questions"""
    if isinstance(f.scene, Stranger):
        return [], [("stranger", ask_stranger(rng)._replace(box=None)) for _ in range(2)]
    if isinstance(f, Slides):
        return [], [f.question(rng) for _ in range(branches)]
    if len(f.times) == 1:
        kinds = {k: w for k, w in (kinds or WEIGHTS).items() if k in STILL}
    past, it = [], None
    if rng.random() < 0.3:
        for _ in range(rng.choice([1, 1, 2])):
            _, q = ask(f, rng, kinds, it, SLIPS)
            past.append((q.text, f"<answer>{q.answer}</answer>" if rng.random() < 0.5 else q.answer))
            it = q.focus
    return past, [ask(f, rng, kinds, it if rng.random() < 0.5 else None, SLIPS) for _ in range(branches)]


def ask_stranger(rng):
    """A question about a video that is not of this world: any question will do."""
    return ask(scene_for(rng, (640, 360), "frames-first", 6, 4), rng)[1]


def rows_of(talker, rng, counts, kinds, tokens, strange=0.1, slides=0.0, sparse=0.0, branches=8, pixels=True, h264=0.1):
    """Rows about frames of one size and number, of about `tokens` tokens in all: the frames, which of their cells stand in the
    rows, the labels of these, the packed rows, and the kinds of the questions.

    `sparse` is how many of the cells that show no shape are left out: they cost as much as the others and teach little.
    """
    layout = rng.choices(["frames-first", "question-first", "video"], [0.32, 0.31, 0.37])[0]
    size, count, duration = rng.choice(SIZES), rng.choice(counts), None
    if layout == "video":
        count += count % 2
        # Nothing but whole seconds taught that the last frame is one before a whole second; and an odd number of frames shows the last one twice.
        duration = count / 2 + rng.choice([0, rng.uniform(-0.5, 0.49)]) if count > 2 else rng.choice([1.0, 1.5])
        w, h = fit(size, count, VIDEO_AREA)
        while w * h > 100000 and not pixels:
            w, h = (max(28, n // 56 * 28) for n in (w, h))
    else:
        w, h = fit(size)
        if count >= 12 and rng.random() < 0.25:
            duration = rng.choice([2, rng.uniform(2, 3)])  # frames so near to each other that their times were said again and again
    cell = (h // 28, w // 28)
    frames, rows, dense, stand, names, room = [], [], [], [], [], tokens
    length = None
    while room > 0:
        kind = rng.random()
        if kind < strange:
            scene = Stranger(rng, size, duration)
            f = Facts(scene, video_times(scene.duration) if layout == "video" else even_times(scene.duration, count), layout == "video")
        elif kind < strange + slides:
            span, rate = duration or rng.uniform(2, 8), rng.choice([10.0, 24.0, 25.0, 30.0, 30000 / 1001])
            f = Slides(rng, size, video_times(span, rate) if layout == "video" else even_times(span, count, rate), layout == "video")
        else:
            # What is easily mistaken is rare, and shown more often: one goes where another comes, several of one colour or one shape, three
            # at once, one before another; and a large one alone, of which many cells tell: it was told twice in one film of fourteen.
            sudden = rng.random() < (0.4 if layout == "video" else 0.25) and count > 2
            alike = rng.choices([{}, {"count": 3}, {"count": rng.choice([2, 3, 3]), "colours": [rng.choice(COLOURS)]},
                                 {"count": rng.choice([2, 3, 3]), "kinds": [rng.choice(SHAPES)]}, {"count": rng.choice([2, 3]), "loose": 1}, {"count": rng.choice([1, 1, 2]), "big": True}],
                                [0.32, 0.25, 0.11, 0.15, 0.08, 0.09] if count > 2 else [0.2, 0.27, 0.13, 0.2, 0.1, 0.1])[0]
            actions = SUDDEN if sudden else [rng.choice(ACTIONS)] if count > 5 and rng.random() < 0.1 else ACTIONS
            if count > 2 and rng.random() < 0.06:  # nothing is there at first, or in most frames: such films were refused
                actions, alike = rng.choice([("appears",), ("disappears",)]), {"count": rng.choice([1, 1, 2])}
            f = scene_for(rng, size, layout, count, duration, actions=actions, **alike)
        if length and len(f.times) != length:
            continue
        length = len(f.times)
        if isinstance(f, Facts):
            f.seed, f.noise, f.lags = rng.getrandbits(32), rng.choice([0, 0.4, 0.8]), rng.random() < 0.5
        at = f.scene.at if isinstance(f, Slides) else lambda _, s=f.scene: s
        pairs = list(zip(f.times[::2], f.times[1::2]) if layout == "video" else zip(f.times, f.times))
        seen = [labels(at(t), t, u, w, h) for t, u in pairs]
        seen, who = [x[:3] for x in seen], [x[3] for x in seen]
        kept = [[k for k in range(cell[0] * cell[1]) if what[k].any() or rng.random() >= sparse] for what, *_ in seen]
        stand += [(len(stand) + i) * cell[0] * cell[1] + np.asarray(k, np.int64) for i, k in enumerate(kept)]
        dense += [tuple(x[k] for x in s) for s, k in zip(seen, kept)]
        who = [x[k] for x, k in zip(who, kept)]
        if pixels:
            if rng.random() < h264:
                big = np.stack([at(t).render(t, 2 * w, 2 * h) for t in f.times])
                shots = np.stack([cv2.resize(x, (w, h), interpolation=cv2.INTER_AREA) for x in compress(big, rng)])
            else:
                shots = np.stack([at(t).render(t, w, h) for t in f.times])
            frames.append(shots.reshape(-1, 2, h, w, 3) if layout == "video" else np.repeat(shots[:, None], 2, 1))
        past, questions = pick(f, rng, branches, kinds)
        system = rng.choices([SYSTEM, None, rng.choice(SYSTEMS)], [0.6, 0.3, 0.1])[0]
        row = talker.row(f, layout, cell, kept, who, system, past, questions, names, rng)
        rows.append(row)
        room -= len(row.ids)
    what, box, shift = (torch.from_numpy(np.concatenate(x)) for x in zip(*dense))
    return (np.concatenate(frames) if pixels else None), torch.from_numpy(np.concatenate(stand)), (what, box, shift), pack(rows, talker.pad), names
