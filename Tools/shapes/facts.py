"""What can be known of a scene from the frames that were sampled: the thoughts, and the facts that answers are made of."""
import random
from typing import NamedTuple

from scenes import COLOURS, DIRECTIONS, MOVES, SHAPES, SUDDEN

NUMBERS = ["no", "one", "two", "three", "four"]
SIDES = ("left", "top", "right", "bottom")
VERBS = {"grows": ["grows", "gets bigger", "gets larger", "is growing", "becomes larger"], "shrinks": ["shrinks", "gets smaller", "is shrinking", "becomes smaller"],
         "appears": ["appears", "shows up", "comes in later", "is not there at first", "comes later"], "disappears": ["disappears", "vanishes", "goes away", "is gone at the end", "leaves"],
         "turns": ["changes color", "changes colour", "changes its color"],
         "still": ["stays still", "stands still", "does nothing", "stays where it is", "remains still"], "circle": ["moves in a circle", "goes round", "circles around", "goes in a circle"],
         **{d: [f"moves {d}", f"goes {d}", f"is moving {d}", f"travels {d}"] for d in DIRECTIONS}}


def sides(box):
    """A box in shares of the frame -> whole tens of 1000, none over 990."""
    return [min(99, max(0, round(v * 100))) * 10 for v in box]


class Walk:
    """The thought about frames: its text, the exact sides in it, and which part of the text speaks of which frame and shape."""

    def __init__(self):
        self.text, self.exact, self.spans = "", [], []  # spans: (from, to, frame, shape or None for the frame's time)
        self.repeats = []  # (from, to, frame, shape, side; no shape: its time): what is said again before a verdict
        self.moments = []  # (from, to, frame): where a verdict says when
        self.clauses = []  # (from, to): a shape's name, what it does, and when
        self.widths = []  # (from, to, shape): how wide it is
        self.follows = []  # (from, to, shape): what ends a shape's clause, up to the number of the next one

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


class Trace(NamedTuple):
    """How it was found when a shape begins to move or to grow, or when it is done."""
    text: str
    frame: int  # the number of the last frame before it begins, or of the first where it is done
    side: tuple  # the shape, by its number, and the side that is followed
    lines: tuple  # the frames and the shape, by their numbers, that were looked at


