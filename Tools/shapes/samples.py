"""Makes sample videos: fresh scenes on a few themes that the model answers right in every layout.

usage: samples.py MODEL FOLDER GLIMPSE [--seed N]
"""
import argparse
import itertools
import json
import pathlib
import random
import re

from evaluate import LAYOUTS, through_glimpse
from facts import Facts
from films import write
from frames import even_times, video_times
from scenes import Scene
from score import words

QUESTION = "What happens in the video?"
THEMES = {  # file: what its shapes are (colour, shape; None: any) and do
    "black-square-moves-right": [("black", "square", "right")],
    "triangle-down-circle-left": [(None, "triangle", "down"), (None, "circle", "left")],
    "colour-changes": [(None, None, "turns"), (None, None, "still")],
    "comes-and-goes": [(None, None, "appears"), (None, None, "disappears")],
}


def suits(scene, theme):
    """Whether the scene's shapes, in some order, are those of the theme, and large enough to be pretty."""
    fits = lambda s, wish: all(w in (None, x) for w, x in zip(wish, (s.colour, s.shape, s.action)))
    return min(s.radius for s in scene.shapes) > 0.1 and any(all(map(fits, order, theme)) for order in itertools.permutations(scene.shapes, len(theme)))


def says(answer, meaning):
    """Whether each thing that happens is said in a clause of its own, and nothing else."""
    clauses = [set(words(c)) for c in re.split(r",| and ", answer)]
    return len(clauses) == len(meaning) and all(any(c >= set(m) for c in clauses) for m in meaning)


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("model"), p.add_argument("folder"), p.add_argument("glimpse"), p.add_argument("--seed", type=int, default=1)
    a = p.parse_args()
    out, rng, found = pathlib.Path(a.folder), random.Random(a.seed), []
    out.mkdir(parents=True, exist_ok=True)

    def keeps(path, name, meaning):
        """Whether the model says of this film what it means, in every layout."""
        said = {x: through_glimpse(a.glimpse, "f32", 1.0, a.model, path, QUESTION, x, 10).split("<answer>")[-1].split("</answer>")[0].strip() for x in LAYOUTS}
        print(name, said, path.stat().st_size, "bytes", flush=True)
        if good := all(says(s, meaning) for s in said.values()) and path.stat().st_size < 200_000:
            found.append({"file": f"{name}.mp4", "question": QUESTION, "answer": said["frames-first"], "meaning": meaning})
        return good

    there = {i["file"]: i["meaning"] for i in json.loads((out / "samples.json").read_text())} if (out / "samples.json").exists() else {}
    for name, theme in THEMES.items():
        kept = out / f"{name}.mp4"
        while not (kept.exists() and kept.name in there and keeps(kept, name, there[kept.name])):
            there.pop(kept.name, None)
            scene = Scene(rng, (640, 360), count=len(theme), duration=rng.choice([3, 4, 5]))
            scene.rate, scene.noise = 25.0, min(scene.noise, 1.5)
            if len(scene.shapes) != len(theme) or not suits(scene, theme):
                continue
            facts = {x: Facts(scene, video_times(scene.duration) if x == "video" else even_times(scene.duration, 10), x == "video") for x in LAYOUTS}
            if all(f.sound() for f in facts.values()):
                write(scene, kept, random.Random(2))
                there[kept.name] = [[*s.name.split(), *(w for w in facts["video"].deed(s).split() if w not in ("in", "a", "moves"))] for s in scene.shapes]
    (out / "samples.json").write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
