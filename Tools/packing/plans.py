"""Which matrices are worth 8 bits where the others have 4: how far the bundled model's next tokens move.

    python Tools/packing/plans.py .build/release/glimpse

For each plan the model is packed by it, asked about the samples, and its probabilities compared with those of the full
model's greedy reply, for as long as both say the same: Kullback-Leibler divergence in nats a token, over the 20 likeliest.
"""

import json
import math
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from checkpoint import matrices, tensors, write
from kernels import ROOT, pack

QUESTIONS = ["What happens in the video?", "How many shapes are there?", "Which shape moves, and where to?"]
PLANS = {  # which are packed in 8 bits
    "all in 8": lambda name: True,
    "all in 4": lambda name: False,
    "4, tower in 8": lambda name: ".visual." in name,
    "4, head in 8": lambda name: name.startswith("lm_head"),
    "4, embedding in 8": lambda name: "embed_tokens" in name,
    "4, embedding and head in 8": lambda name: "embed_tokens" in name or name.startswith("lm_head"),
    "4, all three in 8 (taken)": lambda name: "language_model.layers" not in name,
}


def packed_model(folder: Path, is8) -> None:
    source = ROOT / "Models/shapes"
    packed = {}
    for name, w in matrices(source):
        if not name.endswith("position_embedding.weight"):
            packed[name] = pack(w, "q8" if is8(name) else "q4")
    entries = [(name, "U8", blocks.shape, blocks.tobytes()) for name, blocks in packed.items()]
    entries += [(name, info["dtype"], info["shape"], data)
                for name, info, data in tensors(source / "model.safetensors") if name not in packed]
    metadata = {"format": "glimpse", "version": "1", "precision": "q4", "source": "", "checksum": ""}
    write(folder / "model.q4.safetensors", entries, metadata)


def replies(glimpse: str, folder: Path, precision: str) -> list[dict]:
    found = []
    for sample in sorted((ROOT / "Models/shapes/samples").glob("*.mp4")):
        for question in QUESTIONS:
            command = [glimpse, "ask", "--model", folder, "--precision", precision, sample, question, "--json", "--logprobs",
                       "20", "--temperature", "0", "--repetition-penalty", "1", "--max-new-tokens", "120"]
            found.append(json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["reply"])
    return found


def divergence(exact: dict, other: dict) -> tuple[float, int]:
    total = count = 0
    for p, q in zip(exact["logprobs"], other["logprobs"]):
        theirs = dict(map(tuple, q["top"]))
        least = min(theirs.values())
        total += sum(math.exp(a) * (a - theirs.get(token, least)) for token, a in p["top"])
        count += 1
        if p["token"] != q["token"]:
            break
    return total, count


def main() -> None:
    glimpse = sys.argv[1]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "shapes"
        shutil.copytree(ROOT / "Models/shapes", folder)
        exact = replies(glimpse, folder, "f32")
        (folder / "model.safetensors").unlink()  # else it would be told apart from what was packed here
        for title, is8 in PLANS.items():
            packed_model(folder, is8)
            size = (folder / "model.q4.safetensors").stat().st_size
            found = replies(glimpse, folder, "q4")
            sums = [divergence(a, b) for a, b in zip(exact, found)]
            same = sum(a["answer"] == b["answer"] for a, b in zip(exact, found))
            mean = sum(total for total, _ in sums) / sum(count for _, count in sums)
            print(f"{title:30} {size / 1e6:.2f} MB   {mean:.2e} nats a token   {same} of {len(found)} answers the same",
                  flush=True)


if __name__ == "__main__":
    main()
