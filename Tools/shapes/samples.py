"""Makes sample videos: fresh scenes on two themes that the model answers right in every layout; asks about those that are there already.

usage: samples.py MODEL FOLDER [--seed N]
"""
import argparse
import json
import pathlib
import random
import tempfile

from evaluate import LAYOUTS, Reference, read
from facts import Facts
from films import write
from frames import even_times, video_times
from scenes import Scene
from score import score

QUESTION = "What happens in the video?"
THEMES = {  # file: the actions that its shapes must have, one set a shape
    "colour-changes": [{"turns"}, {"still"}],
    "comes-and-goes": [{"appears"}, {"disappears"}],
}


def answer(model, path, layout):
    reply = model.ask([(read(path, layout, 10), QUESTION)], layout)[0]
    return reply.split("<answer>")[-1].split("</answer>")[0].strip()


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("model"), p.add_argument("folder"), p.add_argument("--seed", type=int, default=1)
    a = p.parse_args()
    out, rng, model, found = pathlib.Path(a.folder), random.Random(a.seed), Reference(a.model), []
    out.mkdir(parents=True, exist_ok=True)
    for item in json.loads((out / "samples.json").read_text()) if (out / "samples.json").exists() else []:
        if item["file"].removesuffix(".mp4") not in THEMES:  # a film that stays: what does this model say of it?
            said = {x: answer(model, out / item["file"], x) for x in LAYOUTS}
            print(item["file"], said, flush=True)
            found.append({**item, "answer": said["frames-first"]})
    for name, theme in THEMES.items():
        for _ in range(100000):
            scene = Scene(rng, (640, 360), count=len(theme), duration=rng.choice([3, 4, 5]))
            scene.rate, scene.noise = 25.0, min(scene.noise, 1.5)
            acts = [s.action for s in scene.shapes]
            left = [t for t in theme if not any(x in t for x in acts)]
            if len(acts) != len(theme) or left or len(theme) == 2 and len(set(acts)) < 2 or min(s.radius for s in scene.shapes) < 0.1:
                continue
            facts = {x: Facts(scene, video_times(scene.duration) if x == "video" else even_times(scene.duration, 10), x == "video") for x in LAYOUTS}
            if not all(f.sound() for f in facts.values()):
                continue
            check = {"deeds": [[s.name, facts["video"].deed(s)] for s in scene.shapes]}
            with tempfile.TemporaryDirectory() as t:
                path = pathlib.Path(t) / "film.mp4"
                write(scene, path, random.Random(2))
                said = {x: answer(model, path, x) for x in LAYOUTS}
                if all(score(s, check) == 1 for s in said.values()) and path.stat().st_size < 200_000:
                    (out / f"{name}.mp4").write_bytes(path.read_bytes())
                    found.append({"file": f"{name}.mp4", "question": QUESTION, "answer": said["frames-first"], "meaning": [[*n.split(), *(w for w in d.split() if w not in ("in", "a"))] for n, d in check["deeds"]]})
                    print(name, said, path.stat().st_size, "bytes", flush=True)
                    break
    (out / "samples.json").write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
