"""What can be known of a scene from the frames that were sampled: the thoughts, and the facts that answers are made of."""
import random

from scenes import DIRECTIONS

NUMBERS = ["no", "one", "two", "three", "four"]


def sides(box):
    """A box in shares of the frame -> whole tens of 1000, none over 990."""
    return [min(99, max(0, round(v * 100))) * 10 for v in box]


class Walk:
    """The thought about frames: its text, the exact sides in it, and which part of the text speaks of which frame and shape."""

    def __init__(self):
        self.text, self.exact, self.spans = "", [], []  # spans: (from, to, frame, shape or None for the frame's time)
        self.repeats = []  # (from, to, frame, shape, side; no shape: its time): what is said again before a verdict
        self.moments = []  # (from, to, frame): where a verdict says when

    def mark(self, text, frame, shape):
        self.spans.append((len(self.text), len(self.text) + len(text), frame, shape))
        self.text += text

    def again(self, text, frame, shape, side):
        """A time, or a side of a shape's box, that a line has said."""
        self.repeats.append((len(self.text), len(self.text) + len(text), frame, shape, side))
        self.text += text

    def add(self, other, frames):
        """Another walk that goes on `frames` frames later."""
        self.text += " " if self.text else ""
        self.spans += [(a + len(self.text), b + len(self.text), k + frames, o) for a, b, k, o in other.spans]
        self.text += other.text
        self.exact += other.exact


