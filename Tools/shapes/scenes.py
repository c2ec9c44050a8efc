"""The world of the small model: one to three shapes, each with one thing that happens to it.

A scene knows the truth at any time (`Scene.state`) and draws it at any size (`Scene.render`). Positions are
shares of the frame's width and height, radii are shares of its shorter side, times are seconds.
"""
import math
import random
import sys

import cv2
import numpy as np

COLOURS = ["red", "green", "blue", "yellow", "purple", "orange", "white", "black"]
SHAPES = ["circle", "square", "triangle", "star"]
DIRECTIONS = {"left": (-1, 0), "right": (1, 0), "up": (0, -1), "down": (0, 1)}
MOVES = (*DIRECTIONS, "circle")
SUDDEN = ("appears", "disappears", "turns")  # what happens at one moment
ACTIONS = [*DIRECTIONS, "circle", "grows", "shrinks", *SUDDEN, "still"]
# hue in degrees, saturation, value: a range for each, so that a colour's name is learnt and not one RGB value
HSV = {
    "red": ((-8, 6), (0.75, 1), (0.68, 1)), "green": ((98, 148), (0.55, 1), (0.42, 1)),
    "blue": ((207, 244), (0.6, 1), (0.55, 1)), "yellow": ((48, 61), (0.65, 1), (0.85, 1)),
    "purple": ((266, 301), (0.45, 1), (0.45, 0.9)), "orange": ((22, 40), (0.8, 1), (0.86, 1)),
    "white": ((0, 360), (0, 0.04), (0.94, 1)), "black": ((0, 360), (0, 0.3), (0, 0.1)),
}
SIZES = [(640, 360), (640, 360), (1280, 720), (1920, 1080), (1080, 1920), (720, 1280), (360, 640), (640, 480), (480, 640), (320, 240),
         (512, 512), (480, 480), (720, 720), (720, 360), (800, 400), (360, 720), (854, 480), (426, 240), (320, 180), (600, 400), (400, 500)]

LEVELS = [(0.02, 0.3), (0.3, 0.6), (0.55, 0.95), (0.8, 1.0)]  # how bright a ground is

GRAIN = np.random.default_rng(0).standard_normal((2048, 2048, 3), np.float32)


def hsv(rng, ranges):
    h, s, v = (rng.uniform(*r) for r in ranges)
    h = (h % 360) / 60
    f = [v * (1 - s * max(0, min(k, 4 - k, 1))) for k in ((5 + h) % 6, (3 + h) % 6, (1 + h) % 6)]
    return tuple(round(255 * c) for c in f)


def contrast(a, b):
    return 0.5 * abs(a[0] - b[0]) + abs(a[1] - b[1]) + 0.4 * abs(a[2] - b[2])


def outline(shape, style):
    """The corners of a shape of radius 1 around (0, 0)."""
    if shape == "circle":
        a = np.arange(36) * (math.pi / 18)
        return np.stack([np.cos(a), np.sin(a)], 1)
    if shape == "square":
        k = 1.0 if style < 0.5 else 0.886
        return np.array([[-k, -k], [k, -k], [k, k], [-k, k]])
    if shape == "triangle":
        return np.array([[0, -1.1], [1.05, 0.85], [-1.05, 0.85]] if style < 0.4 else [[0, -1], [0.866, 0.5], [-0.866, 0.5]] if style < 0.7
                        else [[0, -1], [1, 1], [-1, 1]])
    a = np.arange(10) * (math.pi / 5) - math.pi / 2
    r = np.where(np.arange(10) % 2 == 0, 1.0, 0.38 + 0.12 * style)
    return np.stack([r * np.cos(a), r * np.sin(a)], 1)


