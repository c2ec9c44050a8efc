"""Conversations as token trees: one video, shared by several branches that each ask something.

A branch sees the prefix and itself and no other branch, and its positions go on from the prefix: exactly what it would
see alone. That saves most of the work where the video comes first.
"""
from fractions import Fraction

import av
import cv2
import numpy as np
import torch

from facts import Facts
from frames import VIDEO_AREA, even_times, fit, video_times
from questions import KINDS, MISSED, REFUSAL, SINGLE, STRANGE, ask, reword
from scenes import SIZES, Scene
from slides import Slides
from strangers import Stranger
from vision import labels

SYSTEM = "You are a helpful assistant."
SYSTEMS = ["You are a helpful assistant that understands videos.", "Answer briefly.", "You answer questions about videos.", "Be precise.", "You are GLM."]


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


class Talker:
    def __init__(self, tokenizer):
        self.tokenizer, self.id = tokenizer, tokenizer.token_to_id
        self.memory = {}

    def encode(self, text):
        if text not in self.memory:
            if len(self.memory) > 200000:
                self.memory.clear()
            self.memory[text] = self.tokenizer.encode(text, add_special_tokens=False).ids
        return self.memory[text]

    def flatten(self, parts, start):
        """Text and (rows, columns) of images -> ids, positions [3, T], the next position. Neighbouring texts are encoded as one."""
        merged = []
        for p in parts:
            if isinstance(p, str) and merged and isinstance(merged[-1], str):
                merged[-1] += p
            else:
                merged.append(p)
        ids, at, image = [], [], self.id("<|image|>")
        for p in merged:
            if isinstance(p, str):
                new = self.encode(p)
                ids += new
                at += [(start + i,) * 3 for i in range(len(new))]
                start += len(new)
            else:
                ids += [image] * (p[0] * p[1])
                at += [(start, start + r, start + c) for r in range(p[0]) for c in range(p[1])]
                start += max(p)
        return ids, at, start

    def video(self, f, layout, cell):
        """The parts of the user's turn that hold the frames."""
        if layout == "video":
            return ["<|begin_of_video|>", *(x for t in f.walk for x in ("<|begin_of_image|>", cell, f"<|end_of_image|>{f.label(t)}")), "<|end_of_video|>"]
        return [x for t in f.walk for x in (f"Frame {t}:<|begin_of_image|>", cell, "<|end_of_image|>")]

    def tree(self, f, layout, cell, system, turns):
        """turns: branches, each a list of (question, thought, answer); all but the last are past. -> prefix, branches."""
        head = ["[gMASK]<sop>" + (f"<|system|>\n{system}" if system else "") + "<|user|>\n"]
        frames = self.video(f, layout, cell)
        prefix = self.flatten(head + ([turns[0][0][0]] + frames if layout == "question-first" else frames), 0)
        branches = []
        for turn in turns:
            context = "" if layout == "question-first" else turn[0][0]
            for (_, _, past, shown), (question, *_) in zip(turn, turn[1:]):
                context += "<|assistant|>\n" + (f"<answer>{past}</answer>" if shown else past) + f"<|user|>\n{question}"
            _, thought, answer, _ = turn[-1]
            a = self.flatten([context + "<|assistant|>\n"], prefix[2])
            b = self.flatten([f"<think>{thought}</think>"], a[2])
            c = self.flatten([f"<answer>{answer}</answer><|user|>"], b[2])
            branches.append((a, b, c))
        return prefix, branches


def scene_for(rng, size, layout, count, duration):
    while True:
        scene = Scene(rng, size, duration=duration)
        f = Facts(scene, video_times(scene.duration, scene.rate) if layout == "video" else even_times(scene.duration, count, scene.rate), layout == "video")
        if f.sound():
            return scene, f


def pick_turns(f, rng, count, layout, kinds):
    """`count` branches; those of one question-first prefix share their first question."""
    def one(it=None):
        if isinstance(f, Slides):
            kind, q, answer = f.question(rng)
            return reword(q, rng), f.thought(), answer, rng.random() < 0.5, None, kind
        if isinstance(f.scene, Stranger):
            _, q, *_ = ask_stranger(rng)
            return reword(q, rng), STRANGE, REFUSAL, rng.random() < 0.5, None, "stranger"
        kind, q, answer, _, focus = ask(f, rng, kinds, it)
        return reword(q, rng), MISSED if kind == "foreign" else f.thought(), answer, rng.random() < 0.5, focus, kind
    first, turns = one(), []
    for i in range(count):
        start = first if layout == "question-first" else one()
        turn = [start]
        if i and layout == "question-first" or layout != "question-first" and rng.random() < 0.3:
            for _ in range(rng.choice([1, 1, 2])):
                focus = turn[-1][4]
                turn.append(one(focus if focus is not None and rng.random() < 0.5 else None))
        turns.append(turn)
    return turns


