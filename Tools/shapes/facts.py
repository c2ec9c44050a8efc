"""What can be known of a scene from the frames that were sampled: the thoughts, and the facts that answers are made of."""
from scenes import DIRECTIONS

NUMBERS = ["no", "one", "two", "three", "four"]


def coarse(v):
    """A share of the frame as one of fifty numbers 10, 30 … 990."""
    return min(49, max(0, int(v * 50))) * 20 + 10


class Facts:
    """A scene as seen at `times` (the labels of the frames, or the half seconds of a video in pairs)."""

    def __init__(self, scene, times, paired=False):
        self.scene, self.times, self.paired = scene, times, paired
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

    @property
    def interval(self):
        return max(b - a for a, b in zip(self.times, self.times[1:])) if len(self.times) > 1 else 1.0

    def seen(self, t):
        return [s for s in self.shapes if self.scene.state(s, t)]

    def lines(self):
        lines = []
        for t in self.walk:
            parts = []
            for s in self.seen(t):
                colour, x, y, r = self.scene.state(s, t)
                parts.append(f" {colour} {s.shape}@{coarse(x)},{coarse(y)},{coarse(2 * r)}")
            lines.append(f"{self.label(t)}:{';'.join(parts) or ' nothing'}.")
        return " ".join(lines)

    def thought(self):
        tail = "; ".join(self.clause(s, moment=True) for s in self.shapes)
        return self.lines() + (f" So: {tail}." if len(self.times) > 1 else "")

    def deed(self, s):
        if s.action in DIRECTIONS:
            return f"moves {s.action}"
        return {"circle": "moves in a circle", "still": "stays still", "turns": f"turns {s.colour2}"}.get(s.action, s.action)

    def clause(self, s, moment=False):
        at = f" at {self.moment(s)}" if moment and s.action in ("appears", "disappears", "turns") else ""
        return f"the {s.name} {self.deed(s)}{at}"

    def place(self, s, t):
        _, x, y, _ = self.scene.state(s, t)
        across = "left" if x < 0.36 else "right" if x > 0.64 else ""
        down = "top" if y < 0.36 else "bottom" if y > 0.64 else ""
        return f"{down} {across}".strip() or "center"

    def box(self, s, t):
        box = self.scene.box(s, t)
        return box and [min(99, max(0, round(v * 100))) * 10 for v in box]

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


def join(parts):
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def sentence(text):
    return text[0].upper() + text[1:] + "."


def a(name):
    return f"an {name}" if name[0] in "aeiou" else f"a {name}"
