"""Training by several one-thread processes on shared weights.

On a machine that others use too, two threads of one process wait for each other at every layer; two processes do not.
Each makes its own batches and gradients; the weights and Adam's moments lie in shared memory and are updated in turn.
"""
import math
import pathlib
import random
import time

import torch
import torch.multiprocessing as mp



def _work(net, optimizer, loss_of, seed, plan, shared, lock, note):
    torch.set_num_threads(1)
    import cv2
    cv2.setNumThreads(1)
    rng = random.Random(seed)
    parameters = [p for g in optimizer.param_groups for p in g["params"]]
    mean, reported = {}, 0.0
    while (spent := time.time() - plan["start"]) < plan["seconds"]:
        part = spent / plan["seconds"]
        for p in parameters:
            p.grad = None
        loss, scores, count = loss_of(net, rng, part)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        warm = min(1, (shared[0].item() + 1) / plan["warm"])
        floor = plan.get("floor", 0.03)
        with lock:
            for g in optimizer.param_groups:
                g["lr"] = g.get("share", 1.0) * plan["rate"] * warm * (floor + (1 - floor) * (1 + math.cos(math.pi * part)) / 2)
            optimizer.step()
            shared[0] += 1
            shared[1] += count
        for k, v in {"loss": loss.item(), **scores}.items():
            if v == v:
                mean[k] = v if k not in mean else 0.97 * mean[k] + 0.03 * v
        if note and spent - reported > 20:
            reported = spent
            line = " ".join(f"{k} {v:.4f}" for k, v in mean.items())
            print(f"{plan['name']} {spent:.0f} s step {int(shared[0])} {line} items/s {shared[1].item() / spent:.1f}", flush=True)


def learn(net, groups, loss_of, plan, out, seed=0, workers=2, resume=None, extra=None, every=300):
    """Trains `net` for plan["seconds"] and saves net, optimizer and step to `out` every few minutes and at the end."""
    torch.set_num_threads(1)
    net.share_memory()
    optimizer = torch.optim.AdamW(groups, lr=plan["rate"], betas=(0.9, 0.98), weight_decay=0.02, fused=True)
    for g in optimizer.param_groups:
        for p in g["params"]:
            optimizer.state[p] = {"step": torch.zeros(()), "exp_avg": torch.zeros_like(p), "exp_avg_sq": torch.zeros_like(p)}
    shared = torch.zeros(2, dtype=torch.float64)
    if resume:
        optimizer.load_state_dict(resume["optimizer"])
        shared[0] = resume["step"]
    for state in optimizer.state.values():
        for t in state.values():
            t.share_memory_()
    shared.share_memory_()
    plan = {"warm": 100, "start": time.time(), **plan}
    context = mp.get_context("fork")
    lock = context.Lock()
    begin = int(shared[0])
    tasks = [context.Process(target=_work, args=(net, optimizer, loss_of, hash((seed, begin, i)), plan, shared, lock, i == 0)) for i in range(workers)]
    for t in tasks:
        t.start()

    def save():
        with lock:
            state = {"net": net.state_dict(), "optimizer": optimizer.state_dict(), "step": int(shared[0]), "plan": plan, **(extra or {})}
            torch.save(state, f"{out}.new")
        pathlib.Path(f"{out}.new").rename(out)

    saved = time.time()
    while any(t.is_alive() for t in tasks):
        time.sleep(0.5)
        if time.time() - saved > every:
            saved = time.time()
            save()
        if any(t.exitcode for t in tasks):
            [t.terminate() for t in tasks]
            raise SystemExit("a training process has died: see the lines above")
    save()
