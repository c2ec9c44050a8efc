"""Compares the `glimpse` program with the reference, from the video file to the log-probabilities.

    python Tools/golden/compare.py .build/release/glimpse [--seeds 1 2 3] [--wide] [--keep DIR] [--reference-only]

Each seed makes a checkpoint of random shape and films of random size, rate and codec, and asks in all three layouts.
Nothing of ours stands on the reference's side: OpenCV reads the frames, transformers does the rest.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import checkpoints
import cv2
import numpy as np
import strangers
from reference import Prompt, Reference

LOGPROB_TOLERANCE = 1e-3
QUESTIONS = [
    "What happens?", "Which colour is the square, and where does it go?", "发生了什么?", "Describe it.\nIn two lines.", "é 😀 12345",
]


def read(path: Path, indices: list[int] | None = None) -> tuple[list[np.ndarray], int, float]:
    """RGB frames (all, or by seeking as the original app does), the number of frames, and the rate."""
    capture = cv2.VideoCapture(str(path))
    total, fps = int(capture.get(cv2.CAP_PROP_FRAME_COUNT)), capture.get(cv2.CAP_PROP_FPS)
    frames = []
    for index in range(total) if indices is None else indices:
        if indices is not None:
            capture.set(cv2.CAP_PROP_POS_FRAMES, index)
        done, picture = capture.read()
        if done:
            frames.append(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB))
    capture.release()
    return frames, total, fps


def even(total: int, count: int) -> list[int]:
    return np.linspace(0, total - 1, min(count, total), dtype=int).tolist()


def question(case: dict, films: list[Path], reference: Reference) -> tuple[Prompt, list[list[dict]]]:
    """The prompt as a user of transformers would write it, and the frames that are in it, film by film."""
    prompt, used, shown = Prompt(messages=[]), [], []
    for film in films:
        if case["layout"] == "video":
            frames, total, fps = read(film)
            metadata = {"total_num_frames": total, "fps": fps, "duration": total / fps}
            prompt.videos.append((np.stack(frames), metadata))
            shown.append({"type": "video"})
            indices = reference.video_indices(metadata)
        else:
            _, total, fps = read(film, [])
            indices = even(total, case["frames"])
            frames, _, _ = read(film, indices)
            for index, picture in zip(indices, frames, strict=True):
                prompt.images.append(picture)
                shown += [{"type": "text", "text": f"Frame {round(index / fps, 2)}:"}, {"type": "image"}]
        used.append([{"index": index, "time": round(index / fps, 2)} for index in indices])
    asked = [{"type": "text", "text": case["question"]}]
    if case["system"]:
        prompt.messages.append({"role": "system", "content": case["system"]})
    prompt.messages.append({"role": "user", "content": asked + shown if case["layout"] == "question-first" else shown + asked})
    return prompt, used


def expected(case: dict, films: list[Path], reference: Reference) -> dict:
    prompt, used = question(case, films, reference)
    _, inputs = reference.encode(prompt)
    ids, logprobs = reference.generate(inputs, case["tokens"], case["ignore_eos"], case["penalty"])
    stops = reference.model.generation_config.eos_token_id
    stops = {stops} if isinstance(stops, int) else set(stops)
    return {
        "frames": used, "prompt": inputs["input_ids"][0].tolist(), "tokens": ids.tolist(), "logprobs": logprobs.numpy(),
        "stops": set() if case["ignore_eos"] else stops,
    }


def actual(binary: str, case: dict, films: list[Path], checkpoint: Path) -> dict:
    command = [
        binary, "ask", *map(str, films), case["question"], "--model", str(checkpoint), "--layout", case["layout"], "--json",
        "--precision", "f32", "--temperature", "0", "--logprobs", "5", "--max-new-tokens", str(case["tokens"]),
        "--repetition-penalty", str(case["penalty"]),
    ]
    if case["layout"] != "video":
        command += ["--frames", str(case["frames"])]
    if case["system"] != "You are a helpful assistant.":
        command += ["--system", case["system"]]
    if case["ignore_eos"]:
        command += ["--ignore-eos"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        raise Difference(f"exit {done.returncode}: {done.stderr.strip()[-300:]}")
    return json.loads(done.stdout)


class Difference(Exception):
    """What differs first, in the order of the data."""


def compare(expected: dict, actual: dict) -> float:
    """The worst difference of a log-probability; throws where something must be equal and is not."""
    must(len(actual["videos"]) == len(expected["frames"]), f"{len(actual['videos'])} videos, expected {len(expected['frames'])}")
    for film, (ours, theirs) in enumerate(zip(actual["videos"], expected["frames"])):
        indices = [frame["index"] for frame in ours["frames"]]
        wanted = [frame["index"] for frame in theirs]
        unrepeated = list(dict.fromkeys(wanted))  # an odd number of frames may be listed without the repeated last one
        must(indices in (wanted, unrepeated), f"film {film}: frames {indices}, expected {wanted}")
        times = {frame["index"]: frame["time"] for frame in theirs}
        for frame in ours["frames"]:
            must(abs(frame["time"] - times[frame["index"]]) < 1e-9, f"film {film}: frame {frame}, expected {times[frame['index']]}")

    must(actual["prompt"]["tokens"] == expected["prompt"], "prompt: " + first_difference(actual["prompt"]["tokens"], expected["prompt"]))

    ours, theirs = actual["reply"]["tokens"], expected["tokens"]
    if theirs[-1] in expected["stops"]:  # whether the end token is part of the reply is a matter of taste
        must(actual["reply"]["finish"] == "stop", f"finish is {actual['reply']['finish']}, expected stop")
        theirs = theirs[:-1]
        ours = ours[:-1] if ours and ours[-1] in expected["stops"] else ours
    near = smallest_gap(expected)
    must(ours == theirs, f"reply: {first_difference(ours, theirs)} (smallest gap of the reference {near:.1e})")

    count = len(actual["reply"]["logprobs"])
    must(count >= len(theirs), f"{count} logprobs for {len(theirs)} tokens")
    worst = 0.0
    for step, (given, row) in enumerate(zip(actual["reply"]["logprobs"], expected["logprobs"])):
        worst = max(worst, abs(given["logprob"] - row[given["token"]]))
        must(len(given["top"]) == 5, f"step {step}: {len(given['top'])} top tokens, expected 5")
        for (token, value), best in zip(given["top"], np.sort(row)[::-1]):
            worst = max(worst, abs(value - row[token]), abs(value - best))
    must(worst <= LOGPROB_TOLERANCE, f"logprobs differ by {worst:.1e}")
    return float(worst)


def smallest_gap(expected: dict) -> float:
    ordered = np.sort(expected["logprobs"], axis=-1)
    return float((ordered[:, -1] - ordered[:, -2]).min())


def first_difference(ours: list, theirs: list) -> str:
    place = next((i for i, pair in enumerate(zip(ours, theirs)) if pair[0] != pair[1]), min(len(ours), len(theirs)))
    window = slice(max(place - 2, 0), place + 6)
    return f"{len(ours)} ids, expected {len(theirs)}; at {place} {ours[window]}, expected {theirs[window]}"


def must(condition: bool, message: str) -> None:
    if not condition:
        raise Difference(message)


def cases(dice: random.Random) -> list[dict]:
    """One question in each layout, and one with two films."""
    shared = {"system": "You are a helpful assistant.", "penalty": 1.0, "ignore_eos": True, "films": 1, "frames": 10}
    result = []
    for layout in ("question-first", "frames-first", "video"):
        result.append(shared | {
            "layout": layout, "question": dice.choice(QUESTIONS), "frames": dice.choice([1, 2, 3, 10, 10, 17]),
            "tokens": dice.randint(4, 24), "system": dice.choice([shared["system"], "", "Kurz, bitte."]),
            "ignore_eos": dice.random() < 0.7, "penalty": dice.choice([1.0, 1.0, 1.2]),
        })
    layout = dice.choice(["question-first", "frames-first", "video"])
    return result + [shared | {"layout": layout, "question": QUESTIONS[0], "frames": 3, "films": 2, "tokens": 6}]


def run(seed: int, folder: Path, binary: str | None, is_wide: bool):
    """Yields a line and whether it passed, for each case of the seed."""
    dice = random.Random(seed)
    recipe = strangers.wide() if is_wide else strangers.recipe(dice)
    checkpoint = folder / f"checkpoint-{seed}"
    checkpoints.save(recipe, checkpoint)
    checkpoints.check(recipe, checkpoint)
    reference = Reference(checkpoint)
    for number, case in enumerate(cases(dice)):
        films = [strangers.film(dice, folder, f"film-{seed}-{number}-{i}") for i in range(case["films"])]
        name = (f"seed {seed} {case['layout']:14} {'+'.join(film.suffix[1:] for film in films)} "
                f"{str(recipe['dtype']).removeprefix('torch.')} {recipe['spelling']}.x penalty {case['penalty']}")
        try:
            wanted = expected(case, films, reference)
            if binary is None:
                yield f"made    {name}: {len(wanted['prompt'])} ids, gap {smallest_gap(wanted):.4f}, {wanted['frames'][0][-1]}", True
                continue
            worst = compare(wanted, actual(binary, case, films, checkpoint))
            yield f"passed  {name}: {len(wanted['prompt'])} ids, worst logprob {worst:.1e}", True
        except (Difference, subprocess.TimeoutExpired, OSError, ValueError, KeyError, TypeError, IndexError) as problem:
            yield f"FAILED  {name}: {type(problem).__name__}: {problem}", False


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("binary", nargs="?", help="the glimpse program")
    options.add_argument("--seeds", type=int, nargs="+", default=list(range(1, 11)))
    options.add_argument("--keep", type=Path, help="where checkpoints and films stay afterwards")
    options.add_argument("--wide", action="store_true", help="layers as wide as the 9B's; with one seed this takes minutes")
    options.add_argument("--reference-only", action="store_true", help="run only the reference's half")
    given = options.parse_args()
    if not given.binary and not given.reference_only:
        options.error("give the path of the glimpse program, or --reference-only")

    passed = failed = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for seed in given.seeds:
            for line, good in run(seed, folder, None if given.reference_only else given.binary, given.wide):
                print(line, flush=True)
                passed, failed = passed + good, failed + (not good)
    print(f"{passed} made, nothing compared" if given.reference_only else f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
