"""What checkpoints lose on the same drawn batches, the first of them for comparison: the tower of its labels, the words of conversations.

usage: losses.py BATCHES CHECKPOINT ...    (.pt of vision.py or language.py, or model.safetensors, with a tokenizer.json beside the first)

Each number is a mean, and behind it the difference from the first checkpoint and that difference's standard error. Films answer for what counts, but
a tower that is better by a fifth is seen here in three minutes, and in 780 questions hardly.
"""
import argparse
import pathlib
import random

import numpy as np
import torch

import language
import talks
import vision
from frames import normalise
from model import complete, grown, load
from talker import Talker
from tokenizer import kept
from twin import Twin


def tower_scores(visual, x, labels):
    loss, *right, side = vision.loss_of(visual(x), *labels)
    return {"tower": loss.item(), **{f"wrong {name}": 1 - r.item() for name, r in zip(("colour", "second", "shape"), right)}, "side": side.item()}


def words_scores(twin, x, stand, b, names):
    loss, scores = language.words_loss(twin, b, twin.model.visual(x).flatten(0, 1)[stand], names, guided=False)
    return {"words": loss.item(), **{f"wrong {name}": 1 - scores[name] for name in ("thought", "asked", "answer")}}


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("batches", type=int), p.add_argument("checkpoints", nargs="+"), p.add_argument("--seed", type=int, default=0)
    a = p.parse_args()
    torch.set_flush_denormal(True)
    tokenizer = kept(pathlib.Path(a.checkpoints[0]).with_name("tokenizer.json"))
    talker, twins, whole = Talker(tokenizer), {}, True
    for path in a.checkpoints:
        twins[path] = twin = Twin(complete(tokenizer)).eval()
        found = {name if name.startswith("twin.") else f"twin.model.{name}": w for name, w in load(path)["net"].items()}
        whole &= (words := "twin.lm_head.weight" in found)
        like = {f"twin.{name}": w for name, w in twin.state_dict().items() if words or "visual" in name}
        twin.load_state_dict({name.removeprefix("twin."): w for name, w in grown(found, like).items()}, strict=words)
    rng, got = random.Random(f"losses {a.seed}"), {path: [] for path in twins}
    with torch.no_grad():
        for k in range(a.batches):
            x, *labels = vision.batch(rng, 1.0)
            counts, branches = [(language.FEW, 40), (language.COUNTS, 12)][k % 2]
            y, stand, _, b, names = talks.rows_of(talker, rng, counts, talks.WEIGHTS, 2400, sparse=0.75, branches=branches)
            for path, twin in twins.items():
                got[path].append(tower_scores(twin.model.visual, normalise(x), labels) | (words_scores(twin, normalise(y), stand, b, names) if whole else {}))
    first = got[a.checkpoints[0]]
    for path, scores in got.items():
        print(path)
        for name in first[0]:
            v = np.array([s[name] for s in scores])
            d = v - [s[name] for s in first]
            print(f"  {name:14} {v.mean():.4f}  {d.mean():+.4f} ± {d.std() / len(d) ** 0.5:.4f}")


if __name__ == "__main__":
    main()