class Shape:
    """One shape and the one thing that happens to it, between the times `a` and `b` (or at `a` where it happens at once)."""

    def __init__(self, rng, colour, shape, action, duration, big=False):
        self.colour, self.shape, self.action = colour, shape, action
        self.radius = rng.uniform(0.18, 0.34) if big else rng.uniform(0.2, 0.3) if rng.random() < 0.12 else rng.uniform(0.045, 0.065) if rng.random() < 0.1 else rng.uniform(0.065, 0.2)
        self.corners = outline(shape, rng.random())
        if (k := rng.random()) < 0.26 and shape != "circle":
            t = rng.uniform(-0.15, 0.15) if k < 0.14 else rng.uniform(-math.pi, math.pi)
            self.corners = self.corners @ np.array([[math.cos(t), math.sin(t)], [-math.sin(t), math.cos(t)]])
        self.rgb = hsv(rng, HSV[colour])
        self.a, self.b = 0.0, duration
        if action in SUDDEN:
            self.a = rng.uniform(0.18, 0.82) * duration
        elif rng.random() < 0.45 and action != "still":  # at rest before and after
            start, length = (rng.uniform(0, 0.5), rng.uniform(0.5, 1)) if action == "circle" else (rng.uniform(0, 0.7), rng.uniform(0.25, 1))  # a circle that two frames show is none
            self.a, self.b = start * duration, min(1, start + length) * duration
        self.spin = rng.choice([-1, 1]) * rng.uniform(0.85, 1.6) * 2 * math.pi
        self.phase, self.orbit = rng.uniform(0, 2 * math.pi), rng.uniform(0.07, 0.26)
        self.ease, self.factor = rng.random() < 0.25, rng.uniform(1.5, 2.9)
        if action in ("grows", "shrinks"):
            self.radius = rng.uniform(0.12, 0.15) if big else rng.uniform(0.06, 0.11)
        self.x, self.y, self.dx, self.dy = rng.uniform(0.08, 0.92), rng.uniform(0.08, 0.92), 0.0, 0.0
        if action in DIRECTIONS:
            d, k = DIRECTIONS[action], rng.uniform(0.2, 0.75)
            self.dx, self.dy = d[0] * k + d[1] * rng.uniform(-0.05, 0.05), d[1] * k + d[0] * rng.uniform(-0.05, 0.05)
            self.x = rng.uniform(0.1, max(0.1, 0.9 - abs(self.dx))) + max(0, -self.dx)
            self.y = rng.uniform(0.1, max(0.1, 0.9 - abs(self.dy))) + max(0, -self.dy)
        self.colour2 = self.rgb2 = None
        self.fade = rng.uniform(0.1, 0.6) if action in SUDDEN and rng.random() < 0.2 else 0.0  # seconds that an event takes, half of them before `a`
        self.edge = rng.uniform(0.3, 0.8) if rng.random() < 0.06 else None  # how dark a line around it is

    @property
    def name(self):
        return f"{self.colour} {self.shape}"

    def at(self, t, aspect):
        """(colour, x, y, radius) at time t, or None where the shape is not to be seen."""
        if self.action == "appears" and t < self.a or self.action == "disappears" and t >= self.a:
            return None
        u = min(1.0, max(0.0, (t - self.a) / max(1e-6, self.b - self.a)))
        u = u * u * (3 - 2 * u) if self.ease else u
        x, y, r = self.x, self.y, self.radius
        if self.action in DIRECTIONS:
            x, y = x + self.dx * u, y + self.dy * u
        elif self.action == "circle":
            k = self.phase + self.spin * u
            x, y = x + self.orbit * math.cos(k) / max(1, aspect), y + self.orbit * math.sin(k) * min(1, aspect)
        elif self.action in ("grows", "shrinks"):
            r *= 1 + (self.factor - 1) * (u if self.action == "grows" else 1 - u)
        return (self.colour2 if self.action == "turns" and t >= self.a else self.colour), x, y, r


