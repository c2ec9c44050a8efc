"""Questions about a shape that is not there: `absent`."""
import re

from about_deeds import direction, event, whether
from about_looks import colour
from about_places import box, placed
from about_times import begins, when
from questions import Question, familiar
from scenes import COLOURS, SHAPES


def missing(f, rng):
    """(a name of no shape of the scene, the same in the four words): half of the time of one that nearly is, of a colour or a kind that are there."""
    there = {(c, s.shape) for s in f.shapes for c in (s.colour, s.colour2) if c}
    near = rng.choice(f.shapes)
    c, kind = (rng.choice([given, rng.choice(names)]) for given, names in ((near.colour, COLOURS), (near.shape, SHAPES)))
    k = rng.random()
    if k < 0.6:
        return None if (c, kind) in there else (f"{c} {kind}", f"{c} {kind}")
    if k < 0.85:
        return None if any(kind == other for _, other in there) else (kind, kind)
    return None if any(c == other for other, _ in there) else (f"{c} {rng.choice(['shape', 'shape', 'one', 'object', 'thing', 'figure'])}", f"{c} shape")


def absent(f, rng, it=None):
    """What is asked of a shape that is there, of one that is not."""
    kinds = [colour, box, placed] if len(f.times) == 1 else [event, event, colour, direction, whether, whether, when, begins, box, placed]
    names = [found for found in (missing(f, rng) for _ in range(4)) if found]
    asked = [found for found in (rng.choice(kinds)(f, rng) for _ in range(4)) if found and found.called.startswith("the ")]
    if not names or not asked:
        return None
    (said, name), q = names[0], asked[0]
    before, found, after = re.sub(rf"(?i)(?<!\ba )(?<!\ban )\b{re.escape(q.called[4:])}\b(?!.*\b{re.escape(q.called[4:])}\b)", "\0", q.text).partition("\0")
    if not found or q.focus.name not in q.asked:
        return None
    called = familiar(said, rng)
    asked = f"the {called}; nothing; {q.asked.replace(q.focus.name, name)}"
    no = "No, there" if q.check.get("yes") is not None else "There"
    return Question(before + called + after, asked, f"{no} is no {name}.", {"phrase": f"{no.lower()} is no {name}"})
