"""Phase 0: the vision tower learns alone to write the codes of `codes.py`: what covers each cell, and where exactly that shape is.

usage: vision.py OUT.pt MINUTES [--resume FROM.pt or model.safetensors, of any phase]
"""
import argparse
import math

import numpy as np
import torch
import torch.nn.functional as F

import codes
from frames import VIDEO_AREA, fit, normalise
from learn import learn
from model import CONFIG, load
from scenes import ACTIONS, COLOURS, SHAPES, SIZES, SUDDEN, Scene
from strangers import Stranger
from twin import Visual


def labels(scene, t, u, w, h):
    """For each cell of a pair of frames at t and u: (colour at t, colour at u, shape), the box at t, or -1 where nothing is, and its shift; and
    the scene's shape, or -1."""
    n = w * h // 784
    who = np.full(n, -1)
    label, box, shift = np.zeros((n, 3), np.int64), np.full((n, 4), -1, np.float32), np.zeros((n, 4), np.float32)
    if isinstance(scene, Stranger):
        if scene.kind != "blank":
            label[:] = (codes.STRANGE, codes.STRANGE, 0)
        return label, box, shift, who
    name = lambda s, at: 1 + COLOURS.index(at[0]) if (at := scene.state(s, at)) else 0
    early, late = scene.cells(t, w, h), scene.cells(u, w, h) if u != t else None
    facts = {}
    for i in range(n):
        k = early[i] if early[i] >= 0 or late is None else late[i]
        if k < 0:
            continue
        if k not in facts:
            s = scene.shapes[k]
            a, b = scene.box(s, t), scene.box(s, u)
            facts[k] = (name(s, t), name(s, u), 1 + SHAPES.index(s.shape)), a or b, np.subtract(b, a) if a and b else 0
        label[i], box[i], shift[i] = facts[k]
        who[i] = k
    return label, box, shift, who


def batch(rng, part):
    """Frames of one size as uint8 [B, 2, H, W, 3], and the labels of each cell. Small frames of one large shape come first: without
    them the shape stays a guess for long."""
    easy = max(0.0, 0.8 - 2.4 * part)
    size, pairs, small = rng.choice(SIZES), rng.random() < 0.6, rng.random() < easy
    duration = rng.choice([2, 2, 2, 3, 3, 4, 5, 6, 8, 10]) if pairs else None  # the shorter a video, the faster what moves in it, and the larger its frames
    if small:
        w, h = fit(size, 2, rng.choice([20000, 26000, 36000]))
    elif pairs:
        w, h = fit(size, 2 * duration, VIDEO_AREA)
    else:
        w, h = fit(size)
    count = max(4, round(900 / (w * h / 784)))
    x, rows = [], []
    for _ in range(count):
        strange = rng.random() < 0.1
        big = small or rng.random() < 0.1
        sudden = pairs and rng.random() < 0.4  # a pair that straddles an event, which is rare and seen by nothing else
        scene = Stranger(rng, size) if strange else Scene(rng, size, 1 if big else rng.choice([1, 2, 2, 3, 3]), duration, big, SUDDEN if sudden else ACTIONS, loose=0.2)
        t = rng.uniform(0, scene.duration)
        if sudden and not strange:
            t = rng.choice(scene.shapes).a - rng.uniform(0, 0.5)
        t = max(0, t)
        u = t + 0.5 if pairs else t
        first = scene.render(t, w, h)
        x.append(np.stack((first, scene.render(u, w, h) if pairs else first)))
        rows.append(labels(scene, t, u, w, h)[:3])
    return np.stack(x), *(torch.from_numpy(np.stack(r)) for r in zip(*rows))


