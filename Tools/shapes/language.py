"""Phases 1 and 2: the language model learns from conversations, first from codes in the place of the vision tower, then with it.

usage: language.py OUT.pt MINUTES --phase 1                     (the language model alone, while phase 0 teaches the tower)
       language.py OUT.pt MINUTES --phase 2 --from p1.pt --vision v0.pt
       language.py OUT.pt MINUTES --phase 2 --resume p2.pt      (goes on with weights and moments)
"""
import argparse
import pathlib

import torch

import codes
import fused
import talks
import vision
from frames import normalise
from learn import learn
from model import complete, grown, load, revived
from rows import SOUGHT
from talker import Talker
from tokenizer import carried, kept, plain
from twin import Twin

GUIDED = 0.3  # of the steps teach attention too: they cost a quarter more
COUNTS = [1, 2, 3, 4, 4, 5, 6, 6, 7, 8, 8, 10, 10, 10, 10, 12, 12, 14, 16, 16]
FEW = [2, 2, 3, 3, 4, 5, 6]


def words_loss(twin, b, features, names, guided=True):
    """The loss of what is written, and the shares of right tokens and right answers by kind. Logits are kept near the logarithms of
    probabilities (the square of their logsumexp is paid for): a repetition penalty then has nothing to bite. `guided`: attention is taught too."""
    losses, watch = {}, {}
    for name, heads in SOUGHT.items() if guided else ():
        losses[name] = []
        for layer, head in heads:
            watch.setdefault(layer, []).append((head, *b.sought[name], losses[name]))
    h = twin.hidden(b.ids, b.positions, b.see, features, watch=watch)
    on = b.aim >= 0
    aim, high, share, group, weight = b.aim[on], b.high[on], b.share[on], b.group[on], b.weight[on]
    weight = weight * torch.where(group == 0, 1.0, torch.where(group % 2 == 1, 1.5, 2.5))
    loss, guess = fused.Choice.apply(h[on], twin.lm_head.weight, aim, high, share, weight, 2e-3)
    loss = loss + 0.1 * sum(sum(v) for v in losses.values())
    with torch.no_grad():
        right = (guess == aim) | (guess == high)
        answer = (group > 0) & (group % 2 == 0)
        scores = {"thought": right[group == 0].float().mean().item(), "verdict": right[(group == 0) & (b.weight[on] > 3.5)].float().mean().item(),
                  "asked": right[group % 2 == 1].float().mean().item(), "judged": right[(group % 2 == 1) & (b.weight[on] > 5)].float().mean().item()}
        wrong = torch.zeros(len(names)).index_add(0, (group[answer] - 2) // 2, 1 - right[answer].float()) == 0
        scores |= {f"look {name}": float(v[-1]) for name, v in losses.items()}
        scores["answer"] = wrong.float().mean().item()
        for name in set(names):
            scores[name] = sum(float(wrong[i]) for i, n in enumerate(names) if n == name) / names.count(name)
    return loss, scores


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("out"), p.add_argument("minutes", type=float), p.add_argument("--phase", type=int, required=True)
    p.add_argument("--vision"), p.add_argument("--from", dest="start"), p.add_argument("--resume"), p.add_argument("--seed", type=int, default=1)
    p.add_argument("--seeing", type=float, default=0.3), p.add_argument("--tower", type=float, default=0.15, help="the tower's part of the rate"), p.add_argument("--rate", type=float, default=1.0)
    p.add_argument("--tokens", type=int, default=2400), p.add_argument("--workers", type=int, default=1)
    a = p.parse_args()
    torch.manual_seed(a.seed)
    tokenizer = kept(pathlib.Path(a.out).with_name("tokenizer.json"))
    talker = Talker(tokenizer)
    net = torch.nn.ModuleDict({"twin": Twin(complete(tokenizer))})
    visual = net["twin"].model.visual
    codes.name(net["twin"].model.language_model.embed_tokens.weight, net["twin"].lm_head.weight, talker.id)
    with torch.no_grad():
        for token, ids in plain(tokenizer).items():
            net["twin"].model.language_model.embed_tokens.weight[token] = net["twin"].model.language_model.embed_tokens.weight[ids].mean(0)
    if a.start:
        start, same = load(a.start)["net"], carried(tokenizer, kept(pathlib.Path(a.start).with_name("tokenizer.json")))
        for name in ("twin.model.language_model.embed_tokens.weight", "twin.lm_head.weight"):  # that model may have known fewer words
            start[name] = torch.stack([start[name][same[i]].mean(0) for i in range(len(same))])
        net.load_state_dict(revived(grown(start, net.state_dict())))
    if a.vision:
        visual.load_state_dict({k[7:]: v for k, v in load(a.vision)["net"].items()})
    resume = load(a.resume) if a.resume else None
    if resume:
        net.load_state_dict(resume["net"])

    def alone(net, rng, part):
        """Codes stand in for the tower, with its mistakes: noise, wrong classes, boxes a little off."""
        part = 1.0 if resume else part
        # Reading frames first, where a token costs least; then few frames and questions about them; then all.
        few, branches, slides, sparse = (([1, 1, 2, 2, 3, 4], 1, 0.8, 0.92) if part < 0.2 else ([2, 3, 4, 5, 6, 8], 4, 0.4, 0.85) if part < 0.45 else (COUNTS, 8, 0.15, 0.75))
        tokens = a.tokens // 2 if part < 0.45 else a.tokens
        _, _, (what, box, shift), b, names = talks.rows_of(talker, rng, few, talks.WEIGHTS, tokens, slides=slides, sparse=sparse, pixels=False, branches=branches)
        wrong = torch.rand(len(what)) < 0.02
        what = torch.where(wrong[:, None] & (what > 0), what % 4 + 1, what)
        box = torch.where(box >= 0, (box + 0.008 * torch.randn_like(box)).clamp(0, 1), box)
        features = codes.write(what, box, shift) + rng.choice([0.2, 0.4, 0.6]) * torch.randn(len(what), codes.DIRECTIONS.shape[0])
        loss, scores = words_loss(net["twin"], b, features, names, rng.random() < GUIDED)
        return loss, scores, len(names)

    def together(net, rng, part):
        """Now the tower's own tokens. It goes on learning from its labels, the words from what it writes."""
        if rng.random() < a.seeing:
            loss, scores, _ = vision.loss_of_batch({"visual": visual}, rng, 1.0)
            return loss, {f"cell {k}": v for k, v in scores.items()}, 0
        sparse = 0.0 if rng.random() < 0.35 else 0.75
        # A question costs the least beside few frames; which shapes there are, beside a single one: it is the first line of a thought that forgets one.
        counts, branches = rng.choices([([1], 4), (FEW, 56), (COUNTS, 12)], [0.08, 0.42, 0.5])[0]
        x, stand, _, b, names = talks.rows_of(talker, rng, counts, talks.WEIGHTS, a.tokens, sparse=sparse, branches=branches)
        with torch.no_grad():
            features = visual(normalise(x)).flatten(0, 1)[stand]
        return *words_loss(net["twin"], b, features, names, rng.random() < GUIDED), len(names)

    share = lambda n: 1.0 if "visual" not in n else a.tower if a.phase == 2 else 0.0
    plan = {"name": f"phase {a.phase}", "seconds": a.minutes * 60, "rate": a.rate, "share": share, "floor": 0.02, "flat": 0.1 if resume or a.phase == 2 else 0.25}
    learn(net, alone if a.phase == 1 else together, plan, a.out, a.seed, workers=a.workers, resume=resume)


if __name__ == "__main__":
    main()
