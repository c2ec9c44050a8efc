"""One video's row of tokens with everything that training needs to know of each, and rows packed into a batch."""
import functools

import numpy as np
import torch

# What attention is taught, as it is what is learnt last: a picture's tokens and a line of the thought look at their own time ("time"),
# what is said of a shape looks at its cells in that frame ("cells"), and the time of the next line at the time of the next frame ("next").
# What ends a shape, and so decides whether another follows, looks at that one's cells, or at the picture's end where none is left.
# What ends a shape's clause looks for a shape of the next number ("follow"), or at where the clauses begin. A word that is compared looks for itself ("same").
# One head carries 32 numbers, the code of a cell has more: three look at the cells.
SOUGHT = {"time": [(1, 0)], "cells": [(2, 0), (2, 3), (3, 2), (4, 0)], "next": [(2, 2)], "copy": [(3, 0)], "clause": [(3, 1)], "follow": [(3, 3)], "same": [(4, 1)]}  # layer, head
# What looks and what it should find share a mark, a number that nothing else has under that name.
NONE = 7  # in the place of a shape's number
WIDTH, HALF = 9000, 20000  # "copy": marks of the shapes' widths, and of sides that are no line's own


def cell_mark(frame, shape):
    """In "cells": a shape in a frame."""
    return 8 * frame + shape


def line_mark(frame):
    """In "time": the line of the thought about a frame; a frame's own pictures and time have its number."""
    return 1000 + frame


def time_mark(frame, token):
    """In "copy", "next": a token of a frame's time."""
    return 5000 + 8 * frame + token


def side_mark(frame, shape, side):
    """In "copy": a side of a shape in the line about a frame."""
    return 32 * frame + 4 * shape + side


def clause_mark(shape, token):
    """In "clause": a token of what is said of a shape."""
    return 32 * shape + token


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
