"""What the vision tower is to say of a cell, as a vector in the space of the language model's tokens.

The two halves of the model learn at the same time, apart from each other: the tower learns to write these codes, the
language model learns to read them. Then they are put together. A code holds two colours (at both frames of a pair), a
shape, the box of that shape and how the box moves within the pair, each in directions of its own.
"""
import math

import numpy as np
import torch

from model import HIDDEN
from scenes import COLOURS, SHAPES

NOTHING, STRANGE = 0, 1 + len(COLOURS)
COLOUR, SHAPE, WAVES = STRANGE + 1, len(SHAPES) + 1, 10
WIDTHS = {"first": COLOUR, "second": COLOUR, "shape": SHAPE, "box": 4 * WAVES, "shift": 4}
AT = dict(zip(WIDTHS, np.cumsum([0, *WIDTHS.values()]).tolist()))
SIZE = sum(WIDTHS.values())
CLASS, WAVE = 5.0, 1.5  # how long the parts are: the whole is then about as long as an embedding of deviation 1
DIRECTIONS = torch.linalg.qr(torch.randn(HIDDEN, SIZE, generator=torch.Generator().manual_seed(7)))[0]  # [C, SIZE], orthonormal
# Where the words of numbers keep their waves: beside the codes.
NUMBERS = torch.linalg.qr(torch.cat((DIRECTIONS, torch.randn(HIDDEN, WAVES, generator=torch.Generator().manual_seed(8))), 1))[0][:, SIZE:]


def part(z, name):
    """The coordinates of one part of codes [..., SIZE]."""
    return z[..., AT[name] : AT[name] + WIDTHS[name]]


def coordinates(what, box, shift):
    """Labels of cells -> [N, SIZE]. what [N, 3]: the two colours and the shape; box [N, 4] or -1 where there is none; shift [N, 4]."""
    out = torch.zeros(len(what), SIZE)
    rows = torch.arange(len(what))
    for k, name in enumerate(("first", "second", "shape")):
        out[rows, AT[name] + what[:, k]] = CLASS
    on = box[:, :1] >= 0
    part(out, "box").copy_(torch.where(on, WAVE * waves(box.clamp(0, 1).flatten()).view(len(box), -1), 0.0))
    part(out, "shift").copy_(torch.where(on, (30 * shift).clamp(-4, 4), 0.0))
    return out


def write(what, box, shift):
    """-> [N, HIDDEN]"""
    return coordinates(what, box, shift) @ DIRECTIONS.T


def waves(v):
    """Shares of the frame [N] -> [N, WAVES]"""
    return torch.cos(math.pi * v[:, None] * torch.arange(1, WAVES + 1))


@torch.no_grad()
def name(embedding, head, token):
    """Lets the words that name what the codes hold begin near these codes, so that reading a cell is nearly copying it.

    `token` gives the id of a text that is one token.
    """
    def begin(ids, directions):
        embedding[ids] += directions
        head[ids] += 0.06 * directions
    begin([token("Ġ" + c) for c in COLOURS], CLASS * DIRECTIONS[:, AT["first"] + 1 :][:, : len(COLOURS)].T)
    begin([token("Ġ" + s) for s in SHAPES], CLASS * DIRECTIONS[:, AT["shape"] + 1 :][:, : len(SHAPES)].T)
    begin([token(str(10 * i)) for i in range(100)], WAVE * waves(torch.arange(100) / 100) @ NUMBERS.T)
