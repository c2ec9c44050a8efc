"""Scores a checkpoint of `language.py` on a small fixed set drawn in memory, by kind of question and layout: the compass of a training run. Last, of
the shapes in films of so many frames, how many are told in the thought to do what they do: where an answer is wrong, it is mostly there.

usage: probe.py CHECKPOINT.pt [QUESTIONS] [--show N]
"""
import collections
import pathlib
import random
import sys

import numpy as np
import torch

import talks
from ask import KINDS, ask
from frames import VIDEO_AREA, fit, normalise
from model import complete, load, strip
from scenes import SIZES
from score import score
from talker import Talker
from tokenizer import kept
from twin import Twin

SEED = 77000  # never the seeds of training (learn.py hashes small ones) nor of films.py


def main(path, total=240, show=0):
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    tokenizer = kept(pathlib.Path(path).with_name("tokenizer.json"))
    twin, talker = Twin(complete(tokenizer)).eval(), Talker(tokenizer)
    state = load(path)
    twin.load_state_dict(strip(state["net"]))
    rng, sums = random.Random(SEED), collections.defaultdict(list)
    ends = {talker.id("<|user|>"), talker.id("<|endoftext|>")}
    weights = {k: w for k, (_, w) in KINDS.items()}
    for group in range(total // 12):
        layout = ["frames-first", "question-first", "video"][group % 3]
        size, count = rng.choice(SIZES), rng.choice([4, 6, 8, 10, 10, 10, 10, 12, 16])
        w, h = fit(size, count, VIDEO_AREA) if layout == "video" else fit(size)
        frames, prompts, asked = [], [], []
        while len(prompts) < 12:
            f = talks.scene_for(rng, size, layout, count, count / 2 if layout == "video" else None)
            if len(f.times) != count:
                continue
            kind, q = ask(f, rng, weights)
            cell = (h // 28, w // 28)
            row = talker.row(f, layout, cell, [range(cell[0] * cell[1])] * len(f.walk), [[-1] * cell[0] * cell[1]] * len(f.walk), talks.SYSTEM, [], [(kind, q)], [])
            end = row.group.index(0) + 1
            prompts.append((row.ids[:end], row.at[:end], row.at[end - 1][0] + 1))
            shots = np.stack([f.scene.render(t, w, h) for t in f.times])
            frames.append(shots.reshape(-1, 2, h, w, 3) if layout == "video" else np.repeat(shots[:, None], 2, 1))
            asked.append((kind, q, f))
        with torch.no_grad():
            features = twin.model.visual(normalise(np.concatenate(frames))).flatten(0, 1)
        for (kind, q, f), ids in zip(asked, twin.reply(prompts, features, ends, 1200)):
            text = tokenizer.decode(ids, skip_special_tokens=False)
            said = text.split("<answer>")[-1].split("</answer>")[0]
            s = score(said, q.check)
            sums[kind].append(s), sums[layout].append(s if kind != "box" else float(s >= 0.5)), sums["asked"].append(float(q.thought(kind) in text))
            for shape in f.shapes:
                sums[f"deeds {layout} {count:02}"].append(float(f": {f.clause(shape)}" in text))
            if show > 0 and s < 0.5:
                show -= 1
                print(f"\n[{layout} {kind} {count}] {q.text}\n want {f.thought().text}{q.thought(kind)}\n  got {text}\n want {q.answer}")
    print(path, "step", int(state["step"]), " ".join(f"{k} {np.mean(v):.2f}/{len(v)}" for k, v in sorted(sums.items())), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 and sys.argv[2].isdigit() else 240, int(sys.argv[-1]) if "--show" in sys.argv else 0)