def ask_stranger(rng):
    """A question about a video that is not of this world: any question will do."""
    while True:
        f = Facts(Scene(rng, duration=4), even_times(4, 6))
        if f.sound():
            return ask(f, rng)


def batch(talker, rng, counts, kinds, tokens=2400, strange=0.07, h264=0.1, slides=0.0):
    """One training batch: frames of one size and number, their dense labels, and token trees of about `tokens` tokens in all."""
    layout = rng.choices(["frames-first", "question-first", "video"], [0.4, 0.27, 0.33])[0]
    size, count = rng.choice(SIZES), rng.choice(counts)
    duration = None
    if layout == "video":
        count += count % 2
        duration = count / 2 if count > 2 else rng.choice([1.0, 1.5])
    w, h = fit(size, max(2, count), VIDEO_AREA) if layout == "video" else fit(size)
    if layout == "video" and count < 4:
        w, h = fit(size, rng.choice(range(4, 21, 2)), VIDEO_AREA)
    cell = (h // 28, w // 28)
    branches = 1 if rng.random() < 0.2 else 3
    frames, trees, room, dense = [], [], tokens, []
    while room > 0:
        if rng.random() < strange:
            scene = Stranger(rng, size, duration)
            f = Facts(scene, video_times(scene.duration) if layout == "video" else even_times(scene.duration, count), layout == "video")
            turns = pick_turns(f, rng, 1, layout, kinds)
        elif rng.random() < slides:
            span = duration or rng.choice([2, 3, 4, 5, 8])
            rate = rng.choice([10.0, 24.0, 25.0, 30.0, 30000 / 1001])
            scene = f = Slides(rng, size, video_times(span, rate) if layout == "video" else even_times(span, count, rate), layout == "video")
            turns = pick_turns(f, rng, branches, layout, kinds)
        else:
            scene, f = scene_for(rng, size, layout, count, duration)
            turns = pick_turns(f, rng, branches, layout, kinds)
        if len(frames) and len(f.times) != len(trees[0][2]):
            continue
        at = scene.at if isinstance(scene, Slides) else lambda _: scene
        if rng.random() < h264:
            big = np.stack([at(t).render(t, 2 * w, 2 * h) for t in f.times])
            shots = np.stack([cv2.resize(x, (w, h), interpolation=cv2.INTER_AREA) for x in compress(big, rng)])
        else:
            shots = np.stack([at(t).render(t, w, h) for t in f.times])
        system = rng.choices([SYSTEM, None, rng.choice(SYSTEMS)], [0.6, 0.3, 0.1])[0]
        prefix, tree = talker.tree(f, layout, cell, system, [[t[:4] for t in turn] for turn in turns])
        trees.append((prefix, tree, f.times, [turn[-1][5] for turn in turns]))
        pairs = zip(f.times[::2], f.times[1::2]) if layout == "video" else zip(f.times, f.times)
        dense += [labels(at(t), t, u, w, h) for t, u in pairs]
        frames.append(shots.reshape(-1, 2, h, w, 3) if layout == "video" else np.repeat(shots[:, None], 2, 1))
        room -= len(prefix[0]) + sum(len(p[0]) for b in tree for p in b)
    return np.concatenate(frames), *(np.stack(x) for x in zip(*dense)), *pack(trees, talker.id("<|endoftext|>"))


def pack(trees, pad):
    """-> ids [B, T], positions [3, B, T], mask [B, 1, T, T], targets [B, T] (-1: none), kind of target [B, T] (branch * 2 + (1 for an answer)), names of branches"""
    rows, names = [], []
    for prefix, branches, _, kinds in trees:
        ids, at, part, target, which = list(prefix[0]), list(prefix[1]), [0] * len(prefix[0]), [-1] * len(prefix[0]), [0] * len(prefix[0])
        for k, (pieces, kind) in enumerate(zip(branches, kinds)):
            new = [i for p in pieces for i in p[0]]
            n0, n1 = len(pieces[0][0]), len(pieces[1][0])
            ids += new
            at += [x for p in pieces for x in p[1]]
            part += [k + 1] * len(new)
            aims = [new[i + 1] if n0 - 1 <= i < len(new) - 1 else -1 for i in range(len(new))]
            target += aims
            which += [2 * len(names) + (i >= n0 + n1 - 1) for i in range(len(new))]
            names.append(kind)
        rows.append((ids, at, part, target, which))
    longest = max(len(r[0]) for r in rows)
    fill = lambda k, v: torch.tensor([list(r[k]) + [v] * (longest - len(r[0])) for r in rows])
    ids, part, target, which = fill(0, pad), fill(2, -1), fill(3, -1), fill(4, 0)
    at = torch.tensor([list(r[1]) + [(0, 0, 0)] * (longest - len(r[1])) for r in rows]).permute(2, 0, 1)
    see = torch.ones(longest, longest, dtype=torch.bool).tril()[None] & ((part[:, None, :] == 0) | (part[:, None, :] == part[:, :, None]))
    return ids, at, see[:, None], target, which, names
