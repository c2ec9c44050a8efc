"""Measures what SPEED.md reports of this slice: how soon an answer begins, and how long sampling takes against OpenCV.

    python Tools/bench/bench.py .build/release/glimpse [VIDEO]

Without a VIDEO it makes ten minutes of 1080p H.264 in .build/bench, which takes some minutes itself. Run it on a quiet machine:
the two sides of a ratio are measured in turn.
"""

import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "Models/shapes/samples/triangle-down-circle-left.mp4"
ROUNDS = 5


def long_film() -> Path:
    film = ROOT / ".build/bench/ten-minutes-1080p.mp4"
    if not film.exists():
        film.parent.mkdir(parents=True, exist_ok=True)
        part = film.with_suffix(".part.mp4")
        source = "testsrc2=size=1920x1080:rate=30:duration=600,noise=alls=8:allf=t"
        subprocess.run(
            ["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", source, "-c:v", "libx264", "-preset", "veryfast",
             "-bf", "3", "-pix_fmt", "yuv420p", part], check=True)
        part.rename(film)
    return film


def opencv_loop(film: Path) -> float:
    """The original app's loop: seek to each of ten evenly spaced frames and read it."""
    start = time.perf_counter()
    capture = cv2.VideoCapture(str(film))
    total = int(capture.get(cv2.CAP_PROP_FRAME_COUNT))
    for index in np.linspace(0, total - 1, 10, dtype=int):
        capture.set(cv2.CAP_PROP_POS_FRAMES, index)
        done, picture = capture.read()
        assert done
        cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
    return time.perf_counter() - start


def run(*command: object) -> tuple[float, dict]:
    start = time.perf_counter()
    result = subprocess.run([str(part) for part in command], check=True, capture_output=True)
    return time.perf_counter() - start, json.loads(result.stdout)


def main() -> None:
    glimpse = sys.argv[1]
    wholes, timings = zip(*(run(glimpse, "ask", SAMPLE, "What happens?", "--json", "--seed", 1) for _ in range(ROUNDS)))
    first = [whole - answer["timing"]["generate"] for whole, answer in zip(wholes, timings)]
    print(f"first token of a 10-frame question, bundled model: {statistics.median(first):.2f} s from the command")

    film = Path(sys.argv[2]) if len(sys.argv) > 2 else long_film()
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(run(glimpse, "frames", film, "--json")[0])
        theirs.append(opencv_loop(film))
    ratio = statistics.median(ours) / statistics.median(theirs)
    print(f"ten frames of {film.name}: {statistics.median(ours):.2f} s, OpenCV {statistics.median(theirs):.2f} s: {ratio:.2f} of it")


if __name__ == "__main__":
    main()