class Scene:
    def __init__(self, rng, size=None, count=None, duration=None, big=False, actions=ACTIONS, colours=COLOURS, kinds=SHAPES, loose=0.1):
        """`loose` is how often a shape may run over another."""
        self.size = size or rng.choice(SIZES)
        self.duration = duration or (rng.choice([2, 3, 4, 5, 6, 8, 10]) if rng.random() < 0.25 else rng.uniform(1.5, 10.5))
        self.rate = rng.choice([4.0, 5.0, 6.0, 8.0, 10.0, 12.0, 15.0, 20.0, 24000 / 1001, 24.0, 25.0, 25.0, 30.0, 30.0, 30000 / 1001, 50.0, 60.0])
        self.aspect = self.size[0] / self.size[1]
        self.look(rng)
        self.shapes = []
        for _ in range(count or rng.choice([1, 1, 2, 2, 2, 3])):
            for _ in range(40):
                if self.admit(rng, Shape(rng, rng.choice(colours), rng.choice(kinds), rng.choice(actions), self.duration, big), loose):
                    break
        if not self.shapes:
            self.__init__(rng, size, count, duration, big, actions, colours, kinds, loose)

    def look(self, rng):
        k = rng.random()
        level = rng.choice(LEVELS)
        pick = lambda level: hsv(rng, ((0, 360), (0, 0.45) if rng.random() < 0.75 else (0, 0.9), level))
        self.background = [pick(level), pick(rng.choice(LEVELS) if rng.random() < 0.4 else level) if k < 0.45 else None]
        if self.background[1] is None:
            self.background[1] = self.background[0]
        self.slope = rng.uniform(0, 2 * math.pi) if rng.random() < 0.6 else rng.choice([0, math.pi / 2, math.pi, 1.5 * math.pi])
        self.radial = rng.random() < 0.25
        self.noise = rng.choice([0, 0, 1.5, 3, 6])
        self.seed, self.render_mode = rng.getrandbits(32), rng.choice(["direct", "direct", "direct", "source", "jpeg"])
        self.canvases = {}

    def admit(self, rng, s, loose):
        """Adds the shape where it can be seen, is inside, has a name of its own and, but for a share of `loose`, does not run over another; over one
        of nearly its colour never, and nowhere over more than half of one."""
        if s.action == "turns":
            s.colour2 = rng.choice([c for c in COLOURS if c != s.colour])
            s.rgb2 = hsv(rng, HSV[s.colour2])
        names = {(c, o.shape) for o in self.shapes for c in (o.colour, o.colour2) if c}
        if (s.colour, s.shape) in names or (s.colour2, s.shape) in names:
            return False
        ground = self.background + [tuple((a + b) / 2 for a, b in zip(*self.background))]
        if any(contrast(c, g) < 65 for c in (s.rgb, s.rgb2) if c for g in ground):
            return False
        loose = rng.random() < loose
        for k in range(13):
            t = k / 12 * self.duration
            box = self.box(s, t, seen=True)
            if min(box[:2]) < 0.01 or max(box[2:]) > 0.99:
                return False
            for o in self.shapes:
                other = self.box(o, t, seen=True)
                over = [min(box[i + 2], other[i + 2]) - max(box[i], other[i]) for i in (0, 1)]
                hides = 2 * over[0] * over[1] > (other[2] - other[0]) * (other[3] - other[1])
                if min(over) > (0 if loose else -0.01) and (hides or not loose or any(contrast(c, d) < 65 for c in (s.rgb, s.rgb2) for d in (o.rgb, o.rgb2) if c and d)):
                    return False
        self.shapes.append(s)
        return True

    def state(self, s, t):
        return s.at(t, self.aspect)

    def box(self, s, t, seen=False):
        """(x1, y1, x2, y2) in shares of the frame; None where it is not to be seen, unless `seen` asks for the place all the same."""
        at = s.at(t, self.aspect) or (s.at(s.a + (0.001 if s.action == "appears" else -0.001), self.aspect) if seen else None)
        if at is None:
            return None
        _, x, y, r = at
        p = s.corners * (r / max(1, self.aspect), r * min(1, self.aspect)) + (x, y)
        return (*p.min(0), *p.max(0))

    def canvas(self, w, h):
        if (w, h) not in self.canvases:
            a, b = (np.array(c, np.float32) for c in self.background)
            if self.background[0] == self.background[1]:
                self.canvases[w, h] = np.full((h, w, 3), self.background[0], np.uint8)
            else:  # a gradient is smooth: a few points of it, enlarged
                x = y = np.linspace(-0.5, 0.5, 33, dtype=np.float32)
                k = np.hypot(x[None], y[:, None]) if self.radial else x[None] * math.cos(self.slope) + y[:, None] * math.sin(self.slope)
                k = (k - k.min()) / max(1e-6, float(np.ptp(k)))
                self.canvases[w, h] = (cv2.resize(a + k[..., None] * (b - a), (w, h), interpolation=cv2.INTER_LINEAR) + 0.5).astype(np.uint8)
        return self.canvases[w, h].copy()

    def draw(self, image, t, only=None, colour=None):
        h, w = image.shape[:2]
        for s in self.shapes if only is None else [only]:
            part = min(1.0, max(0.0, (t - s.a) / s.fade + 0.5)) if s.fade and only is None else float(t >= s.a)  # how much of an event is over
            at, before = s.at(t, self.aspect), image
            if s.action in ("appears", "disappears") and 0 < part < 1:
                at, image = s.at(s.a + (1 if s.action == "appears" else -1) * 1e-3, self.aspect), image.copy()
            if at is None:
                continue
            _, x, y, r = at
            p = s.corners * (r / max(1, self.aspect) * w, r * min(1, self.aspect) * h) + (x * w - 0.5, y * h - 0.5)
            p, rgb = np.round(p * 16).astype(np.int32), colour or s.rgb
            if s.action == "turns" and not colour:
                rgb = tuple(round(a + part * (b - a)) for a, b in zip(s.rgb, s.rgb2))
            cv2.fillPoly(image, [p], rgb, cv2.LINE_AA, 4)
            if s.edge and not colour:
                cv2.polylines(image, [p], True, tuple(round(s.edge * v) for v in rgb), max(1, round(0.02 * min(w, h))), cv2.LINE_AA, 4)
            if image is not before:
                share = part if s.action == "appears" else 1 - part
                image = cv2.addWeighted(image, share, before, 1 - share, 0, dst=before)
        return image

    def render(self, t, w, h):
        """The frame at time t as the model gets it: w x h, uint8, drawn there at once or at a larger size and shrunk."""
        noise = np.random.default_rng((self.seed, int(t * 1000)))
        k = 1 if self.render_mode == "direct" else 2
        image = self.draw(self.canvas(w * k, h * k), t)
        if self.noise:
            a, b = noise.integers(0, 200, 2)
            grain = GRAIN[a : a + image.shape[0], b : b + image.shape[1]]
            if grain.shape != image.shape:  # larger than all the grain there is
                grain = cv2.resize(grain, image.shape[1::-1], interpolation=cv2.INTER_NEAREST)
            image = cv2.scaleAdd(grain, self.noise * (0.5 if k == 1 else 1), image.astype(np.float32))
            image = cv2.convertScaleAbs(np.maximum(image, 0, out=image))
        if self.render_mode == "jpeg":
            quality = 40 + self.seed % 56
            image = cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], 1)
        return image if k == 1 else cv2.resize(image, (w, h), interpolation=cv2.INTER_AREA)

    def cells(self, t, w, h):
        """For each 28 x 28 cell the index of the shape that is told there, and -1 where none is to be seen: of several the one of which this cell
        shows the larger part, so that a small shape is not lost beside a large one, or on it."""
        gh, gw = h // 28, w // 28
        shares, above = np.zeros((len(self.shapes), gh * gw), np.float32), np.ones((h // 4, w // 4), np.float32)
        for i in range(len(self.shapes) - 1, -1, -1):  # what is drawn later hides what was drawn before
            if self.shapes[i].at(t, self.aspect):
                mask = self.draw(np.zeros((h // 4, w // 4), np.uint8), t, self.shapes[i], (255,)) / np.float32(255)
                shares[i] = (mask * above).reshape(gh, 7, gw, 7).mean((1, 3)).ravel()
                above *= 1 - mask
        seen = (shares > 0.05) | (shares == shares.max(1, keepdims=True)) & (shares > 0.01)
        part = np.where(seen, shares / np.maximum(shares.sum(1, keepdims=True), 1e-6), 0)
        return np.where(part.any(0), part.argmax(0), -1)


if __name__ == "__main__":
    rng = random.Random(1)
    rows = [np.hstack([Scene(rng, (640, 360)).render(0.5, 168, 84) for _ in range(5)]) for _ in range(8)]
    cv2.imwrite(sys.argv[1], cv2.resize(np.vstack(rows)[:, :, ::-1], None, fx=1.5, fy=1.5))
