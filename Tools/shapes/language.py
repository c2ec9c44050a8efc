"""Phases 1 and 2: the whole model learns from conversations, first about one or two frames, then about whole videos.

usage: language.py OUT.pt MINUTES --phase 1 --vision v0.pt      (from the vision tower of phase 0)
       language.py OUT.pt MINUTES --phase 2 --from p1.pt        (from another run's weights, with fresh moments)
       language.py OUT.pt MINUTES --phase 2 --resume p2.pt      (goes on with weights and moments)
"""
import argparse

import torch
import torch.nn.functional as F

import talks
import vision
from frames import normalise
from learn import learn
from model import complete, load
from questions import KINDS, SINGLE
from tokenizer import build
from twin import Twin

WEIGHTS = {k: w for k, (_, w) in KINDS.items()}
EARLY, MIDDLE, LATE = [2, 3, 4, 4, 6], [4, 4, 5, 6, 6, 8, 10], [4, 5, 6, 7, 8, 10, 10, 10, 10, 12, 14, 16]


def loss_of(net, batch, share, pull):
    """The loss of the words, plus `share` of the loss of the dense labels: the tower goes on learning what it learnt alone.

    `pull` is how much of the words' gradient reaches the tower: none at first, when it would only be noise.
    """
    x, what, where, ids, at, see, target, which, names = batch
    twin = net["twin"]
    seen = twin.model.visual(normalise(x))
    dense, *sights = vision.loss_of(net["head"](seen), torch.from_numpy(what), torch.from_numpy(where))
    h = twin.hidden(ids, at, see, (seen.detach() * (1 - pull) + seen * pull).flatten(0, 1))
    on = target >= 0
    logits, target, which = twin.lm_head(h[on]), target[on], which[on]
    loss = F.cross_entropy(logits, target, reduction="none")
    answer = which % 2 == 1
    weight = torch.where(answer, 3.0, 1.0)
    with torch.no_grad():
        right = (logits.argmax(-1) == target).float()
        wrong = torch.zeros(len(names)).index_add(0, which[answer] // 2, 1 - right[answer])
        scores = {**dict(zip(("cell colour", "cell shape", "cell side"), (s.item() for s in sights))), "thought": right[~answer].mean().item(), "answer": (wrong == 0).float().mean().item()}
        for i, name in enumerate(names):
            scores[name] = float(wrong[i] == 0)
    loss = (loss * weight).sum() / weight.sum()
    return loss + share * dense if dense == dense else loss, scores


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("out"), p.add_argument("minutes", type=float), p.add_argument("--phase", type=int, required=True)
    p.add_argument("--vision"), p.add_argument("--from", dest="start"), p.add_argument("--resume"), p.add_argument("--seed", type=int, default=1)
    p.add_argument("--rate", type=float, default=1.5e-3), p.add_argument("--vision-share", type=float, default=0.6), p.add_argument("--dense", type=float, default=0.25), p.add_argument("--late", action="store_true"), p.add_argument("--slides", type=float, default=0.0)
    p.add_argument("--tokens", type=int, default=2400), p.add_argument("--floor", type=float, default=0.05), p.add_argument("--workers", type=int, default=2)
    a = p.parse_args()
    torch.manual_seed(a.seed)
    tokenizer = build()
    talker = talks.Talker(tokenizer)
    net = torch.nn.ModuleDict({"twin": Twin(complete(tokenizer)), "head": vision.make()["head"]})
    if a.vision:
        seen = load(a.vision)["net"]
        net["twin"].model.visual.load_state_dict({k[7:]: v for k, v in seen.items() if k.startswith("visual.")} or {k[len("twin.model.visual."):]: v for k, v in seen.items() if k.startswith("twin.model.visual.")})
        net["head"].load_state_dict({k[5:]: v for k, v in seen.items() if k.startswith("head.")})
    resume = load(a.resume) if a.resume else None
    if a.start or resume:
        net.load_state_dict((resume or load(a.start))["net"])

    def step(net, rng, part):
        if a.phase == 1:
            b = talks.batch(talker, rng, [1, 1, 1, 2], SINGLE, tokens=a.tokens)
        else:
            counts = LATE if a.late or part > 0.4 else MIDDLE if part > 0.15 else EARLY
            b = talks.batch(talker, rng, counts, WEIGHTS, tokens=a.tokens, slides=a.slides + (1 - a.slides) * max(0.1, 0.9 - 1.5 * part))
        loss, scores = loss_of(net, b, a.dense, 0.0 if a.phase == 1 and part < 0.6 else 0.3)
        return loss, scores, len(b[-1])

    seeing = [*net["twin"].model.visual.parameters(), *net["head"].parameters()]
    ids = {id(q) for q in seeing}
    groups = [{"params": [q for q in net.parameters() if id(q) not in ids], "share": 1.0}, {"params": seeing, "share": a.vision_share}]
    plan = {"name": f"phase {a.phase}", "seconds": a.minutes * 60, "rate": a.rate, "floor": a.floor}
    learn(net, groups, step, plan, a.out, a.seed, workers=a.workers, resume=resume, every=240)


if __name__ == "__main__":
    main()