class Facts:
    """A scene as seen at `times` (the labels of the frames, or the half seconds of a video in pairs)."""

    def __init__(self, scene, times, paired=False):
        self.scene, self.times, self.paired = scene, times, paired
        self.seed, self.noise = 0, 0.0  # for training: how far the sides in the thought are off, in tens, as a model reads them
        first = lambda s: next((t for t in times if scene.state(s, t)), 99)
        self.shapes = sorted(scene.shapes, key=lambda s: (first(s), scene.state(s, first(s))[1] if first(s) < 99 else 0))
        self.walk = times[::2] if paired else times

    def sound(self):
        """Whether each event shows between the first frame and the last, with a margin that keeps boundaries clear."""
        for s in self.shapes:
            if s.action in ("appears", "disappears", "turns") and not self.times[0] < s.a <= self.times[-1]:
                return False
        return True

    def label(self, t):
        return str(int(t)) if self.paired else str(t)

    def moment(self, s):
        """The first sampled time at which the event of `s` has happened."""
        t = next(t for t in self.times if t >= s.a)
        return f"{round(t * 2) / 2:g}" if self.paired else str(t)

    def covering(self, k, index):
        """Which of `shapes` the scene's shape number `index` is, in the frame number k of `walk`."""
        return self.shapes.index(self.scene.shapes[index])

    @property
    def interval(self):
        return max(b - a for a, b in zip(self.times, self.times[1:])) if len(self.times) > 1 else 1.0

    def seen(self, t):
        return [s for s in self.shapes if self.scene.state(s, t)]

    def pair(self, t):
        """The time of the second frame that shares its tokens with the frame at t."""
        return self.times[self.times.index(t) + 1] if self.paired else t

    def lines(self):
        """What each frame shows, as a `Walk`: `0.44s: red circle [120,340,210,500]; blue star [30,10,90,120].`"""
        walk = Walk()
        for k, t in enumerate(self.walk):
            walk.text += " " if k else ""
            walk.mark(self.label(t), k, None)
            walk.text += "s:"
            before = len(walk.text)
            for o, s in enumerate(self.shapes):
                early, late = self.scene.state(s, t), self.scene.state(s, self.pair(t))
                if not (early or late):
                    continue
                change = " comes" if not early else " goes" if not late else " turns" if early[0] != late[0] else ""
                box = self.scene.box(s, t) or self.scene.box(s, self.pair(t))
                walk.exact += box
                walk.text += ";" if len(walk.text) > before else ""
                walk.mark(f" {(early or late)[0]} {s.shape} [{','.join(map(str, self.read(box, k, o)))}]{change}", k, o)
            walk.text += "." if len(walk.text) > before else " nothing."
        return walk

    def read(self, box, k, o):
        rng = random.Random(self.seed + 8 * k + o)
        return [min(990, max(0, v + 10 * round(rng.gauss(0, self.noise)))) for v in sides(box)] if self.noise else sides(box)

    def line(self, t):
        """What the thought says of the frame nearest to t."""
        k, walk = self.nearest(t), self.lines()
        return ";".join(walk.text[a:b] for a, b, frame, shape in walk.spans if frame == k and shape is not None).strip() or "nothing"

    def thought(self):
        """What is thought of any question: the lines, then of each shape its first, last and middle frame: when, in what colour, and side by
        side where it was, each compared with the first. So what it does can be read off a few signs: a small model finds no difference
        between lines that are far apart, and does not compare four pairs of numbers in one step."""
        walk = self.lines()
        if len(self.times) == 1:
            return walk
        walk.text += " So:"
        for o, s in enumerate(self.shapes):
            walk.text += f"{';' if o else ''} {s.name}"
            entries = {k: walk.text[a:b] for a, b, k, shape in walk.spans if shape == o}
            stops, states = [0, len(self.walk) - 1, len(self.walk) // 2], []
            for k in stops:
                states.append(entries[k].split()[0] + entries[k].split("]")[1] if k in entries else "nothing")
                walk.text += " "
                walk.again(self.label(self.walk[k]), k, None, None)
                walk.text += f"s {states[-1]},"
            if len(set(states)) == 1 and states[0] == s.colour:
                boxes = [[int(v) for v in entries[k].split("[")[1].split("]")[0].split(",")] for k in stops]
                for j, side in enumerate(("left", "top", "right", "bottom")):
                    walk.text += f" {side} "
                    for n, (k, box) in enumerate(zip(stops, boxes)):
                        walk.text += "," if n else ""
                        walk.again(str(box[j]), k, o, j)
                        walk.text += sign(box[j] - boxes[0][j]) if n else ""
            walk.text = walk.text.removesuffix(",") + f": {self.clause(s)}"
            if at := self.moment_of(s):
                if not self.paired:
                    walk.moments.append((len(walk.text) + len(" at "), len(walk.text) + len(at) - 1, self.walk.index(float(self.moment(s)))))
                walk.text += at
        walk.text += "."
        return walk

    def nearest(self, t):
        """The number of the frame nearest to t."""
        return min(range(len(self.walk)), key=lambda k: abs(self.walk[k] - t))

    def near(self, t):
        """The label of the frame nearest to t."""
        return self.label(self.walk[self.nearest(t)])

    def deed(self, s):
        if s.action in DIRECTIONS:
            return f"moves {s.action}"
        return {"circle": "moves in a circle", "still": "stays still", "turns": f"turns {s.colour2}"}.get(s.action, s.action)

    def clause(self, s, moment=False):
        return f"the {s.name} {self.deed(s)}{self.moment_of(s) if moment else ''}"

    def moment_of(self, s):
        return f" at {self.moment(s)}s" if s.action in ("appears", "disappears", "turns") else ""

    def place(self, s, t):
        _, x, y, _ = self.scene.state(s, t)
        across = "left" if x < 0.36 else "right" if x > 0.64 else ""
        down = "top" if y < 0.36 else "bottom" if y > 0.64 else ""
        return f"{down} {across}".strip() or "center"

    def box(self, s, t):
        box = self.scene.box(s, t)
        return box and sides(box)

    def callings(self, s):
        """The names that mean this shape and no other."""
        names = [s.name, s.name]
        if sum(o.shape == s.shape for o in self.shapes) == 1:
            names += [s.shape, s.shape, s.shape]
        if s.action != "turns" and all(s.colour not in (o.colour, o.colour2) for o in self.shapes if o is not s):
            names += [f"{s.colour} shape", f"{s.colour} one"]
        if len(self.shapes) == 1:
            names += ["shape", "object"]
        return names


def sign(change):
    """How much larger a side has become, in thousandths of the frame: `=` not, `+` or `-` a little, `>` or `<` a lot."""
    return "=" if abs(change) <= 10 else "+" if 0 < change < 100 else "-" if -100 < change < 0 else ">" if change > 0 else "<"


def join(parts):
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def sentence(text):
    return text[0].upper() + text[1:] + "."


def a(name):
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"
