"""Training by one or more one-thread processes on shared weights.

On a machine that others use too, two threads of one process wait for each other at every layer; two processes do not.
Each makes its own batches and gradients; the weights and the moments lie in shared memory and are updated in turn.
Matrices are updated by Muon (momentum, then the nearest orthogonal matrix: kellerjordan.github.io/posts/muon), the rest,
the embedding and the head by Adam. What is saved is the mean of the weights over the last quarter of the run so far (polynomial-decay
averaging, Shamir and Zhang 2013): with batches this small the weights themselves are noise around it.
"""
import collections
import pathlib
import random
import time

import torch
import torch.multiprocessing as mp

from kernels import NARROW

ADAM = ("embed_tokens", "lm_head", "position_embedding")
SNAPSHOT = 2.0  # seconds between the weights that the mean is of
GATED = (".mlp.", "merger.gate", "merger.up", "merger.down")  # decay leaves a unit of a gated layer no way back: three in five had died of 0.3


def orthogonal(x):
    """The nearest matrices to x [n, rows, columns], no more rows than columns, with singular values near 1: by five Newton-Schulz steps."""
    x = (x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)).to(torch.bfloat16 if NARROW else x.dtype)
    for _ in range(5):
        a = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(a, a, a, beta=-4.7750, alpha=2.0315), x, beta=3.4445)
    return x.float()


class Optimizer:
    """Muon for matrices, Adam for the others; `rate` scales both. All state lies in shared memory."""

    def __init__(self, net, muon=0.015, adam=0.003, decay=0.3):
        self.muon, self.adam, self.decay, self.step_count = muon, adam, decay, torch.zeros((), dtype=torch.float64)
        self.matrices = [(n, p) for n, p in net.named_parameters() if p.dim() > 1 and not any(a in n for a in ADAM)]
        self.others = [(n, p) for n, p in net.named_parameters() if p.dim() <= 1 or any(a in n for a in ADAM)]
        self.state = {n: [torch.zeros_like(p)] for n, p in self.matrices} | {n: [torch.zeros_like(p), torch.zeros_like(p)] for n, p in self.others}
        for t in [self.step_count, *(t for s in self.state.values() for t in s)]:
            t.share_memory_()

    @torch.no_grad()
    def step(self, rate, share):
        """`share` maps a parameter's name to its part of the rate."""
        self.step_count += 1
        k = float(self.step_count)
        alike = collections.defaultdict(list)
        for n, p in self.matrices:
            if p.grad is None or not share(n):
                continue
            g, m = p.grad.flatten(1), self.state[n][0].view(len(p), -1)
            m.lerp_(g, 0.05)
            g = g.lerp(m, 0.95)
            alike[tuple(sorted(g.shape))].append((n, p, g))
        for group in alike.values():
            for (n, p, g), update in zip(group, orthogonal(torch.stack([g.T if g.shape[0] > g.shape[1] else g for *_, g in group]))):
                lr = self.muon * rate * share(n)
                scale = max(1, g.shape[0] / g.shape[1]) ** 0.5
                update = update.T if g.shape[0] > g.shape[1] else update
                p.mul_(1 - self.decay * lr * (0.1 if any(part in n for part in GATED) else 1)).add_(update.reshape(p.shape), alpha=-lr * scale)
        for n, p in self.others:
            if p.grad is None or not share(n):
                continue
            a, b = self.state[n]
            a.lerp_(p.grad, 0.1), b.lerp_(p.grad**2, 0.02)
            p.addcdiv_(a / (1 - 0.9**k), (b / (1 - 0.98**k)).sqrt() + 1e-8, value=-self.adam * rate * share(n))

    def load(self, state):
        self.step_count.copy_(state["step"])
        for n, tensors in state["moments"].items():
            for mine, its in zip(self.state[n], tensors):
                mine.copy_(its)


def _work(net, optimizer, loss_of, seed, plan, shared, lock, note):
    torch.set_num_threads(1)
    torch.set_float32_matmul_precision("medium")  # products of f32 are oneDNN's then, where MKL takes twice the time on other makers' processors
    torch.set_flush_denormal(True)  # of a token that is certain all other shares are near 1e-40: products with such numbers take a hundred times as long
    import cv2
    cv2.setNumThreads(1)
    rng = random.Random(seed)
    parameters = list(net.parameters())
    mean, reported = {}, 0.0
    share, floor = plan.get("share", lambda name: 1.0), plan.get("floor", 0.03)
    while (spent := time.time() - plan["start"]) < plan["seconds"]:
        part = spent / plan["seconds"]
        for p in parameters:
            p.grad = None
        loss, scores, count = loss_of(net, rng, part)
        loss.backward()
        if not torch.isfinite(torch.nn.utils.clip_grad_norm_(parameters, 1.0)):
            continue
        warm = min(1, (shared[0].item() + 1) / plan["warm"])
        cool = 1.0 if part < plan["flat"] else floor + (1 - floor) * (1 - part) / (1 - plan["flat"])
        with lock:
            optimizer.step(plan["rate"] * warm * cool, share)
            shared[0] += 1
            shared[1] += count
        for k, v in {"loss": loss.item(), **scores}.items():
            if v == v:
                mean[k] = v if k not in mean else 0.97 * mean[k] + 0.03 * v
        if note and spent - reported > 20:
            reported = spent
            line = " ".join(f"{k} {v:.4f}" for k, v in mean.items())
            print(f"{plan['name']} {spent:.0f} s step {int(shared[0])} {line} items/s {shared[1].item() / spent:.1f}", flush=True)


def learn(net, loss_of, plan, out, seed=0, workers=2, resume=None, every=120):
    """Trains `net` for plan["seconds"] and saves the mean of its weights, moments and step to `out` every few minutes and at the end."""
    torch.set_num_threads(1)
    net.share_memory()
    optimizer = Optimizer(net)
    shared = torch.zeros(2, dtype=torch.float64)
    if resume and resume.get("moments", {}).keys() == optimizer.state.keys():  # else another phase's, or weights alone
        optimizer.load(resume)
    shared.share_memory_()
    plan = {"warm": 50, "flat": 0.4, "start": time.time(), **plan}
    context = mp.get_context("fork")
    lock = context.Lock()
    begin = int(optimizer.step_count)
    tasks = [context.Process(target=_work, args=(net, optimizer, loss_of, f"{plan['name']} {seed} {begin} {i}", plan, shared, lock, i == 0)) for i in range(workers)]
    for t in tasks:
        t.start()

    mean, seen = {n: w.clone() for n, w in net.state_dict().items()}, 0

    def save():
        with lock:
            torch.save({"net": mean, "moments": optimizer.state, "step": optimizer.step_count}, f"{out}.new")
        pathlib.Path(f"{out}.new").rename(out)

    saved = time.time()
    while any(t.is_alive() for t in tasks):
        time.sleep(SNAPSHOT)
        seen += 1
        with lock:
            for n, w in net.state_dict().items():
                mean[n].lerp_(w, min(1, 4 / (seen + 3)))
        if time.time() - saved > every:
            saved = time.time()
            save()
        if any(t.exitcode for t in tasks):
            [t.terminate() for t in tasks]
            raise SystemExit("a training process has died: see the lines above")
    save()