class Facts:
    """A scene as seen at `times` (the labels of the frames, or the half seconds of a video in pairs)."""

    def __init__(self, scene, times, paired=False):
        self.scene, self.times, self.paired = scene, times, paired
        # For training: how far the sides in the thought are off, as a model reads them, in tens; and whether what grows or shrinks is read to do so by less.
        self.seed, self.noise, self.lags = 0, 0.0, False
        first = lambda s: next((t for t in times if scene.state(s, t)), 99)
        # Numbers go by kind where shapes are there together: by place, two at nearly the same place had no order, and one was forgotten.
        self.shapes = sorted(scene.shapes, key=lambda s: (first(s), SHAPES.index(s.shape), COLOURS.index(s.colour)))
        self.walk = times[::2] if paired else times

    def sound(self):
        """Whether what happens can be told from these frames, by whoever looks."""
        return all(self.shows(s) for s in self.shapes)

    def shows(self, s):
        """An event between the first frame and the last; three places of a circle; a movement or a growth that moves a side by a fortieth of the frame."""
        if s.action in SUDDEN:
            return self.times[0] < s.a <= self.times[-1]
        if s.action == "circle":
            return len(self.walk) < 2 or sum(s.a <= t <= s.b for t in self.walk) > 2
        first, last = (self.scene.box(s, self.walk[k]) for k in (0, -1))
        return s.action == "still" or len(self.walk) < 2 or max(abs(a - b) for a, b in zip(first, last)) >= 0.025

    def label(self, t):
        return str(int(t)) if self.paired else str(t)

    def moment(self, s):
        """The first sampled time at which the event of `s` has happened."""
        t = next(t for t in self.times if t >= s.a)
        return f"{round(t * 2) / 2:g}" if self.paired else str(t)

    def event(self, s):
        """The number of the first frame that shows the event of `s`."""
        first = next(k for k, t in enumerate(self.times) if t >= s.a)
        return first // 2 if self.paired else first

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

    def lines(self, numbered=True):
        """What each frame shows, as a `Walk`: `0.44s: 1 red circle [120,340,210,500]; 2 blue star [30,10,90,120].`"""
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
                walk.mark(f" {f'{o + 1} ' if numbered else ''}{(early or late)[0]} {s.shape} [{','.join(map(str, self.read(box, k, o)))}]{change}", k, o)
            walk.text += "." if len(walk.text) > before else " nothing."
        return walk

    def read(self, box, k, o):
        read, rng, s = sides(box), random.Random(self.seed + 8 * k + o), self.shapes[o]
        if self.lags and s.action in ("grows", "shrinks"):
            each = random.Random(self.seed + o)
            read = [round((a + each.uniform(0.2, 1) * (b - a)) / 10) * 10 for a, b in zip(sides(self.scene.box(s, self.times[0])), read)]
        return [min(990, max(0, v + 10 * round(rng.gauss(0, self.noise)))) for v in read]

    def line(self, t, asked=None, of=None, halves=False):
        """What the thought says of the frame nearest to t, each box (or the one `of` a shape) with its middle and the ninth that is in, or the two `halves`;
        whether these are the words that were `asked` for."""
        k, walk = self.nearest(t), self.lines()
        entries = [(unnumbered(walk.text[a:b]), self.shapes[shape]) for a, b, frame, shape in walk.spans if frame == k and shape is not None and of in (None, self.shapes[shape])]
        at = lambda s: self.walk[k] if self.scene.state(s, self.walk[k]) else self.pair(self.walk[k])
        words = lambda s: quarter(self.middle(s, at(s))) if halves else ninth(self.place(s, at(s)))
        verdict = lambda s: "" if asked is None else " yes" if set(asked.split()) <= set(words(s).split()) else " no"
        return "; ".join(f"{entry} {','.join(map(str, middle(numbers(entry))))} {words(s)}{verdict(s)}" for entry, s in entries) or "nothing"

    def between(self, s, t):
        """Where t lies near the middle between two frames that both show a shape: the first one's number, and the text: the two times, and of each
        side what the lines say of it and what is half way."""
        k = max(k for k, u in enumerate(self.walk) if u <= t)
        if k + 1 == len(self.walk) or s.action in SUDDEN or not 0.4 <= (t - self.walk[k]) / (self.walk[k + 1] - self.walk[k]) <= 0.6:
            return None
        both = list(zip(SIDES, *(self.boxes(s)[j] for j in (k, k + 1))))
        times = " and ".join(f"{self.label(self.walk[j])}s" for j in (k, k + 1))
        return k, f"{times}, " + ", ".join(f"{side} {a},{b} {round((a + b) / 20) * 10}" for side, a, b in both)

    def boxes(self, s):
        """What the lines say of a shape's sides: {frame: [left, top, right, bottom]}."""
        walk, o = self.lines(), self.shapes.index(s)
        return {k: numbers(walk.text[a:b]) for a, b, k, shape in walk.spans if shape == o}

    def width(self, s):
        """How wide a shape is where it is first seen."""
        return wide(next(iter(self.boxes(s).values())))

    def traced(self, s, ends=False):
        """How the first frame of a movement or a growth is found, or with `ends` its last one: one side from frame to frame, from the first on or from
        the last back, up to the frame where it is another than where it was first looked at. None where no frame shows it."""
        boxes, side = self.boxes(s), 1 if s.action in ("up", "down") else 0
        text, stops = f"{SIDES[side]}", list(range(len(self.walk)))[:: -1 if ends else 1]
        for n, k in enumerate(stops):
            change = sign(boxes[k][side] - boxes[stops[0]][side]) if n else ""
            text += f" {self.label(self.walk[k])}s {boxes[k][side]}{change},"
            if change not in ("", "="):
                o = self.shapes.index(s)
                return Trace(text[:-1], stops[n - 1], (o, side), tuple((j, o) for j in stops[: n + 1]))
        return None

    def thought(self):
        """What is thought of any question: the lines, then of each shape how wide it is, and its first, last and middle frame, one before that and one after: when, in
        what colour, and side by side where it was, each compared with the first. So what it does can be read off a few signs: a small model finds
        no difference between lines that are far apart, and does not compare four pairs of numbers in one step. What comes, goes or turns is
        looked for frame by frame, up to the one that shows it, whose time is then the moment."""
        walk = self.lines()
        if len(self.times) == 1:
            return walk
        walk.text += " So:"
        for o, s in enumerate(self.shapes):
            walk.text += f" {o + 1} {s.name} "
            entries = {k: walk.text[a:b] for a, b, k, shape in walk.spans if shape == o}
            last = len(self.walk) - 1
            first = min(entries)
            size = numbers(entries[first])
            for j, then in ((0, ","), (2, " ")):
                walk.again(str(size[j]), first, o, j)
                walk.text += then
            walk.widths.append((len(walk.text), len(walk.text) + len(str(wide(size))), o))
            walk.text += str(wide(size))
            stops, states = [0, last, len(self.walk) // 2, len(self.walk) // 4, min(last, len(self.walk) * 3 // 4)], []

            def look(k):
                states.append(entries[k].split()[1] + entries[k].split("]")[1] if k in entries else "nothing")
                walk.text += " "
                walk.again(self.label(self.walk[k]), k, None, None)
                walk.text += f"s {states[-1]},"

            for k in stops:
                look(k)
            if s.action in SUDDEN:
                walk.text += " look:"
                for k in range(self.event(s) + 1):
                    look(k)
            else:
                boxes = [numbers(entries[k]) for k in stops]
                for j, side in enumerate(SIDES):
                    walk.text += f" {side} "
                    for n, (k, box) in enumerate(zip(stops, boxes)):
                        walk.text += "," if n else ""
                        walk.again(str(box[j]), k, o, j)
                        walk.text += sign(box[j] - boxes[0][j]) if n else ""
            walk.text = walk.text.removesuffix(",") + f": {self.clause(s)}"
            start = len(walk.text) - len(self.clause(s)) + len("the")
            if at := self.moment_of(s):
                if not self.paired:
                    walk.moments.append((len(walk.text) + len(" at "), len(walk.text) + len(at) - 1, self.event(s)))
                walk.text += at
            walk.clauses.append((start, len(walk.text)))
            walk.follows.append((len(walk.text), len(walk.text) + 2, o))
            walk.text += ";" if o < len(self.shapes) - 1 else "."
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

    def clause(self, s):
        return f"the {s.name} {self.deed(s)}"

    def moment_of(self, s):
        return f" at {self.moment(s)}s" if s.action in SUDDEN else ""

    def middle(self, s, t):
        """The middle of its box, in shares of the frame."""
        left, top, right, bottom = self.scene.box(s, t)
        return (left + right) / 2, (top + bottom) / 2

    def place(self, s, t):
        """Which ninth of the frame the middle of its box is in."""
        x, y = self.middle(s, t)
        across = "left" if x < 0.36 else "right" if x > 0.64 else ""
        down = "top" if y < 0.36 else "bottom" if y > 0.64 else ""
        return f"{down} {across}".strip() or "center"

    def bordering(self, s, t):
        """Whether it is so near to where two ninths meet that nobody can tell in which it is."""
        return any(abs(v - border) < 0.015 for v in self.middle(s, t) for border in (0.36, 0.64))

    def box(self, s, t):
        box = self.scene.box(s, t)
        return box and sides(box)

    def callings(self, s):
        """The names that mean this shape and no other."""
        names = [s.name, s.name]
        if sum(o.shape == s.shape for o in self.shapes) == 1:
            names += [s.shape, s.shape, s.shape]
        if s.action != "turns" and all(s.colour not in (o.colour, o.colour2) for o in self.shapes if o is not s):
            names += [f"{s.colour} {it}" for it in ("shape", "one", "object", "thing", "figure")]
        if s.action == "turns" and all(s.colour not in (o.colour, o.colour2) for o in self.shapes if o is not s):
            names += [f"{it} that {which}" for which, it in ((f"is {s.colour} at first", "shape"), (f"starts {s.colour}", "one"))]
        if len(self.shapes) == 1:
            names += ["shape", "object"]
        return names

    def descriptions(self, s):
        """What means this shape and no other by what it does."""
        others = [o for o in self.shapes if o is not s]
        names = [f"{it} that {verb}" for verb in VERBS[s.action] for it in ("one", "shape", "object", "thing")] if all(s.action != o.action for o in others) else []
        if s.action in MOVES and not any(o.action in MOVES for o in others):
            names += ["moving shape", "moving object", "moving one", "one that moves", "shape that moves", "object that moves"]
        if s.action == "still" and others and all(o.action in MOVES for o in others):
            names += ["one that does not move", "shape that doesn't move", "object that is not moving"]
        return names


def numbers(entry):
    """The sides in `red circle [120,340,210,500]`."""
    return [int(v) for v in entry.split("[")[1].split("]")[0].split(",")]


def wide(box):
    return max(0, box[2] - box[0])


def unnumbered(entry):
    return entry.strip().split(" ", 1)[1]


def ninth(place):
    """A place in two words, a row and a column, so that two places are compared word by word."""
    row = next((w for w in ("top", "bottom") if w in place), "mid")
    return f"{row} {next((w for w in ('left', 'right') if w in place), 'center')}"


def quarter(middle):
    """A middle's place by halves, in two words as `ninth` has them."""
    return f"{'higher' if middle[1] < 0.5 else 'lower'} {'left' if middle[0] < 0.5 else 'right'}"


def within(place, asked):
    """Whether a ninth of the frame is the one that was asked for, or in the third that was: what is at the top left is at the left, too."""
    return asked in place.split() if asked in SIDES else place == asked


def middle(box):
    """The middle of a box in tens of 1000."""
    return [(box[i] + box[i + 2]) // 20 * 10 for i in (0, 1)]


def sign(change):
    """How much larger a side has become, in thousandths of the frame: `=` not, `+` or `-` a little, `>` or `<` a lot."""
    return "=" if abs(change) <= 10 else "+" if 0 < change < 100 else "-" if -100 < change < 0 else ">" if change > 0 else "<"


def join(parts):
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def sentence(text):
    return text[0].upper() + text[1:] + "."


def a(name):
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"
