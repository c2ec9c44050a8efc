"""What a question is, and how shapes and times are named in it."""
import re
from typing import NamedTuple

from scenes import DIRECTIONS, MOVES, SHAPES, SUDDEN
from wordings import say

REFUSAL = ("I am a small demonstration model that only knows simple shapes: circles, squares, triangles and stars in eight colours. "
           "For real videos use GLM-4.1V-9B-Thinking.")
STRANGE = "I see no simple shapes that I know."
# What shapes are looked for by, and which of what happens that is.
DEEDS = [("moves", MOVES), ("appears", ("appears",)), ("disappears", ("disappears",)), ("grows", ("grows",)), ("shrinks", ("shrinks",)), ("changes color", ("turns",)),
         ("stays still", ("still",)), ("moves in a circle", ("circle",)), *((f"moves {d}", (d,)) for d in DIRECTIONS)]
JUDGED = ("compare", "colours")


class Question(NamedTuple):
    text: str
    asked: str  # the same in the model's own few words, the last thing that it thinks
    answer: str
    check: dict  # read by score.py
    focus: object = None  # the shape that a following "it" would mean
    box: tuple | None = None  # the exact box that the answer gives, in shares of the frame
    near: tuple | None = None  # the frame, by its number, and the shape, by its number, whose box is nearest to it in the thought
    found: str = ""  # what the answer follows from, where that is not plain to see
    lines: tuple = ()  # the frames and the shapes, by their numbers, whose lines `found` repeats
    traced: tuple = ()  # the shapes, by their numbers, and the sides that `found` follows from frame to frame
    called: str = ""  # what the question calls the shape in `focus`
    picked: str = ""  # where that is by what it does: what each shape does, and whether it is this one

    def thought(self, kind):
        """How the thought ends: the question in a few words, and before a verdict what it rests on. A small model has no room to look up
        and to judge in one step, so the first word of a verdict without it is a guess."""
        found = self.found
        if not found and kind in JUDGED:
            verdict, _, rest = self.answer.rstrip(".").partition(", ")
            found = f"{rest}; {verdict.lower()}" if verdict in ("Yes", "No") else self.answer[0].lower() + self.answer[1:].rstrip(".")
        who = f"{self.called}; {self.picked}{self.focus.name}; " if self.called else ""
        return f" Asked: {who}{self.asked}." + (f" So: {found}." if found else "")


def names(f, s, rng, described):
    """What a question may call a shape; in a share of `described` it is named by what it does."""
    return rng.random() < described and f.descriptions(s) or f.callings(s)


def calling(f, s, rng, it=None, described=0.0):
    return "it" if it is s else "the " + familiar(rng.choice(names(f, s, rng, described)), rng)


def familiar(name, rng):
    """A name as people who do not know the four words have it, now and then ("red disc"), or with an adjective that tells nothing ("little red star")."""
    *before, kind = name.split()
    if kind in SHAPES and rng.random() < 0.07:
        name = " ".join([*before, say(rng, f"familiar.{kind}")])
    return f"{say(rng, 'adjective')} {name}" if rng.random() < 0.04 else name


def requested(rng, *things, manners=("manners", "manners.several"), **given):
    """A request, put together of parts, to say one of `things` ("what happens", "the first event"), now and then with how: from lists of whole sentences their parts are not learnt."""
    said = f"{say(rng, 'leads')} {say(rng, *things, **given)}"
    manner = say(rng, *manners) if rng.random() < 0.5 else ""
    if manner and rng.random() < 0.3:
        return f"{manner.capitalize()}, {said}."
    said += f" {manner}" if manner else ""
    return say(rng, "polite", said=said) if rng.random() < 0.5 else f"{said.capitalize()}."


def moments(f, rng):
    """(words for a time, the time): often a sampled one, sometimes one between, sometimes the ends or the middle."""
    k = rng.random()
    if k < 0.1:
        return say(rng, "moments.first"), f.times[0]
    if k < 0.2:
        return say(rng, "moments.last"), f.times[-1]
    if k < 0.26 and len(f.walk) > 2:
        return say(rng, "moments.middle"), f.walk[len(f.walk) // 2]  # the frame that every thought says again as its middle one
    t = rng.choice(f.walk) if k < 0.6 else round(rng.uniform(0, f.times[-1]), 1) if k < 0.75 else min(f.times[-1], round(rng.uniform(0, f.times[-1]) * 2) / 2)
    label = f"{round(t * 2) / 2:g}" if f.paired and k < 0.6 else f"{t:.2f}".rstrip("0").rstrip(".") if rng.random() < 0.5 else str(round(t, 2))
    if rng.random() < 0.15:
        return say(rng, "moments", "moments.whole" if label.isdigit() else "moments.part", label=label), float(label)
    if label.isdigit() and rng.random() < 0.15:
        return f"at 0:{int(label):02}", float(label)
    return f"at {label}" + rng.choice([" s", " s", "s", "s", " seconds", " sec"]), float(label)


def clear(f, s, t):
    """No event of `s` lies so near to t that the frames cannot tell on which side it is."""
    return s.action not in SUDDEN or not any(u < s.a <= v and u < t < v for u, v in zip(f.times, f.times[1:]))


def at_time(f, words, t):
    """How the model names a time that was asked for: as it was said, and the frame that is nearest."""
    digits = "".join(c for c in re.sub("0:0?", "", words) if c.isdigit() or c == ".")
    near = f.near(t)
    return f"at {digits or near}s near {near}s"


def marked(f, who, say=lambda s: s.name):
    """All shapes, each with whether it is one of `who`."""
    return "; ".join(f"{say(s)} {'yes' if s in who else 'no'}" for s in f.shapes)
