"""Phase 0: the vision tower learns alone, from dense labels: what covers each cell, and where exactly that shape is.

usage: vision.py OUT.pt MINUTES [--resume FROM.pt]
"""
import argparse
import math

import numpy as np
import torch
import torch.nn.functional as F

from frames import VIDEO_AREA, fit, normalise
from learn import learn
from model import CONFIG
from scenes import COLOURS, SHAPES, SIZES, Scene
from strangers import Stranger
from twin import Visual

BINS = 51  # of a box's side, 2 % of the frame apart; a place between two bins is shared by both
OTHER = 1 + len(COLOURS)


def labels(scene, t, u, w, h):
    """For each cell of a pair of frames at t and u: (colour at t, colour at u, shape) and the box at t, or -1 where nothing is."""
    label, box = np.zeros((w * h // 784, 3), np.int64), np.full((w * h // 784, 4), -1, np.float32)
    if isinstance(scene, Stranger):
        label[:] = (OTHER, OTHER, 0)
        return label, box
    name = lambda s, at: 1 + COLOURS.index(at[0]) if (at := scene.state(s, at)) else 0
    late = scene.cells(u, w, h) if u != t else None
    for i, k in enumerate(scene.cells(t, w, h)):
        if k >= 0:
            s = scene.shapes[k]
            label[i], box[i] = (name(s, t), name(s, u), 1 + SHAPES.index(s.shape)), scene.box(s, t)
        elif late is not None and late[i] >= 0:
            label[i, 1] = name(scene.shapes[late[i]], u)
    return label, box


def batch(rng, easy=0.0):
    """Frames of one size as uint8 [B, 2, H, W, 3], and for each cell: two colours, a shape, a box."""
    size = rng.choice(SIZES)
    pairs = rng.random() < 0.4
    w, h = fit(size, rng.choice(range(4, 21, 2)), VIDEO_AREA) if pairs else fit(size)
    count = max(6, round(700 / (w * h / 784)))
    x, what, where = [], [], []
    for _ in range(count):
        strange = rng.random() < 0.08
        big = rng.random() < easy
        scene = Stranger(rng, size) if strange else Scene(rng, size, count=1 if big else None, big=big)
        t = rng.uniform(0, scene.duration)
        if not strange and pairs and rng.random() < 0.3:  # a pair that straddles an event
            s = rng.choice(scene.shapes)
            t = s.a - rng.uniform(0, 0.5) if s.action in ("appears", "disappears", "turns") else t
        t = max(0, t)
        u = t + 0.5 if pairs else t
        first = scene.render(t, w, h)
        x.append(np.stack((first, scene.render(u, w, h) if pairs else first)))
        label, box = labels(scene, t, u, w, h)
        what.append(label)
        where.append(box)
    return np.stack(x), np.stack(what), np.stack(where)


def loss_of(z, what, where):
    """-> loss, and the shares of covered cells with the right colour, right shape, and the mean error of a side."""
    z, what, where = z.flatten(0, 1), what.flatten(0, 1), where.flatten(0, 1)
    sides = z[:, 26:].view(-1, 4, BINS)
    weight = torch.where((what > 0).any(1), 1.0, 0.1)
    parts = (z[:, :10], 1), (z[:, 10:20], 1), (z[:, 20:26], 2.5)
    loss = sum(share * F.cross_entropy(part, what[:, k], reduction="none") for k, (part, share) in enumerate(parts))
    loss = (loss * weight).sum() / weight.sum()
    on = where[:, 0] >= 0
    at = where[on].clamp(0, 1) * (BINS - 1)
    low = at.floor().clamp(max=BINS - 2)
    share = at - low
    logp = F.log_softmax(sides[on], -1)
    pick = lambda k: logp.gather(2, k.long()[..., None])[..., 0]
    loss = loss - ((1 - share) * pick(low) + share * pick(low + 1)).mean()
    with torch.no_grad():
        guess = (logp.exp() * torch.arange(BINS)).sum(-1)
        return loss, (z[on, :10].argmax(1) == what[on, 0]).float().mean(), (z[on, 20:26].argmax(1) == what[on, 2]).float().mean(), ((guess - at).abs() / (BINS - 1)).mean()


def loss_of_batch(net, rng, part):
    x, what, where = batch(rng, 0.9 - 1.2 * part if part < 0.6 else 0.1)
    loss, *scores = loss_of(net["head"](net["visual"](normalise(x))), torch.from_numpy(what), torch.from_numpy(where))
    return loss, dict(zip(("colour", "shape", "side"), (s.item() for s in scores))), len(x)


def waves(n=14):
    """First filters [96, 3, 2, n, n]: smooth waves over the patch, finer ones amplified, so that a flat ground does not drown the edges."""
    x = torch.arange(n) + 0.5
    wave = torch.stack([torch.cos(math.pi * u * x / n) * (2 / n) ** 0.5 * (0.5**0.5 if u == 0 else 1) for u in range(n)])
    mixes = [torch.tensor(m) / torch.tensor(m).norm() for m in ([1.0, 1, 1], [1.0, 0, -1], [1.0, -2, 1])]
    filters = []
    for halves, kinds in ((torch.tensor([0.5, 0.5]), (7, 4, 4)), (torch.tensor([0.5, -0.5]), (3, 1, 2))):
        for mix, k in zip(mixes, kinds):
            for u in range(k):
                for v in range(k):
                    gain = 0.08 * (1 + 1.5 * (u + v))
                    filters.append(gain * mix[:, None, None, None] * halves[:, None, None] * wave[u][:, None] * wave[v])
    return torch.stack(filters)


def make():
    c = CONFIG["vision_config"]
    net = torch.nn.ModuleDict({"visual": Visual(c), "head": torch.nn.Linear(c["out_hidden_size"], 26 + 4 * BINS)})
    for p in net["visual"].parameters():
        if p.dim() > 1:
            torch.nn.init.normal_(p, std=p[0].numel() ** -0.5)
    torch.nn.init.normal_(net["visual"].embeddings.position_embedding.weight, std=0.5)
    with torch.no_grad():
        filters = waves()
        net["visual"].patch_embed.proj.weight[: len(filters)] = filters
        net["visual"].patch_embed.proj.bias.zero_()
    return net


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("out"), p.add_argument("minutes", type=float), p.add_argument("--resume"), p.add_argument("--seed", type=int, default=0)
    p.add_argument("--rate", type=float, default=1.2e-3)
    a = p.parse_args()
    torch.manual_seed(a.seed)
    net, resume = make(), torch.load(a.resume) if a.resume else None
    if resume:
        net.load_state_dict(resume["net"])
    learn(net, [{"params": list(net.parameters())}], loss_of_batch, {"name": "phase 0", "seconds": a.minutes * 60, "rate": a.rate}, a.out, a.seed, resume=resume)


if __name__ == "__main__":
    main()