def loss_of(z, what, box, shift):
    """z [B, N, C] -> loss, and the shares of covered cells with the right colours and shape, and the mean error of a side."""
    z, what, box, shift = z.flatten(0, 1), what.flatten(0, 1), box.flatten(0, 1), shift.flatten(0, 1)
    on = box[:, 0] >= 0
    weight = torch.where(on, 1.0, 0.15)
    got, want = z @ codes.DIRECTIONS, codes.coordinates(what, box, shift)
    names = ("first", "second", "shape")
    loss = sum(share * F.cross_entropy(1.5 * codes.part(got, name), what[:, k], reduction="none") for k, (name, share) in enumerate(zip(names, (1, 1, 2))))
    finer = 1 / torch.arange(1.0, codes.WAVES + 1).repeat(4)  # coarse waves first: the fine ones are noise until those are right
    miss = ((codes.part(got, "box") - codes.part(want, "box")) ** 2 * finer).sum(1) + ((codes.part(got, "shift") - codes.part(want, "shift")) ** 2).sum(1) * 0.1
    loss = loss + 0.5 * miss + 0.05 * ((z - want @ codes.DIRECTIONS.T) ** 2).mean(1)
    loss = (loss * weight).sum() / weight.sum()
    with torch.no_grad():
        right = [(codes.part(got[on], name).argmax(1) == what[on, k]).float().mean() for k, name in enumerate(names)]
        grid = torch.linspace(0, 1, 401)
        waves = torch.cos(math.pi * grid[:, None] * torch.arange(1, codes.WAVES + 1)) * codes.WAVE
        some = on.nonzero()[:64, 0]
        sides = grid[torch.cdist(codes.part(got[some], "box").reshape(-1, codes.WAVES), waves).argmin(1)].view(-1, 4)
        return loss, *right, (sides - box[some]).abs().mean()


def loss_of_batch(net, rng, part):
    x, *rest = batch(rng, part)
    loss, *scores = loss_of(net["visual"](normalise(x)), *rest)
    return loss, dict(zip(("colour", "second", "shape", "side"), (s.item() for s in scores))), len(x)


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


def places(side, n):
    """First learned positions [side * side, n]: waves over the frame, the coarse ones first."""
    x = (torch.arange(side) + 0.5) / side
    pairs = sorted(((u, v) for u in range(side) for v in range(side)), key=lambda p: (p[0] + p[1], p))[1:]
    table = torch.stack([(torch.cos(math.pi * u * x)[:, None] * torch.cos(math.pi * v * x)).flatten() for u, v in pairs], 1)
    return torch.cat((table, torch.zeros(side * side, max(0, n - table.shape[1]))), 1)[:, :n]


def make():
    c = CONFIG["vision_config"]
    net = torch.nn.ModuleDict({"visual": Visual(c)})
    for p in net.parameters():
        if p.dim() > 1:
            torch.nn.init.normal_(p, std=p[0].numel() ** -0.5)
    with torch.no_grad():
        for block in net["visual"].blocks:  # what the blocks add must not drown the places
            block.attn.proj.weight *= 0.3
            block.mlp.down_proj.weight *= 0.3
        filters, n = waves(), c["hidden_size"]
        net["visual"].patch_embed.proj.weight[: len(filters)] = filters
        net["visual"].patch_embed.proj.bias.zero_()
        mix = torch.linalg.qr(torch.randn(n, n))[0]
        net["visual"].embeddings.position_embedding.weight.copy_(1.5 * places(c["image_size"] // 14, n) @ mix)
    return net


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("out"), p.add_argument("minutes", type=float), p.add_argument("--resume"), p.add_argument("--seed", type=int, default=0)
    p.add_argument("--rate", type=float, default=1.0), p.add_argument("--workers", type=int, default=1)
    a = p.parse_args()
    torch.manual_seed(a.seed)
    net, resume = make(), load(a.resume) if a.resume else None
    if resume:
        net.load_state_dict({k.removeprefix("twin.model."): v for k, v in resume["net"].items() if "visual" in k})
    batches = (lambda net, rng, part: loss_of_batch(net, rng, 1.0)) if resume else loss_of_batch
    learn(net, batches, {"name": "phase 0", "seconds": a.minutes * 60, "rate": a.rate, "flat": 0.1 if resume else 0.25}, a.out, a.seed, workers=a.workers, resume=resume)


if __name__ == "__main__":
    main()
