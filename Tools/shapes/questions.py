"""What a question is, and the words that many of them share."""
from typing import NamedTuple

from scenes import DIRECTIONS, SUDDEN

REFUSAL = ("I am a small demonstration model that only knows simple shapes: circles, squares, triangles and stars in eight colours. "
           "For real videos use GLM-4.1V-9B-Thinking.")
STRANGE = "I see no simple shapes that I know."
MOVES = (*DIRECTIONS, "circle")
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
    called: str = ""  # what the question calls the shape in `focus`

    def thought(self, kind):
        """How the thought ends: the question in a few words, and before a verdict what it rests on. A small model has no room to look up
        and to judge in one step, so the first word of a verdict without it is a guess."""
        found = self.found
        if not found and kind in JUDGED:
            verdict, _, rest = self.answer.rstrip(".").partition(", ")
            found = f"{rest}; {verdict.lower()}" if verdict in ("Yes", "No") else self.answer[0].lower() + self.answer[1:].rstrip(".")
        who = f"{self.called}; {self.focus.name}; " if self.called else ""
        return f" Asked: {who}{self.asked}." + (f" So: {found}." if found else "")


def colour_word(rng):
    return rng.choice(["color", "color", "colour"])


def shape_word(rng):
    return rng.choice(["shape", "shape", "object", "figure", "form"])


def video(rng):
    return rng.choice(["the video", "the video", "this video", "the clip", "this clip", "the film", "the animation", "the recording", "the footage", "the scene", "this film", "this animation", "this footage", "this recording", "the movie"])


def names(f, s, rng, described):
    """What a question may call a shape; in a share of `described` it is named by what it does."""
    return rng.random() < described and f.descriptions(s) or f.callings(s)


def calling(f, s, rng, it=None, described=0.0):
    choices = names(f, s, rng, described)
    return "it" if it is s else "the " + rng.choice(choices)


def short(n):
    """A shape's name as it stands before a single word: "Red star color?", "Its color?"."""
    return "Its" if n == "it" else n.removeprefix("the ").capitalize()


def bare(n):
    """A shape's name as a search has it: "red circle"."""
    return n.removeprefix("the ")


def conjugate(verb):
    first, _, rest = verb.partition(" ")
    first = {"go": "goes", "vanish": "vanishes", "do": "does", "switch": "switches"}.get(first, first + "s")
    return f"{first} {rest}".strip()


def gerund(verb):
    first, _, rest = verb.partition(" ")
    return f"{first.removesuffix('e')}ing {rest}".strip()


# Requests put together of parts: from lists of whole sentences their parts are not learnt.
LEADS = ["tell me", "tell me", "describe", "explain", "report", "sum up", "summarize", "write down", "list", "go through", "give me", "show me", "let me know", "state", "name", "say", "find out", "put into words"]
POLITE = ["Can you {}?", "Could you {}?", "Could you please {}?", "Would you {}?", "Please {}.", "I want you to {}.", "I would like you to {}.", "You should {}.", "Now {}.", "Watch closely and {}."]
MANNERS = ["in a sentence", "in a sentence or two", "in one or two sentences", "in two sentences", "in a few words", "in your own words", "in plain words", "in detail", "in short", "in order", "in full", "one by one", "one after the other", "step by step", "from start to end",
           "from start to finish", "from the start to the end", "from beginning to end", "from the first frame to the last", "as it happens", "briefly", "exactly", "precisely", "as well as you can", "if you can", "for me", "to me", "here", "over time", "shape by shape", "frame by frame"]
SHORT_MANNERS = ["in a sentence", "in a few words", "briefly", "exactly", "for me", "here", "if you can"]


def requested(rng, things, manners=MANNERS):
    """A request to say one of `things` ("what happens", "the first event"), now and then with how."""
    said = f"{rng.choice(LEADS)} {rng.choice(things)}"
    manner = rng.choice(manners) if rng.random() < 0.5 else ""
    if manner and rng.random() < 0.3:
        return f"{manner.capitalize()}, {said}."
    said += f" {manner}" if manner else ""
    return rng.choice(POLITE).format(said) if rng.random() < 0.5 else f"{said.capitalize()}."


def moments(f, rng):
    """(words for a time, the time): often a sampled one, sometimes one between, sometimes the ends."""
    k = rng.random()
    if k < 0.1:
        return rng.choice(["at the beginning", "at the start", "in the first frame", "at first", "at the start of the video", "in the beginning", "right at the start", "at the very beginning", "in the very first frame", "when the video starts", "at the start of the clip", "at the beginning of the video", "initially", "right at the beginning", "when the clip begins", "when it starts"]), f.times[0]
    if k < 0.2:
        return rng.choice(["at the end", "in the last frame", "at the end of the video", "in the final frame", "at the very end", "in the very last frame", "when the video ends", "at the end of the clip", "in the end", "right at the end", "when the clip ends", "when it ends"]), f.times[-1]
    t = rng.choice(f.walk) if k < 0.6 else round(rng.uniform(0, f.times[-1]), 1) if k < 0.75 else min(f.times[-1], round(rng.uniform(0, f.times[-1]) * 2) / 2)
    label = f"{round(t * 2) / 2:g}" if f.paired and k < 0.6 else f"{t:.2f}".rstrip("0").rstrip(".") if rng.random() < 0.5 else str(round(t, 2))
    if rng.random() < 0.15:
        return rng.choice([f"after {label} seconds", f"at second {label}", f"at time {label}", f"{label} seconds in", f"at t = {label} s", f"at the {label} second mark", f"at t={label}s", f"after {label} s", f"{label} seconds into the clip", f"at {label} seconds into the video", f"at the {label} s mark", f"at the time {label} s", f"{label} s into the video", f"at timestamp {label}", f"at timestamp {label} s", f"when {label} seconds have passed", f"at the moment {label} s", f"{label} s in", f"at the point {label} s", f"in second {label}" if label.isdigit() else f"at {label} s into the clip", f"exactly at {label} s"]), float(label)
    return f"at {label}" + rng.choice([" s", " s", "s", "s", " seconds", " sec"]), float(label)


def clear(f, s, t):
    """No event of `s` lies so near to t that the frames cannot tell on which side it is."""
    return s.action not in SUDDEN or not any(u < s.a <= v and u < t < v for u, v in zip(f.times, f.times[1:]))


def at_time(f, words, t):
    """How the model names a time that was asked for: as it was said, and the frame that is nearest."""
    digits = "".join(c for c in words if c.isdigit() or c == ".")
    near = f.near(t)
    return f"at {digits or near}s near {near}s"


def marked(f, who, say=lambda s: s.name):
    """All shapes, each with whether it is one of `who`."""
    return "; ".join(f"{say(s)} {'yes' if s in who else 'no'}" for s in f.shapes)
