"""Conversations as the model sees them: one video, what is thought of it, and many questions that share both.

What is thought of the frames does not depend on the question, so one row holds the frames, a question, the thought, and
then many branches, each another question in the place of the first with its answer. A branch sees the frames, the thought,
itself, and neither the first question nor other branches. That makes a question cost 35 tokens instead of 800.
"""
import functools
import re
from fractions import Fraction

import av
import cv2
import numpy as np
import torch

from facts import Facts
from frames import VIDEO_AREA, even_times, fit, video_times
from ask import KINDS, ask
from questions import REFUSAL, STRANGE
from scenes import ACTIONS, COLOURS, SHAPES, SIZES, SUDDEN, Scene
from slides import Slides
from strangers import Stranger
from tokenizer import NO_SHAPES
from vision import labels

SYSTEM = "You are a helpful assistant."
SYSTEMS = ["You are a helpful assistant that understands videos.", "Answer briefly.", "You answer questions about videos.", "Be precise.", "You are GLM."]
WEIGHTS = {**{k: w for k, (_, w) in KINDS.items()}, "compare": 6, "placed": 4, "order": 6, "which": 2.5, "begins": 3}  # more often asked than in an evaluation: what is learnt last
STILL = ("describe", "colour", "colours", "shape", "count", "exists", "box", "what_where", "placed", "foreign")  # what a single frame answers
NUMBER = [str(10 * i) for i in range(100)]


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


# What attention is taught, as it is what is learnt last: a picture's tokens and a line of the thought look at their own time ("time"),
# what is said of a shape looks at its cells in that frame ("cells"), and the time of the next line at the time of the next frame ("next").
# What ends a shape, and so decides whether another follows, looks at that one's cells, or at the picture's end where none is left.
# What ends a shape's clause looks for a shape of the next number ("follow"), or at where the clauses begin. A word that is compared looks for itself ("same").
# One head carries 32 numbers, the code of a cell has more: three look at the cells.
SOUGHT = {"time": [(1, 0)], "cells": [(2, 0), (2, 3), (3, 2), (4, 0)], "next": [(2, 2)], "copy": [(3, 0)], "clause": [(3, 1)], "follow": [(3, 3)], "same": [(4, 1)]}  # layer, head
NONE = 7  # in the place of a shape's number
WIDE, HALF = 9000, 20000  # marks of widths, and of sides that are no line's own


