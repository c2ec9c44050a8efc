"""The sizes of GLM-4.1V-9B, from the tool that writes our own file of them; or tiny ones, to try the programs with."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tools/fullsize"))

from fullsize import TEXT, VISION  # noqa: E402

SMOKE = "GLIMPSE_PEERS_SMOKE"  # in the environment, where the programs that run.py starts see it too
if SMOKE in os.environ:
    TEXT = TEXT | dict(layers=4, hidden=512, inner=384, heads=4, vocabulary=1024)
    VISION = VISION | dict(depth=2, hidden=256, inner=512, merger=384, out=512)

PICTURE = (640, 360)  # what `glimpse bench` looks at
RESIZED = (644, 364)  # the same in multiples of 28, as the tower sees it
PATCHES = (RESIZED[1] // VISION["patch"], RESIZED[0] // VISION["patch"])  # rows and columns
PICTURE_TOKENS = PATCHES[0] * PATCHES[1] // 4
PROMPT = 264  # tokens that `glimpse bench` reads at once

__all__ = ["PATCHES", "PICTURE", "PICTURE_TOKENS", "PROMPT", "RESIZED", "ROOT", "SMOKE", "TEXT", "VISION"]
