"""Videos that are not of the model's world: noise, photograph-like pictures, test patterns, pages of text, clutter.

`Stranger` looks like a `Scene` to the renderer (`size`, `duration`, `render`) and has no shapes to tell of.
"""
import functools
import math
import random
import subprocess
import sys

import cv2
import numpy as np

from scenes import SIZES, outline

WORDS = "the of video time light small house window report chapter figure between people about first number water under again open".split()
LAVFI = ["testsrc", "testsrc2", "smptebars", "smptehdbars", "pal75bars", "pal100bars", "rgbtestsrc", "yuvtestsrc", "mandelbrot", "life=mold=10:r=25",
         "cellauto", "sierpinski", "colorspectrum", "zoneplate=kx2=20:ky2=20:kt=5", "allyuv", "colorchart"]
KINDS = ["blank", "grain", "plasma", "plasma", "pattern", "pattern", "text", "clutter", "stripes", "chart", "drawing", "page", "mesh", "photograph", "photograph", "photograph", "leaves", "diagram"]


@functools.lru_cache(maxsize=None)
def pattern(name):
    """Six frames of one of FFmpeg's own test sources, 320x180; None where this FFmpeg does not know it."""
    sized = name.partition("=")[0] in ("testsrc", "testsrc2", "smptebars", "smptehdbars", "pal75bars", "pal100bars", "rgbtestsrc", "yuvtestsrc",
                                       "mandelbrot", "life", "cellauto", "sierpinski", "colorspectrum", "zoneplate")
    source = name + ((":" if "=" in name else "=") + "size=320x180" if sized else "")
    run = subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, "-vf", "fps=1,scale=320:180", "-frames:v", "6", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"],
                         capture_output=True, check=False, timeout=60)
    frames = np.frombuffer(run.stdout, np.uint8)
    return frames.reshape(-1, 180, 320, 3).copy() if len(frames) and len(frames) % (180 * 320 * 3) == 0 else None


