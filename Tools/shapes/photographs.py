"""How often real photographs are refused, as films that pan over them: nothing of them went into the training.

usage: photographs.py PICTURES MODEL GLIMPSE      (a folder of any pictures: scikit-image and scikit-learn bring some)
"""
import argparse
import pathlib
import random
import tempfile

import cv2
import numpy as np

from evaluate import LAYOUTS, through_glimpse
from films import encode
from score import REFUSES
from talks import ask_stranger

SIZE, RATE, SECONDS = (640, 360), 25, 3


def panned(picture):
    """Frames [h, w, 3] of a camera that goes along the picture's longer side and nearer."""
    w, h = SIZE
    high, wide = picture.shape[:2]
    for k in range(RATE * SECONDS):
        part = k / (RATE * SECONDS)
        scale = min(wide / w, high / h) * (0.9 - 0.2 * part)
        a, b = int(w * scale), int(h * scale)
        x, y = int((wide - a) * part), int((high - b) * part)
        yield cv2.resize(picture[y : y + b, x : x + a], SIZE, interpolation=cv2.INTER_AREA)


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("pictures", type=pathlib.Path), p.add_argument("model"), p.add_argument("glimpse")
    a = p.parse_args()
    rng, refused = random.Random(1), []
    with tempfile.TemporaryDirectory() as folder:
        for path in sorted(a.pictures.iterdir()):
            film = pathlib.Path(folder) / f"{path.stem}.mp4"
            encode(film, SIZE, RATE, 23, panned(np.ascontiguousarray(cv2.imread(str(path))[:, :, ::-1])))
            for layout in LAYOUTS:
                question = ask_stranger(rng).text
                said = through_glimpse(a.glimpse, "q8", 1.0, a.model, film, question, layout, 10).split("<answer>")[-1].split("</answer>")[0]
                refused.append(all(x in said.lower() for x in REFUSES))
                if not refused[-1]:
                    print(f"{path.name} {layout}: {question} -> {said}")
    print(f"{sum(refused)} of {len(refused)} questions about {len(refused) // len(LAYOUTS)} pictures refused")


if __name__ == "__main__":
    main()
