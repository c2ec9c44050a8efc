"""Ours: `glimpse bench` on the full-size checkpoint of random weights that Tools/fullsize writes."""

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

from llama import run
from shapes import PICTURE_TOKENS, ROOT


@contextlib.contextmanager
def neighbour():
    """A process that never stops computing, on the last of our processors alone."""
    last = max(os.sched_getaffinity(0))
    other = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        os.sched_setaffinity(other.pid, {last})
        yield
    finally:
        other.kill()
        other.wait()


class Glimpse:
    def __init__(self, program: Path, model: Path) -> None:
        self.program, self.model = program, model

    def prepare(self) -> None:
        if not self.program.exists():
            sys.exit(f"{self.program} should be our program, and is not there: run `make build`, or give --glimpse.")
        if not any(self.model.glob("model*.safetensors")):
            subprocess.run([sys.executable, ROOT / "Tools/fullsize/fullsize.py", self.model, "q4"], check=True, stdout=sys.stderr)

    def bench(self, whole: bool) -> dict:
        """`whole` asks for the 9B's sizes: without them no ratio to a peer means anything."""
        found = json.loads(run([self.program, "bench", "--model", self.model, "--precision", "q4", "--contexts", 0, "--together", 4, "--json"]).stdout)
        tokens = found["vision"]["tokensPerFrame"]
        if whole and (tokens != PICTURE_TOKENS or found["bytesPerToken"] < 4e9):
            sys.exit(f"{self.model} should be of the 9B's sizes, with {PICTURE_TOKENS} tokens a frame and over 4 GB read for each "
                     f"token, and has {tokens} and {found['bytesPerToken'] / 1e9:.1f} GB: make it with Tools/fullsize/fullsize.py.")
        language = found["language"][0]
        return {
            "vision_seconds": 1 / found["vision"]["framesPerSecond"], "vision_share": found["vision"]["share"],
            "prefill": language["prefillTokensPerSecond"], "prefill_share": language["prefillShare"],
            "decode": language["decodeTokensPerSecond"], "decode_share": language["decodeShare"],
            "four": language["together"][0]["tokensPerSecond"] / language["decodeTokensPerSecond"],
            "machine": found["machine"],
        }