def clouds(w, h, fixed, decay, t=0.0, scales=range(2, 8)):
    """Noise of several scales [h, w, 3], of mean 0 and deviation 1; each finer scale has `decay` of the coarser one's."""
    image = np.zeros((h, w, 3), np.float32)
    for k in scales:
        n = 2**k
        field = fixed.standard_normal((n, n, 3)).astype(np.float32) * 0.5 + fixed.standard_normal((n, n, 1)).astype(np.float32)
        shift = int(t * fixed.integers(0, 1 + n // 8))
        image += cv2.resize(np.roll(field, shift, 1), (w, h), interpolation=cv2.INTER_CUBIC) * decay**k
    return (image - image.mean()) / (image.std() + 1e-6)


def natural(fixed):
    """A colour as things have them: mostly a brightness."""
    return np.clip(fixed.uniform(0, 235) * np.ones(3) + fixed.normal(0, fixed.choice([4, 20, 45]), 3), 0, 255).astype(np.float32)


def thing(image, x, y, size, grain, fixed):
    """Draws a round or an irregular thing with light on one side, a grain of its own (from `grain`, as large as the image) and an edge that may be out of focus."""
    h, w = image.shape[:2]
    angle = np.linspace(0, 2 * math.pi, 48, endpoint=False)
    wave = sum(fixed.normal(0, 0.5) / k**1.3 * np.cos(k * angle + fixed.uniform(0, 6)) for k in range(2, 7))
    radius = size * np.clip(1 + fixed.choice([0, 0.5, 1]) * wave, 0.25, 2)
    turn, stretch = fixed.uniform(0, 6), fixed.uniform(0.4, 1) if fixed.random() < 0.6 else 1
    points = np.stack((x + radius * np.cos(angle + turn), y + stretch * radius * np.sin(angle + turn)), 1)
    soft = max(0.5, size * fixed.uniform(0.02, 0.2)) if fixed.random() < 0.6 else 0.0
    low, high = np.floor(points.min(0) - 2 * soft - 1), np.ceil(points.max(0) + 2 * soft + 2)
    (left, top), (right, bottom) = np.clip(low, 0, (w - 1, h - 1)).astype(int), np.clip(high, 1, (w, h)).astype(int)
    part = image[top:bottom, left:right]
    if 0 in part.shape:
        return
    mask = np.zeros(part.shape[:2], np.float32)
    cv2.fillPoly(mask, [np.round((points - (left, top)) * 16).astype(np.int32)], 1.0, cv2.LINE_AA, 4)
    if soft:
        mask = cv2.GaussianBlur(mask, (0, 0), soft)
    light, depth = fixed.uniform(0, 6), fixed.uniform(0.2, 0.9)
    u, v = np.arange(left, right, dtype=np.float32), np.arange(top, bottom, dtype=np.float32)
    shade = np.clip(1 + depth * ((u - x)[None] * math.cos(light) + (v - y)[:, None] * math.sin(light)) / size, 0.05, 1.6)
    own = natural(fixed) * shade[..., None] + grain[top:bottom, left:right][:: fixed.choice([-1, 1])] * fixed.uniform(6, 35)
    part += mask[..., None] * (own - part)


class Stranger:
    shapes = ()

    def __init__(self, rng, size=None, duration=None, kind=None):
        self.size, self.duration = size or rng.choice(SIZES), duration or rng.choice([2, 3, 4, 5, 6, 8, 10])
        self.kind, self.seed = kind or rng.choice(KINDS), rng.getrandbits(32)
        self.name, self.moves = rng.choice(LAVFI), rng.random() < 0.7

    def render(self, t, w, h):
        noise = np.random.default_rng((self.seed, int(t * 1000) if self.moves else 0))
        fixed = np.random.default_rng(self.seed)
        draw = getattr(self, self.kind)
        image = draw(t if self.moves else 0, 2 * w, 2 * h, fixed, noise)
        return image if image.shape[:2] == (h, w) else cv2.resize(image, (w, h), interpolation=cv2.INTER_AREA)

    def blank(self, t, w, h, fixed, noise):
        return np.full((h, w, 3), fixed.integers(0, 256, 3), np.uint8)

    def grain(self, t, w, h, fixed, noise):
        k = int(fixed.integers(1, 5))
        grey = fixed.random() < 0.3
        image = noise.integers(0, 256, (max(2, h // k), max(2, w // k), 1 if grey else 3), np.uint8)
        image = cv2.resize(np.repeat(image, 3, 2) if grey else image, (w, h), interpolation=cv2.INTER_NEAREST)
        return image

    def plasma(self, t, w, h, fixed, noise):
        """Clouds of several scales in correlated colours, some with an edge; at half the size, as `photograph`."""
        w, h = w // 2, h // 2
        image = clouds(w, h, fixed, fixed.uniform(0.45, 0.8), t) * fixed.uniform(30, 60) + fixed.uniform(80, 170)
        if fixed.random() < 0.5:  # a horizon, or a wall
            y = int(h * fixed.uniform(0.3, 0.7))
            image[y:] += fixed.uniform(-60, 60, 3).astype(np.float32)
        return np.clip(image, 0, 255).astype(np.uint8)

    def photograph(self, t, w, h, fixed, noise):
        """A few things before something out of focus, or before the dark, and a camera that goes by: a face, a cup, the moon. At half the size it is asked
        for, which is the size that is looked at: it has no lines that would need more, and costs a quarter."""
        w, h = w // 2, h // 2
        ground = natural(fixed) if fixed.random() < 0.75 else np.full(3, fixed.uniform(0, 12), np.float32)
        image = ground + clouds(w, h, fixed, fixed.uniform(0.3, 0.7)) * fixed.choice([1, 8, 20, 35])
        grain = clouds(w, h, fixed, fixed.uniform(0.6, 1), scales=range(3, 8))
        for _ in range(int(fixed.choice([1, 1, 2, 3, 5, 9]))):
            thing(image, fixed.uniform(0, 1) * w, fixed.uniform(0, 1) * h, min(w, h) * fixed.uniform(0.1, 0.6) * fixed.uniform(0.5, 1), grain, fixed)
        image += noise.standard_normal((h, w, 1), np.float32) * fixed.uniform(0, 8)
        pace, nearer = fixed.uniform(-0.03, 0.03, 2) * t * (w, h), 1 + fixed.uniform(0, 0.04) * t
        move = np.array([[nearer, 0, pace[0]], [0, nearer, pace[1]]], np.float32)
        return cv2.warpAffine(np.clip(image, 0, 255).astype(np.uint8), move, (w, h), borderMode=cv2.BORDER_REFLECT)

    def leaves(self, t, w, h, fixed, noise):
        """Things before things before things, a few large and most small, as in any picture of the world."""
        w, h = w // 2, h // 2
        image, grain = natural(fixed) * np.ones((h, w, 3), np.float32), clouds(w, h, fixed, fixed.uniform(0.6, 1), scales=range(3, 8))
        for part in fixed.uniform(0.1, 1, int(fixed.integers(12, 40))) ** 2:
            thing(image, fixed.uniform(0, 1) * w + 3 * t, fixed.uniform(0, 1) * h, min(w, h) * 0.4 * max(0.05, part), grain, fixed)
        return np.clip(image, 0, 255).astype(np.uint8)

    def diagram(self, t, w, h, fixed, noise):
        """Rings, frames, arrows and labels in thin lines."""
        light = fixed.random() < 0.8
        image, thick = np.full((h, w, 3), fixed.integers(225, 256) if light else fixed.integers(0, 40), np.uint8), int(fixed.integers(1, 5))
        for _ in range(int(fixed.integers(3, 9))):
            colour = (fixed.integers(0, 110, 3) if light else fixed.integers(150, 256, 3)).tolist()
            x, y, size = (int(v) for v in (fixed.uniform(0.1, 0.9) * w + 3 * t, fixed.uniform(0.1, 0.9) * h, fixed.uniform(0.08, 0.45) * min(w, h)))
            what = fixed.integers(4)
            if what == 0:
                cv2.circle(image, (x, y), size, colour, thick, cv2.LINE_AA)
            elif what == 1:
                cv2.rectangle(image, (x - size, y - size // 2), (x + size, y + size // 2), colour, thick)
            elif what == 2:
                cv2.arrowedLine(image, (x, y), (x + int(fixed.uniform(-2, 2) * size), y + int(fixed.uniform(-2, 2) * size)), colour, thick, cv2.LINE_AA)
            if what == 3 or fixed.random() < 0.5:
                cv2.putText(image, " ".join(fixed.choice(WORDS, 2)), (x - size // 2, y), 0, fixed.uniform(0.4, 0.9), colour, max(1, thick // 2), cv2.LINE_AA)
        return image

    def pattern(self, t, w, h, fixed, noise):
        frames = pattern(self.name)
        if frames is None:
            return self.stripes(t, w, h, fixed, noise)
        return cv2.resize(frames[int(t) % len(frames)], (w, h), interpolation=cv2.INTER_AREA)

    def stripes(self, t, w, h, fixed, noise):
        y, x = np.mgrid[0:h, 0:w].astype(np.float32)
        a, n = fixed.uniform(0, math.pi), fixed.uniform(3, 14)
        k = x * math.cos(a) + y * math.sin(a) + 10 * t
        on = (np.floor(k * n / w) % 2).astype(bool)
        if fixed.random() < 0.4:
            on ^= (np.floor(y * n / w) % 2).astype(bool)
        colours = fixed.integers(0, 256, (2, 3))
        return np.where(on[..., None], colours[0], colours[1]).astype(np.uint8)

    def text(self, t, w, h, fixed, noise):
        dark = fixed.random() < 0.3
        image = np.full((h, w, 3), 20 if dark else 245, np.uint8)
        scale, y = fixed.uniform(0.25, 0.7), 0.0
        offset = int(15 * t * (fixed.random() < 0.4))
        while y < h + 40:
            y += 34 * scale
            line = " ".join(fixed.choice(WORDS, 14))
            cv2.putText(image, line, (int(w * 0.05), int(y) - offset), int(fixed.integers(0, 2)), scale, (230,) * 3 if dark else (20,) * 3, 1, cv2.LINE_AA)
        return image

    def page(self, t, w, h, fixed, noise):
        """A few lines of large print, with room between them."""
        ground = fixed.integers(200, 256) if fixed.random() < 0.6 else fixed.integers(0, 60)
        image, scale, bold = np.full((h, w, 3), ground, np.uint8), fixed.uniform(0.5, 1.6) * w / 640, int(fixed.integers(1, 4))
        step, ink = int((25 + fixed.uniform(5, 40)) * scale), (20,) * 3 if ground > 128 else fixed.integers(160, 256, 3).tolist()
        y, x = int(h * fixed.uniform(0.1, 0.4)) + step - int(12 * t * (fixed.random() < 0.3)), int(w * fixed.uniform(0.04, 0.3))
        for _ in range(int(fixed.integers(1, 8))):
            line = " ".join(fixed.choice(WORDS, int(fixed.integers(1, 6)))).capitalize()
            cv2.putText(image, line, (x, y), int(fixed.choice([0, 2, 3, 4])), scale, ink, bold, cv2.LINE_AA)
            y += step
        return image

    def mesh(self, t, w, h, fixed, noise):
        """A checkerboard or a grid, as fine as one likes."""
        n = w / fixed.uniform(6, 60)
        y, x = (np.mgrid[0:h, 0:w] + fixed.uniform(0, 20) * t).astype(np.float32)
        on = (np.floor(x / n) + np.floor(y / n)) % 2 == 0 if fixed.random() < 0.7 else np.minimum(x % n, y % n) < max(1, n * fixed.uniform(0.05, 0.3))
        dark, light = ((0, 0, 0), (255, 255, 255)) if fixed.random() < 0.5 else fixed.integers(0, 256, (2, 3))
        return np.where(on[..., None], dark, light).astype(np.uint8)

    def chart(self, t, w, h, fixed, noise):
        """Bars, a pie or curves in flat colours, most with axes and captions."""
        image = np.full((h, w, 3), fixed.integers(200, 256, 3) if fixed.random() < 0.7 else fixed.integers(0, 70, 3), np.uint8)
        ink, n = (40, 40, 40) if image[0, 0].mean() > 128 else (220, 220, 220), int(fixed.integers(3, 9))
        colours, values = fixed.integers(0, 256, (n, 3)).tolist(), fixed.uniform(0.15, 0.9, n) * (1 - 0.15 * abs(math.sin(t)))
        left, top, right, bottom = int(0.12 * w), int(0.12 * h), int(0.92 * w), int(0.86 * h)
        kind = fixed.choice(["bars", "pie", "curves"])
        if kind == "pie":
            ends = np.cumsum(values / values.sum()) * 360
            for a, b, colour in zip([0, *ends], ends, colours):
                cv2.ellipse(image, (w // 2, h // 2), (int(0.38 * min(w, h)),) * 2, 0, a, b, colour, -1, cv2.LINE_AA)
        elif kind == "bars":
            for k in range(n):
                x = left + (right - left) * k // n
                cv2.rectangle(image, (x, int(bottom - values[k] * (bottom - top))), (x + (right - left) * 7 // (10 * n), bottom), colours[k if n % 2 else 0], -1)
        else:
            for colour in colours[:3]:
                curve = np.clip(np.cumsum(fixed.normal(0, 0.08, 12)) + 0.5, 0, 1)
                points = np.stack([np.linspace(left, right, 12), bottom - curve * (bottom - top)], 1)
                cv2.polylines(image, [points.astype(np.int32)], False, colour, 3, cv2.LINE_AA)
        if kind != "pie" and fixed.random() < 0.8:
            cv2.polylines(image, [np.array([[left, top], [left, bottom], [right, bottom]], np.int32)], False, ink, 2)
        if fixed.random() < 0.8:
            cv2.putText(image, " ".join(fixed.choice(WORDS, 3)), (left, top - 4), 0, 0.5, ink, 1, cv2.LINE_AA)
        return image

    def drawing(self, t, w, h, fixed, noise):
        """Sky, ground, and a dozen flat things that are none of the four shapes: houses, trees, hills, clouds."""
        image, y = np.full((h, w, 3), fixed.integers(100, 256, 3), np.uint8), int(h * fixed.uniform(0.5, 0.8))
        image[y:] = fixed.integers(30, 200, 3)
        for _ in range(int(fixed.integers(6, 16))):
            x, size, colour = int(fixed.uniform(0, w) + 8 * t * fixed.random()), h * fixed.uniform(0.08, 0.35), fixed.integers(0, 256, 3).tolist()
            a, b = int(size * fixed.uniform(0.5, 1)), int(size)
            what = fixed.integers(4)
            if what == 0:
                cv2.ellipse(image, (x, y), (2 * a, b), 0, 180, 360, colour, -1, cv2.LINE_AA)
            elif what == 1:
                cv2.rectangle(image, (x, y - b), (x + a, y), colour, -1)
                cv2.fillPoly(image, [np.array([[x - 4, y - b], [x + a // 2, y - b - a // 2], [x + a + 4, y - b]], np.int32)], fixed.integers(0, 256, 3).tolist(), cv2.LINE_AA)
                cv2.rectangle(image, (x + a // 4, y - b // 2), (x + a // 2, y), fixed.integers(0, 256, 3).tolist(), -1)
            elif what == 2:
                cv2.line(image, (x, y), (x, y - b), (60, 40, 20), max(2, a // 6))
                cv2.ellipse(image, (x, y - b), (a // 2, a), 0, 0, 360, colour, -1, cv2.LINE_AA)
            else:
                for k in range(3):
                    cv2.ellipse(image, (x + k * a // 2, int(0.2 * h)), (a // 2, a // 3), 0, 0, 360, (235, 235, 240), -1, cv2.LINE_AA)
        return image

    def clutter(self, t, w, h, fixed, noise):
        """Far more shapes than three, of all colours, on top of each other."""
        image = np.full((h, w, 3), fixed.integers(0, 256, 3), np.uint8)
        for _ in range(int(fixed.integers(25, 80))):
            p = outline(["circle", "square", "triangle", "star"][fixed.integers(4)], fixed.random()) * fixed.uniform(0.03, 0.3) * h * fixed.uniform(0.4, 1, 2)
            p = p + fixed.uniform(0, 1, 2) * (w, h) + fixed.normal(0, 10, 2) * t
            cv2.fillPoly(image, [np.round(p * 16).astype(np.int32)], fixed.integers(0, 256, 3).tolist(), cv2.LINE_AA, 4)
        return image


if __name__ == "__main__":
    rng = random.Random(1)
    print([name for name in LAVFI if pattern(name) is None], "unknown to this FFmpeg")
    rows = [np.hstack([Stranger(rng, kind=kind).render(0.5, 168, 84) for _ in range(7)]) for kind in dict.fromkeys(KINDS)]
    cv2.imwrite(sys.argv[1], np.vstack(rows)[:, :, ::-1])