class Row:
    """Tokens of one video's row with everything that training needs to know of each."""

    def __init__(self, talker):
        self.talker, self.next = talker, 0
        self.ids, self.at, self.part, self.aim, self.high, self.share, self.group, self.weight = [], [], [], [], [], [], [], []
        self.tails = {}  # the tokens of a line from a shape's first side on, by (frame, shape)
        self.line, self.hidden = [], []  # the frame that a token of the thought is about; the same where tokens about later frames must not see it
        self.sought = {name: ([], []) for name in SOUGHT}

    def add(self, ids, part, at=None):
        start = self.next if at is None else at
        self.ids += ids
        self.at += [(start + i,) * 3 for i in range(len(ids))]
        self.part += [part] * len(ids)
        for name in ("aim", "high", "group", "line", "hidden"):
            getattr(self, name).extend([-1] * len(ids))
        self.share += [0.0] * len(ids)
        self.weight += [1.0] * len(ids)
        for pair in self.sought.values():
            for side in pair:
                side.extend([-1] * len(ids))
        if at is None:
            self.next += len(ids)

    def seek(self, name, looker, found, mark):
        """Where attention `name` should go: from the tokens `looker` to the tokens `found`, which share a number that no others have."""
        for i in looker:
            self.sought[name][0][i] = mark
        for i in found:
            self.sought[name][1][i] = mark

    def text(self, text, part=0):
        self.add(self.talker.encode(text), part)

    def image(self, cell, kept):
        """The tokens of one picture; `kept` are the cells that stand, all of them in a real prompt."""
        at = self.next
        self.add([self.talker.image] * len(kept), 0, at)
        self.at[len(self.at) - len(kept) :] = [(at, at + k // cell[1], at + k % cell[1]) for k in kept]
        self.next += max(cell)

    def learn(self, text, part, group, exact=(), before=None):
        """Text that the model has to write; its first token follows the token `before` (none: it is not learnt here).

        Where numbers stand for exact sides, both tens next to the exact value are right in part.
        """
        ids, exact, inside, start = self.talker.encode(text), list(exact or ()), False, len(self.ids)
        self.add(ids, part)
        for i, token in enumerate(ids):
            piece = self.talker.pieces[token]
            inside = "[" in piece or inside and "]" not in piece
            k = before if i == 0 else start + i - 1
            if k is None:
                continue
            self.aim[k], self.group[k] = token, group
            if inside and exact and piece in self.talker.tens:
                v = min(99.0, max(0.0, 100 * exact.pop(0)))
                low = min(98, int(v))
                self.aim[k], self.high[k], self.share[k] = self.talker.ten[low], self.talker.ten[low + 1], v - low
        assert not exact, text
        return start


def repeated(row, clauses, begin):
    """Wherever a clause of the thought, or its beginning, is said again from token `begin` on, attention should go where it stood."""
    for i in range(begin, len(row.ids) - 1):
        for o, tokens in enumerate(clauses):
            wanted = [row.ids[t] for t in tokens]
            length = next((n for n, w in enumerate(wanted) if row.ids[i + n : i + n + 1] != [w]), len(wanted))
            for j in range(length if length > 1 else 0):
                row.sought["clause"][0][i + j - 1] = 32 * o + j


def spanned(starts, begin, span):
    """The tokens of what is said between two places of its text."""
    return [i for i, c in enumerate(starts, begin) if span[0] <= c < span[1]]


def nearest(row, f, said, starts, begin):
    """Where what is asked names the frame that is nearest to a time, attention should go to that frame's time in the thought."""
    if found := re.search(r" near ([\d.]+)s", said):
        k = [f.label(t) for t in f.walk].index(found[1])
        for j, i in enumerate(spanned(starts, begin, found.span(1))):
            row.seek("copy", [i - 1], [], 5000 + 8 * k + j)


def traced(row, f, q, said, starts, begin):
    """Where a side is followed from frame to frame, attention should go to each time and to that side in its line."""
    (o, side), labels = q.traced, [f.label(t) for t in f.walk]
    for found in re.compile(r" ([\d.]+)s (\d+)").finditer(said, said.index(" So:")):
        k = labels.index(found[1])
        for j, i in enumerate(spanned(starts, begin, found.span(1))):
            row.seek("copy", [i - 1], [], 5000 + 8 * k + j)
        row.seek("copy", [i - 1 for i in spanned(starts, begin, found.span(2))], [], 32 * k + 4 * o + side)


def sized(row, f, said, starts, begin):
    """Where the widths of two shapes are compared, attention should go to where the thought had them."""
    if found := re.search(r" So: (\w+ \w+) (\d+); (\w+ \w+) (\d+)[=+<>-], larger", said):
        shapes = [s.name for s in f.shapes]
        for name, number in ((1, 2), (3, 4)):
            row.seek("copy", [i - 1 for i in spanned(starts, begin, found.span(number))], [], WIDE + shapes.index(found[name]))


def halved(row, q, said, starts, begin, mark):
    """Where a box is half way between two, attention should go to the sides that the lines have; its own sides are marked for the answer."""
    k, o = q.lines[0]
    for j, found in enumerate(re.compile(r" (?:left|top|right|bottom) (\d+),(\d+) (\d+)").finditer(said, said.index(" So:"))):
        first, second, half = (spanned(starts, begin, found.span(n)) for n in (1, 2, 3))
        row.seek("copy", [i - 1 for i in first], [], 32 * k + 4 * o + j)
        row.seek("copy", [i - 1 for i in second], [], 32 * (k + 1) + 4 * o + j)
        row.seek("copy", [], half, mark + j)


def compared(row, starts, begin, told, looked):
    """Teaches to compare words: each that begins in the spans `looked` of what is said looks for itself in the span `told`, and at the token after
    that if it is not there. Without it a verdict was the likelier word, whatever had been found."""
    (a, b), words = told, {}
    for i, c in enumerate(starts, begin):
        if a <= c <= b:
            missing = 8 * i + (NONE if c == b else 0)
            row.sought["same"][1][i] = missing
            words[row.ids[i]] = missing
    for i, c in enumerate(starts, begin):
        if any(a <= c < b for a, b in looked):
            row.sought["same"][0][i] = words.get(row.ids[i], missing)


# (told, looked) in what is said of a question of a kind: a deed that was found and the one asked for, two shapes' deeds or colours, a place and each shape's.
COMPARED = {
    "whether": (re.compile(r" So: the (?:\w+ )?(?:circle|square|triangle|star)(?: is)?((?: \w+)+),"), re.compile(r",((?: \w+)+) (?:yes|no)\.<")),
    "compare": (re.compile(r" So: the (?:\w+ )?(?:circle|square|triangle|star|shape)(?: is)?((?: \w+)+?) and"), re.compile(r" and the (?:\w+ )?(?:circle|square|triangle|star|shape)(?: is)?((?: \w+)+); (?:yes|no)[.;]")),
    "what_where": (re.compile(r" is at the((?: \w+){1,2}?) at "), re.compile(r"\d((?: \w+){2}) (?:yes|no)\b")),
    "placed": (re.compile(r" is at the((?: \w+){1,2}?) at "), re.compile(r"\d((?: \w+){2}) (?:yes|no)\b")),
}


def spoil(row, sides, names, keep, rng):
    """Mistakes in the lines that stand before a token, none in what it is to be: what is left is to look.

    A model that only ever saw true lines copies them, and so its own mistakes. Mistakes that are each line's own do not help enough: their mean
    is nearly true. So most shapes go a false way through all the lines: lag behind, or move and grow as they do not. `sides` and `names`
    are the tokens of a frame's shape, by (frame, shape); the lines in `keep` stay true, since answers repeat them.
    """
    tens, id = row.talker.ten, row.ids
    before, ways = list(id), {}
    for (k, o), tokens in sides.items():
        if (k, o) in keep:
            continue
        if o not in ways:
            off, pace = [rng.gauss(0, 5) for _ in "xyxy"], [rng.gauss(0, 1.2) for _ in "xyxy"]
            if rng.random() < 0.4:  # as large as it is, but elsewhere
                off[2:], pace[2:] = off[:2], pace[:2]
            ways[o] = rng.random(), rng.choice([0, 0, 0.3, 0.6, 0.8]), off, pace
        kind, lag, off, pace = ways[o]
        if kind < 0.4:  # as it was before
            shift, source = [0] * 4, sides.get((int(lag * k), o), tokens)
        elif kind < 0.8:
            shift, source = [a + k * b for a, b in zip(off, pace)], tokens
        else:
            dx, dy, wide = rng.gauss(0, 4), rng.gauss(0, 4), rng.choice([1, 2, 4, 6])
            shift, source = [(dy if n % 2 else dx) + rng.gauss(0, wide) for n in range(4)], tokens
        for i, j, v in zip(tokens, source, shift):
            id[i] = tens[min(99, max(0, tens.index(before[j]) + round(v)))]
    for (k, o), tokens in names.items():
        for i, choices in zip(tokens, (row.talker.colours, row.talker.shapes)):
            if rng.random() < 0.1:
                id[i] = rng.choice(choices)


def hide(row, keep):
    """Where lines stay true, later ones do not see their sides. A shape that grows by a little a frame is nearly the line before, and copied from it
    (the model told half of such a change); what it reads of earlier lines is then either gone or spoiled, and it has to look."""
    for which in keep & row.tails.keys():
        for i in row.tails[which]:
            row.hidden[i] = which[0]


class Talker:
    def __init__(self, tokenizer):
        self.tokenizer, self.id = tokenizer, tokenizer.token_to_id
        self.image, self.pad = self.id("<|image|>"), self.id("<|endoftext|>")
        self.pieces = [tokenizer.id_to_token(i) for i in range(tokenizer.get_vocab_size())]
        self.ten, self.tens = [self.id(n) for n in NUMBER], set(NUMBER)
        self.colours, self.shapes = ([self.id("Ġ" + n) for n in words] for words in (COLOURS, SHAPES))
        self.memory = {}
        self.verdicts = [self.encode(f" {verdict}")[0] for verdict in ("yes", "no")]

    def encode(self, text):
        if text not in self.memory:
            if len(self.memory) > 200000:
                self.memory.clear()
            self.memory[text] = self.tokenizer.encode(text, add_special_tokens=False).ids
        return self.memory[text]

    def starts(self, text):
        """Where each token of an ASCII text begins."""
        return [a for a, _ in self.tokenizer.encode(text, add_special_tokens=False).offsets]

    def frames(self, row, f, layout, cell, kept, who, glued=False):
        """The part of the user's turn that holds the frames; `glued`: the first "Frame" stands already. -> the tokens of each time"""
        times, pictures = [], []

        def picture(k):
            start = len(row.ids)
            row.image(cell, kept[k])
            pictures.append(range(start, len(row.ids)))
            row.text("<|end_of_image|>")
            row.sought["cells"][1][-1] = 8 * k + NONE

        if layout == "video":
            row.text("<|begin_of_video|>")
            for k, t in enumerate(f.walk):
                row.text("<|begin_of_image|>"), picture(k)
                start = len(row.ids)
                row.text(f.label(t))
                times.append(range(start, len(row.ids)))
            row.text("<|end_of_video|>")
        else:
            for k, t in enumerate(f.walk):
                row.text(" " if glued and k == 0 else "Frame ")
                start = len(row.ids)
                row.text(str(t))
                times.append(range(start, len(row.ids)))
                row.text(":<|begin_of_image|>"), picture(k)
        for k, (time, tokens) in enumerate(zip(times, pictures)):
            if layout != "video":
                row.seek("time", tokens, time, k)
            elif k:  # the time comes after its picture: what a picture can see is the time before
                row.seek("time", tokens, times[k - 1], k)
            for i, o in zip(tokens, who[k]):
                if o >= 0:
                    row.sought["cells"][1][i] = 8 * k + f.covering(k, o)
            for j, i in enumerate(time):
                row.sought["next"][1][i] = 8 * k + j
        return times

    def guide(self, row, walk, start):
        """Teaches the thought, whose tokens begin at `start`, where to look. -> the tokens of the sides and of the names, by frame and shape,
        and of the boxes that are said again"""
        at, sides, names = self.starts("<think>" + walk.text), {}, {}
        shift, frame, j = len("<think>"), None, 0
        spans = [(a + shift, b + shift, k, o) for a, b, k, o in walk.spans]
        after = {(k, o): p for (_, _, k, o), (_, _, j, p) in zip(spans, spans[1:]) if j == k}  # the shape that is named next in the same frame
        n, end, tail = 0, shift + (walk.repeats[0][0] if walk.repeats else len(walk.text)), None
        lines = shift + (walk.text + " So:").find(" So:")
        for i, a in enumerate(at):
            while n < len(spans) and a >= spans[n][1]:
                n += 1
            inside = n < len(spans) and spans[n][0] <= a
            i += start
            if frame is not None and a < lines:
                row.line[i] = frame
            if inside:
                tail = None if spans[n][2:] != tail else tail
            if tail and a < lines:
                row.tails.setdefault(tail, []).append(i)
            if not inside:
                if frame is not None and a < end:
                    row.sought["time"][0][i] = 1000 + frame
                if self.pieces[row.ids[i]] == "Ġnothing":
                    row.sought["cells"][0][i - 1] = 8 * frame + NONE
                continue
            _, _, k, o = spans[n]
            if o is None:
                j = 0 if frame != k else j + 1
                frame = k
                row.sought["next"][0][i - 1] = 8 * k + j
                row.sought["time"][1][i] = 1000 + k
                row.sought["copy"][1][i] = 5000 + 8 * k + j
            else:
                row.sought["cells"][0][i - 1] = 8 * k + o
                row.sought["cells"][0][i] = 8 * k + after.get((k, o), NONE)  # holds where this token ends the shape
                row.sought["time"][0][i] = 1000 + k
                if self.pieces[row.ids[i]].isdigit() and (k, o) not in names:
                    row.sought["follow"][1][i] = o
                    row.weight[i - 1] = 3.0 if k else 6.0
                elif self.pieces[row.ids[i]].isdigit():
                    sides.setdefault((k, o), []).append(i)
                    if not tail:
                        tail = k, o
                        row.tails[tail] = [i]
                elif (k, o) not in sides and row.ids[i] in self.colours + self.shapes:
                    names.setdefault((k, o), []).append(i)
                    row.weight[i - 1] = 2.0
                elif "]" in self.pieces[row.ids[i]]:  # whether another shape follows, and whether this one changes; what the first line forgets, all do
                    row.weight[i] = 3.0 if k else 6.0
        again = []
        for a, b, k, o, side in walk.repeats:
            for j, i in enumerate(i for i, c in enumerate(at, start) if a + shift <= c < b + shift):
                row.sought["copy"][0][i - 1] = 5000 + 8 * k + j if o is None else 32 * k + 4 * o + side
                if o is not None:
                    again.append(((k, o), i))
        for a, b, o in walk.follows:
            for i, c in enumerate(at, start):
                if a + shift <= c < b + shift:
                    row.sought["follow"][0][i - 1] = o + 1 if o + 1 < len(walk.follows) else NONE
        for i, c in enumerate(at, start):
            if walk.follows and c == end:
                row.sought["follow"][1][i] = NONE
        for a, b, k in walk.moments:
            for j, i in enumerate(i for i, c in enumerate(at, start) if a + shift <= c < b + shift):
                row.sought["copy"][0][i - 1] = 5000 + 8 * k + j
        for a, b, o in walk.widths:
            for i, c in enumerate(at, start):
                if a + shift <= c < b + shift:
                    row.sought["copy"][1][i] = WIDE + o
        said = [x for x in walk.repeats] + [(len(walk.text), 0, 0, None, None)]
        for (_, a, *_), (b, *_) in zip(said, said[1:]):
            for i, c in enumerate(at, start):  # the signs and the verdicts: few tokens on which all answers stand
                if a + shift <= c < b + shift:
                    row.weight[i - 1] = 4.0
        return sides, names, again

    def row(self, f, layout, cell, kept, who, system, past, questions, names, rng=None):
        """questions: [(kind, Question)] that share the video; past: [(question, answer as it is given back)] before them.
        With `rng` there are mistakes in the thought that is read, not in the one that is learnt."""
        row = Row(self)
        leads = layout == "question-first" and not past
        asked = lambda q: self.encode(q.text + "Frame" if leads else q.text)
        row.text("[gMASK]<sop>" + (f"<|system|>\n{system}" if system else "") + "<|user|>\n")
        if leads:
            row.add(asked(questions[0][1]), 1)
            end = row.next
        elif layout == "question-first":
            row.text(past[0][0] + "Frame")
        self.frames(row, f, layout, cell, kept, who, layout == "question-first")
        for k, (question, answer) in enumerate(past):
            row.text(f"<|user|>\n{question}" if k else "" if layout == "question-first" else question)
            row.text(f"<|assistant|>\n{answer}")
        if past:
            row.text("<|user|>\n")
        if not leads:
            row.add(asked(questions[0][1]), 1)
            end = row.next
        row.text("<|assistant|>\n")
        strange = isinstance(f.scene, Stranger)
        walk = None if strange else f.thought()
        start = row.learn(f"<think>{walk.text if walk else STRANGE}", 0, 0, walk.exact if walk else (), before=len(row.ids) - 1)
        if walk:
            sides, called, again = self.guide(row, walk, start)
            if rng:
                followed = {(k, q.traced[0]) for _, q in questions if q.traced for k in range(len(f.walk))}
                true = followed | {q.near for _, q in questions} | {line for _, q in questions for line in q.lines} | {which for which, _ in again}
                spoil(row, sides, called, true, rng)
                hide(row, true)
            for (k, o), tokens in sides.items():
                for j, i in enumerate(tokens):
                    row.sought["copy"][1][i] = 32 * k + 4 * o + j
            at = self.starts(f"<think>{walk.text}")
            clauses = [[i for i, c in enumerate(at, start) if a <= c - len("<think>") < b] for a, b in walk.clauses]
            for o, tokens in enumerate(clauses):
                for j, i in enumerate(tokens):
                    row.sought["clause"][1][i] = 32 * o + j
        last, resume = len(row.ids) - 1, row.next
        for k, (kind, q) in enumerate(questions):
            part, group = k + 1, 2 * len(names) + 1
            if k:
                ids = asked(q)
                row.add(ids, part, end - len(ids))
            row.next = resume
            begin = len(row.ids)
            said = f"{NO_SHAPES if strange else q.thought(kind)}</think>"
            row.learn(said, part, group, before=None if k else last)
            reason, starts = said.find(" So:"), self.starts(said)
            if walk:
                nearest(row, f, said, starts, begin)
                sized(row, f, said, starts, begin)
                if q.traced:
                    traced(row, f, q, said, starts, begin)
                if q.box and not q.near:
                    halved(row, q, said, starts, begin, HALF + 4 * part)
            if kind in COMPARED:
                told, looked = (list(pattern.finditer(said)) for pattern in COMPARED[kind])
                if told and looked:
                    compared(row, starts, begin, told[0].span(1), [m.span(1) for m in looked])
            for i, c in enumerate(starts, begin):  # what is weighed and found: few tokens, and the answer is read off them
                if 0 <= reason < c:
                    row.weight[i - 1] = 6.0 if row.ids[i] in self.verdicts else 3.0
            start = row.learn(f"<answer>{REFUSAL if strange else q.answer}</answer><|user|>", part, group + 1, q.box, before=len(row.ids) - 1)
            sides_said = [i for i in range(start, len(row.ids)) if self.pieces[row.ids[i]].isdigit()] if q.box else []
            if q.box and q.near:  # the answer's sides are those of the thought about the nearest frame, or not far from them
                k, o = q.near
                for j, i in enumerate(sides_said):
                    row.sought["copy"][0][i - 1] = 32 * k + 4 * o + j
            elif q.box and walk:  # or half way between those of two
                for j, i in enumerate(sides_said):
                    row.sought["copy"][0][i - 1] = HALF + 4 * part + j
            if walk:
                repeated(row, clauses, begin)
            names.append("stranger" if strange else kind)
        if rng and walk:
            row.next = resume
            self.drill(row, len(questions) + 1, rng)
        return row

    def drill(self, row, part, rng):
        """A branch that asks nothing: eight widths from their sides. Three shapes a video are too few to learn to subtract from."""
        text, widths = " So:", []
        for _ in range(8):
            left, right = sorted(rng.sample(range(100), 2)) if rng.random() < 0.3 else (a := rng.randrange(95), min(99, a + rng.randrange(3, 45)))
            text += f" {rng.choice('123')} {rng.choice(COLOURS)} {rng.choice(SHAPES)} {10 * left},{10 * right} "
            widths.append((len(text), len(text) + len(str(10 * (right - left)))))
            text += f"{10 * (right - left)};"
        start = row.learn(text, part, 0, before=None)
        tokens = {i for span in widths for i in spanned(self.starts(text), start, span)}
        for i in range(start, len(row.ids)):
            if i + 1 not in tokens:
                row.aim[i] = -1
            row.weight[i] = 4.0


def scene_for(rng, size, layout, frames, duration, **kind):
    while True:
        scene = Scene(rng, size, duration=duration, **kind)
        f = Facts(scene, video_times(scene.duration, scene.rate) if layout == "video" else even_times(scene.duration, frames, scene.rate), layout == "video")
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
            _, q = ask(f, rng, kinds, it)
            past.append((q.text, f"<answer>{q.answer}</answer>" if rng.random() < 0.5 else q.answer))
            it = q.focus
    return past, [ask(f, rng, kinds, it if rng.random() < 0.5 else None) for _ in range(branches)]


def ask_stranger(rng):
    """A question about a video that is not of this world: any question will do."""
    return ask(scene_for(rng, (640, 360), "frames-first", 6, 4), rng)[1]


def rows_of(talker, rng, counts, kinds, tokens, strange=0.07, slides=0.0, sparse=0.0, branches=8, pixels=True, h264=0.1):
    """Rows about frames of one size and number, of about `tokens` tokens in all: the frames, which of their cells stand in the
    rows, the labels of these, the packed rows, and the kinds of the questions.

    `sparse` is how many of the cells that show no shape are left out: they cost as much as the others and teach little.
    """
    layout = rng.choices(["frames-first", "question-first", "video"], [0.32, 0.31, 0.37])[0]
    size, count, duration = rng.choice(SIZES), rng.choice(counts), None
    if layout == "video":
        count += count % 2
        duration = count / 2 if count > 2 else rng.choice([1.0, 1.5])
        w, h = fit(size, count, VIDEO_AREA)
        while w * h > 100000 and not pixels:
            w, h = (max(28, n // 56 * 28) for n in (w, h))
    else:
        w, h = fit(size)
    cell = (h // 28, w // 28)
    frames, rows, dense, stand, names, room = [], [], [], [], [], tokens
    length = None
    while room > 0:
        kind = rng.random()
        if kind < strange:
            scene = Stranger(rng, size, duration)
            f = Facts(scene, video_times(scene.duration) if layout == "video" else even_times(scene.duration, count), layout == "video")
        elif kind < strange + slides:
            span, rate = duration or rng.choice([2, 3, 4, 5, 8]), rng.choice([10.0, 24.0, 25.0, 30.0, 30000 / 1001])
            f = Slides(rng, size, video_times(span, rate) if layout == "video" else even_times(span, count, rate), layout == "video")
        else:
            # What is easily mistaken is rare, and shown more often: one goes where another comes, several of one colour or one shape, three
            # at once, one before another; and a large one alone, of which many cells tell: it was told twice in one film of fourteen.
            sudden = rng.random() < (0.4 if layout == "video" else 0.15) and count > 2
            alike = rng.choices([{}, {"count": 3}, {"count": rng.choice([2, 3, 3]), "colours": [rng.choice(COLOURS)]},
                                 {"count": rng.choice([2, 3, 3]), "kinds": [rng.choice(SHAPES)]}, {"count": rng.choice([2, 3]), "loose": 1}, {"count": rng.choice([1, 1, 2]), "big": True}],
                                [0.32, 0.25, 0.11, 0.15, 0.08, 0.09] if count > 2 else [0.2, 0.27, 0.13, 0.2, 0.1, 0.1])[0]
            actions = SUDDEN if sudden else [rng.choice(ACTIONS)] if count > 5 and rng.random() < 0.1 else ACTIONS
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


class Batch:
    """ids [B, T], positions [3, B, T], see [B, 1, T, T]; aim, high [B, T] (-1: none), share [B, T], group [B, T]: 0 the thought, 2 k + 1 what
    branch k says was asked, 2 k + 2 its answer."""


def pack(rows, pad):
    longest, b = max(len(r.ids) for r in rows), Batch()
    fill = lambda name, v, kind=np.int64: torch.from_numpy(np.stack([np.pad(np.asarray(getattr(r, name), kind), (0, longest - len(r.ids)), constant_values=v) for r in rows]))
    b.ids, part, b.aim, b.high, b.group = (fill(n, v) for n, v in (("ids", pad), ("part", -1), ("aim", -1), ("high", -1), ("group", -1)))
    b.share, b.weight, part = fill("share", 0.0, np.float32), fill("weight", 1.0, np.float32), part.to(torch.int8)
    b.positions = torch.from_numpy(np.stack([np.pad(np.asarray(r.at, np.int64), ((0, longest - len(r.ids)), (0, 0))) for r in rows])).permute(2, 0, 1)
    thought, first = part == 0, part == 1
    b.see = past(longest) & (thought[:, None, :] | (part[:, None, :] == part[:, :, None]) | thought[:, :, None] & first[:, None, :])
    line, hidden = fill("line", -1), fill("hidden", -1)
    b.see = (b.see & ((hidden < 0)[:, None, :] | (line[:, :, None] <= hidden[:, None, :])))[:, None]
    b.sought = {name: tuple(torch.from_numpy(np.stack([np.pad(np.asarray(r.sought[name][k]), (0, longest - len(r.ids)), constant_values=-1) for r in rows])) for k in (0, 1)) for name in SOUGHT}
    return b


@functools.lru_cache(maxsize=64)
def past(n):
    return torch.ones(n, n, dtype=torch.bool).tril()[None]
