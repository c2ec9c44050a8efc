"""Questions in many wordings, their answers, and what an answer has to hold to be right.

Each kind is a function of (facts, rng, it) that returns a `Question` or None where the scene does not suit. `it` is the shape
that an "it" would mean, the `focus` of the question before.
"""
import string
from typing import NamedTuple

import foreign as strange
from facts import NUMBERS, SIDES, a, join, ninth, sentence, sign, within
from scenes import COLOURS, DIRECTIONS, SHAPES, SUDDEN

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
    return rng.choice(["the video", "the video", "this video", "the clip", "this clip", "the film", "the animation", "the recording", "the footage", "the scene"])


def calling(f, s, rng, it=None):
    return "it" if it is s else "the " + rng.choice(f.callings(s))


def short(n):
    """A shape's name as it stands before a single word: "Red star color?", "Its color?"."""
    return "Its" if n == "it" else n.removeprefix("the ").capitalize()


def describe(f, rng, it=None):
    v = video(rng)
    q = rng.choice(["What happens in the video?", f"What happens in {v}?", "What happens?", "What is happening?", f"What is happening in {v}?", f"What is going on in {v}?", "What is going on?", "What's happening here?",
                    "Describe the video.", f"Describe {v}.", f"Describe {v} in detail.", "Describe what you see.", "Describe what happens.", f"Explain {v} in detail.", f"Explain {v}.", "Tell me what happens.", f"What do you see in {v}?",
                    f"Summarize {v}.", f"Summarise {v} in a sentence.", f"Give me a summary of {v}.", f"What can be seen in {v}?", f"What does {v} show?", f"Can you describe {v}?", "Please describe what happens.", f"Tell me about {v}.",
                    f"Describe everything in {v}.", "What do the shapes do?", "How do the shapes move?", "What do you see?", f"What takes place in {v}?", f"Give a short description of {v}.", f"What is shown in {v}?", f"What is {v} about?",
                    "What changes over time?", "How does the scene change?", f"Caption {v}.", "Describe the events.", "What are the shapes doing?", f"What occurs in {v}?", f"Please explain {v}.", f"Explain {v} to me.", "Caption this.", "Tell me everything that happens.", f"Write a brief summary of {v}.", "What is going on here?", f"Can you explain what takes place in {v}?", f"What do we see in {v}?",
                    "Describe it.", "What is this?", f"What is this {rng.choice(['video', 'clip'])} about?", "Give me a short description.", f"Tell me what {v} shows.", "What happens here?", f"What is to be seen in {v}?", f"Put {v} into words.", "Describe everything that happens.",
                    "What does each shape do?", "What action takes place?", f"What is the content of {v}?", "Summary?", "Description?", "Give me an overview.", "Which movements and changes are there?", f"What events take place in {v}?", "Describe the movement of the shapes.", f"Walk me through {v}."])
    if len(f.times) == 1:
        there = f"There {'is' if len(f.shapes) == 1 else 'are'} {join([a(s.name) for s in f.shapes])}."
        return Question(q, "all that happens", there, {"words": [w for s in f.shapes for w in (s.colour, s.shape)], "among": COLOURS + SHAPES}, f.shapes[0] if len(f.shapes) == 1 else None)
    return Question(q, "all that happens", sentence(join([f.clause(s) for s in f.shapes])), {"deeds": [[s.name, f.deed(s)] for s in f.shapes]}, f.shapes[0] if len(f.shapes) == 1 else None)


def event(f, rng, it=None):
    s = it or rng.choice(f.shapes)
    n = calling(f, s, rng, it)
    q = rng.choice([f"What does {n} do?", f"What does {n} do?", f"What happens to {n}?", f"What is happening to {n}?", f"What is {n} doing?", f"Describe what {n} does.", f"How does {n} change or move?", f"Tell me what {n} does.",
                    f"What happens with {n}?", f"How does {n} behave?", f"Describe {n}.", f"Describe the behaviour of {n}.", f"And what about {n}?", f"What about {n}?", f"Does {n} move or change?", f"What does {n} do in {video(rng)}?",
                    f"What happens to {n} in {video(rng)}?", f"How does {n} change?", f"What is going on with {n}?", f"Explain what happens to {n}.", f"Describe the motion of {n}.", f"What can you say about {n}?", f"What action does {n} perform?", f"Anything happening to {n}?", f"What is {n} up to?", f"What is up with {n}?", f"Please explain what {n} does.", f"How does {n} behave over time?", f"What becomes of {n}?", f"What does {n} do over time?",
                    f"Tell me what {n} is doing.", f"What changes about {n}?", f"What kind of motion or change does {n} show?", f"Describe what happens with {n}.", f"Say what {n} does.", f"What happens to {n} over time?", f"What role does {n} play?", f"{n.capitalize()}: what does it do?"])
    return Question(q, f"what the {s.name} does", sentence(f.clause(s)), {"deeds": [["", f.deed(s)]]}, s, called=n)


def colour(f, rng, it=None):
    s = it or rng.choice(f.shapes)
    names = [n for n in f.callings(s) if s.colour not in n]
    if not names and not it:
        return None
    n, c = "it" if it else "the " + rng.choice(names), colour_word(rng)
    if s.action == "turns" and rng.random() < 0.6:
        late = rng.random() < 0.6
        end, start = rng.choice(["at the end", "in the end", "in the last frame", "finally", "after the change"]), rng.choice(["at the beginning", "at the start", "at first", "in the first frame", "before the change"])
        q = rng.choice([f"What {c} does {n} turn?", f"What {c} does {n} become?", f"Which {c} does {n} change to?", f"What {c} does {n} change to?", f"Which {c} does {n} turn into?", f"What {c} is {n} {end}?", f"Which {c} has {n} {end}?", f"What is the {c} of {n} {end}?", f"What {c} does {n} end up?", f"What is the final {c} of {n}?", f"What {c} does {n} take on?", f"Into which {c} does {n} change?", f"What {c} does {n} have {end}?"]) if late else \
            rng.choice([f"What {c} is {n} {start}?", f"What {c} was {n} {start}?", f"Which {c} does {n} have {start}?", f"What is the initial {c} of {n}?", f"What {c} did {n} start out as?", f"What is the {c} of {n} {start}?", f"What {c} did {n} have {start}?"])
        got = s.colour2 if late else s.colour
        return Question(q, f"color of the {s.name} at the {'end' if late else 'start'}", f"The {s.shape} is {got} at the {'end' if late else 'start'}.", {"words": [got], "among": COLOURS}, s, called=n)
    q = rng.choice([f"What {c} is {n}?", f"What {c} is {n}?", f"What is the {c} of {n}?", f"Which {c} does {n} have?", f"Tell me the {c} of {n}.", f"Which {c} is {n}?", f"What {c} has {n}?", f"Name the {c} of {n}.", f"What's the {c} of {n}?",
                    f"What {c} does {n} have?", f"What {c} is {n} in {video(rng)}?", f"{c.capitalize()} of {n}?", f"In what {c} is {n}?", f"What {c} would you say {n} is?", f"How is {n} {'colored' if c == 'color' else 'coloured'}?", f"Identify the {c} of {n}.", f"Of what {c} is {n}?", f"{n.capitalize()} is which {c}?", f"In which {c} is {n} drawn?", f"What {c} has {n} got?", f"What is the hue of {n}?",
                    f"{short(n)} {c}?", f"{c.capitalize()}?" if len(f.shapes) == 1 else f"The {c} of {n}?", f"Please name the {c} of {n}.", f"Can you name the {c} of {n}?", f"What {c} is that {n.removeprefix('the ')}?" if n != "it" else f"What {c} is it?", f"{n.capitalize()}: what {c} is it?"])
    if rng.random() < 0.15 and len(f.times) > 1 and s.action in MOVES and sum(o.action in MOVES for o in f.shapes) == 1:
        n = ""
        q = rng.choice([f"What {c} is the shape that moves?", f"What {c} is the moving {shape_word(rng)}?", f"Which {c} does the moving object have?", f"What is the {c} of the {shape_word(rng)} that moves?"])
    then = f", then it turns {s.colour2}" if s.action == "turns" else ""
    return Question(q, f"color of the {s.name}", f"The {s.shape} is {s.colour}{then}.", {"words": [s.colour] + ([s.colour2] if then else []), "among": COLOURS, "ordered": True}, s, called=n)


def colours(f, rng, it=None):
    """All of them at once, or all shapes."""
    if any(s.action == "turns" for s in f.shapes):
        return None
    if rng.random() < 0.5:
        c = colour_word(rng)
        q = rng.choice([f"What {c}s do you see?", f"What {c}s are the shapes?", f"Which {c}s do the shapes have?", f"What are the {c}s of the shapes?", f"Which {c}s appear in {video(rng)}?", f"List the {c}s."])
        names, asked = [s.colour for s in f.shapes], "colors"
        return Question(q, asked, f"{sentence(join(list(dict.fromkeys(names))))}", {"words": list(dict.fromkeys(names)), "among": COLOURS})
    q = rng.choice(["What shapes do you see?", "Which shapes are there?", f"What shapes are in {video(rng)}?", f"Which shapes can be seen in {video(rng)}?", "List the shapes.", "Name the shapes.", "What objects are there?", f"What objects are in {video(rng)}?",
                    f"Which objects does {video(rng)} show?"])
    return Question(q, "shapes", f"{sentence(join([a(s.name) for s in f.shapes]))}", {"words": [w for s in f.shapes for w in (s.colour, s.shape)], "among": COLOURS + SHAPES}, f.shapes[0] if len(f.shapes) == 1 else None)


def shape(f, rng, it=None):
    s = it or rng.choice(f.shapes)
    if s.action == "turns" or sum(s.colour in (o.colour, o.colour2) for o in f.shapes) > 1:
        return None
    if it:
        q = rng.choice(["What shape is it?", "Which shape does it have?", "What is its shape?", "What kind of shape is it?", "What is it?"])
    else:
        q = rng.choice([f"What shape is {s.colour}?", f"Which shape is {s.colour}?", f"What is the {s.colour} thing?", f"What shape is the {s.colour} {rng.choice(['object', 'one', 'thing'])}?", f"What kind of shape is the {s.colour} one?", f"Which shape does the {s.colour} object have?",
                        f"What is {s.colour}?", f"What shape has the {colour_word(rng)} {s.colour}?", f"Name the shape of the {s.colour} object.", f"What form does the {s.colour} object have?", f"The {s.colour} object is what shape?", f"What kind of shape is colored {s.colour}?", f"Shape of the {s.colour} object?", f"Name the {s.colour} figure.", f"Identify the {s.colour} shape.", f"What is the {s.colour} object?",
                        f"Is the {s.colour} thing a circle, a square, a triangle or a star?"])
        if len(f.shapes) == 1 and rng.random() < 0.3:
            q = rng.choice(["What shape is the object?", "What kind of shape is it?", "What shape do you see?", "Which shape is in the video?", "Which shape is shown?", "What shape is shown?", f"What shape is in {video(rng)}?"])
    return Question(q, f"shape of the {s.colour} one", f"The {s.colour} shape is a {s.shape}.", {"words": [s.shape], "among": SHAPES}, s)


def count(f, rng, it=None):
    k = rng.random()
    v = video(rng)
    if k < 0.4:
        q = rng.choice(["How many shapes are there?", "How many shapes are there in the video?", "How many objects do you see?", "How many shapes can be seen?", "Count the shapes.", "What is the number of shapes?", f"How many objects are in {v}?",
                        f"How many different shapes appear in {v}?", "How many things are there?", f"How many shapes does {v} show?", f"How many shapes are in {v}?", "How many figures are there?", "How many shapes do you see?", "Count the objects.",
                        "How many objects are there?", "How many objects are there in total?", f"What is the total number of objects in {v}?", f"How many shapes appear in {v}?", f"How many shapes can you see in {v}?", "How many are there?", "How many?", "How many items are there?", f"How many items can be seen in {v}?", "Number of shapes?", "How many shapes?", "How many objects?", "Please count all the objects.", "Count all shapes.", f"What number of shapes appear in {v}?", "How many geometric shapes are there?",
                        "How many things can be seen altogether?", "How many shapes are there overall?", f"What is the total number of figures in {v}?", "Is there one shape, or two, or three?", "How many shapes show up?", "How many different objects do you see?", f"How many figures does {v} contain?",
                        "Could you count the shapes?", "How many shapes in total?", "One, two or three shapes?", f"Give the number of objects in {v}.", f"How many elements are in {v}?"])
        who, what, asked = f.shapes, "shape", "number of shapes"
    elif k < 0.55:
        what = rng.choice(SHAPES)
        who, asked = [s for s in f.shapes if s.shape == what], f"number of {what}s"
        q = rng.choice([f"How many {what}s are there?", f"How many {what}s do you see?", f"Count the {what}s.", f"How many {what}s are in {v}?", f"What is the number of {what}s?", f"How many {what}s can be seen in {v}?", f"How many {what}s appear?", f"Number of {what}s?", f"How many {what}s can you see?", f"How many {what}s?", f"Count all {what}s.", f"How many of the shapes are {what}s?"])
    elif k < 0.67:
        c = rng.choice([rng.choice(f.shapes).colour, rng.choice(COLOURS)])
        who, what, asked = [s for s in f.shapes if c in (s.colour, s.colour2)], f"{c} shape", f"number of {c} shapes"
        q = rng.choice([f"How many {c} shapes are there?", f"How many shapes are {c}?", f"How many {c} objects do you see?", f"Count the {c} shapes.", f"How many {c} objects are in {v}?", f"How many of the shapes are {c}?", f"How many {c} things are there?", f"How many {c} ones are there?", f"Number of {c} shapes?", f"How many objects are {c}?", f"How many {c} items can you see?"])
        if any(s.action == "turns" and c in (s.colour, s.colour2) for s in f.shapes):
            return None
    elif k < 0.8 and len(f.times) > 1:
        who = [s for s in f.shapes if s.action in MOVES]
        n = len(who)
        q = rng.choice(["How many shapes move?", "How many of the shapes are moving?", "How many objects move?", "How many shapes change their place?", "How many shapes are moving?", "How many moving objects are there?", "How many of them move?",
                        f"How many objects are moving in {v}?", "Count the moving shapes.", "How many things move?", "How many of the objects move?", "How many items are in motion?", "How many shapes move around?", "How many things move around?", "Number of moving shapes?"])
        return Question(q, "number of shapes that move", f"{NUMBERS[n].capitalize()} shape{'s' * (n != 1)} move{'s' * (n == 1)}.", {"words": [NUMBERS[n]], "among": NUMBERS}, found=f"{marked(f, who, f.clause)}; {NUMBERS[n]}")
    elif k < 0.9 and len(f.times) > 1:
        words, t = moments(f, rng)
        if not all(clear(f, s, t) for s in f.shapes):
            return None
        who, near = f.seen(t), f.nearest(t)
        q = rng.choice([f"How many shapes are there {words}?", f"How many objects are visible {words}?", f"How many shapes can you see {words}?", f"How many objects are on screen {words}?", f"{words.capitalize()}, how many shapes can you see?", f"How many shapes are visible {words}?", f"How many things are there {words}?",
                        f"Count the shapes {words}."])
        return Question(q, f"number of shapes {at_time(f, words, t)}", f"There {'is' if len(who) == 1 else 'are'} {NUMBERS[len(who)]} shape{'s' * (len(who) != 1)}.", {"words": [NUMBERS[len(who)]], "among": NUMBERS}, found=f"{f.line(t)}; {NUMBERS[len(who)]}", lines=tuple((near, f.shapes.index(s)) for s in f.shapes))
    else:
        last = rng.random() < 0.5
        where = rng.choice(["at the end", "in the last frame", "at the end of the video", "finally", "in the final frame"] if last else ["at the beginning", "at the start", "in the first frame", "at first", "at the start of the video"])
        who = f.seen(f.times[-1] if last else f.times[0])
        q, what, asked = rng.choice([f"How many shapes are there {where}?", f"How many shapes can you see {where}?", f"How many objects are visible {where}?", f"How many shapes are visible {where}?", f"How many shapes are left {where}?" if last else f"How many shapes are {where}?", f"How many things are there {where}?", f"{where.capitalize()}, how many shapes are there?"]), "shape", f"number of shapes at the {'end' if last else 'start'}"
    n = len(who)
    verb = "is" if n == 1 else "are"
    return Question(q, asked, f"There {verb} {NUMBERS[n]} {what}{'s' * (n != 1)}.", {"words": [NUMBERS[n]], "among": NUMBERS}, found=f"{marked(f, who)}; {NUMBERS[n]}")


def marked(f, who, say=lambda s: s.name):
    """All shapes, each with whether it is one of `who`."""
    return "; ".join(f"{say(s)} {'yes' if s in who else 'no'}" for s in f.shapes)


def direction(f, rng, it=None):
    moving = [s for s in f.shapes if s.action in MOVES]
    s = it or (rng.choice(moving) if moving and rng.random() < 0.85 else rng.choice(f.shapes))
    n = calling(f, s, rng, it)
    way = rng.choice(["way", "direction"])
    q = rng.choice([f"Which way does {n} move?", f"Which way does {n} move?", f"In which direction does {n} move?", f"In what direction is {n} moving?", f"Where does {n} move to?", f"What direction does {n} go?", f"Which way does {n} go?", f"Where is {n} going?", f"Where is {n} heading?",
                    f"What is the direction of movement of {n}?", f"Which direction does {n} move?", f"Which direction is {n} moving in?", f"What {way} is {n} moving?", f"Which {way} is {n} going?", f"In which direction is {n} going?", f"Tell me the direction in which {n} moves.",
                    f"In which direction does {n} travel?", f"Where does {n} go?", f"Which {way} is {n} heading?", f"To which side does {n} move?", f"What direction is {n} moving in?", f"How does {n} move?", f"Does {n} move left, right, up or down?",
                    f"Does {n} move left or right?" if s.action in ("left", "right") else f"Does {n} move up or down?" if s.action in ("up", "down") else f"How is {n} moving?", f"Direction of {n}?", f"{short(n)} direction?", f"What is the direction of {n}?", f"Which direction does {n} take?", f"Towards which side does {n} travel?", f"To which edge does {n} drift?", f"Where is {n} headed?", f"Can you tell where {n} is headed?",
                    f"Left or right: which way does {n} slide?" if s.action in ("left", "right") else f"Up or down: where does {n} go?" if s.action in ("up", "down") else f"Which way does {n} drift?", f"Is {n} going to the right or to the left?" if s.action in ("left", "right") else f"Does {n} rise or fall?" if s.action in ("up", "down") else f"How does {n} travel?",
                    f"Is {n} heading up or down?" if s.action in ("up", "down") else f"Is {n} moving left or right?" if s.action in ("left", "right") else f"What path does {n} take?", f"Tell me the direction of motion of {n}.", f"What is the direction of travel of {n}?", f"In which direction is {n} heading?", f"Which way is {n} sliding?",
                    f"To which edge of the frame does {n} move?", f"Towards which edge does {n} go?", f"In what way does {n} move?"])
    asked = f"which way the {s.name} moves"
    if s.action in MOVES:
        return Question(q, asked, sentence(f.clause(s)), {"deeds": [["", f.deed(s)]]}, s, called=n)
    return Question(q, asked, f"The {s.name} does not move.", {"phrase": "does not move"}, s, called=n)


def exists(f, rng, it=None):
    k = rng.random()
    if k < 0.5:
        wanted = rng.choice([rng.choice(f.shapes).shape, rng.choice(SHAPES)])
        found = next((s for s in f.shapes if s.shape == wanted), None)
    elif k < 0.8:
        s = rng.choice(f.shapes)
        c, h = (s.colour, s.shape) if rng.random() < 0.5 else (rng.choice(COLOURS), s.shape) if rng.random() < 0.5 else (s.colour, rng.choice(SHAPES))
        wanted, found = f"{c} {h}", next((s for s in f.shapes if s.shape == h and c in (s.colour, s.colour2)), None)
        if found and c != found.colour:
            return None
    else:
        c = rng.choice([rng.choice(f.shapes).colour, rng.choice(COLOURS)])
        wanted, found = f"{c} shape", next((s for s in f.shapes if c in (s.colour, s.colour2)), None)
        if found and c != found.colour:
            return None
    suits = [s for s in f.shapes if {"shape"} | {s.colour, s.colour2, s.shape} >= set(wanted.split())]
    w, v = a(wanted if rng.random() < 0.6 else wanted.replace("shape", "object")), video(rng)
    some = w.replace("an ", "any ").replace("a ", "any ") + "s"
    q = rng.choice([f"Is there {w}?", f"Is there {w}?", f"Is there {w} in {v}?", f"Can you see {w}?", f"Do you see {w}?", f"Does {v} show {w}?", f"Does {v} contain {w}?", f"Are there {some}?", f"Is {w} visible?", f"Is {w} in {v}?", f"Can {w} be seen?", f"Do you see {w} in {v}?",
                    f"Is {w} shown?", f"Does {v} have {w}?", f"Can you spot {w}?", f"Do you spot {w} anywhere?", f"Is there {w} here?", f"Does {w} show up at any point?" if not found or found.action not in SUDDEN else f"Is there {w} somewhere?", f"Is there {w} at all?", f"Could you check whether there is {w}?", f"Are there {some} in {v}?", f"Do we see {w}?",
                    f"Is there something {wanted.split()[0]}?" if wanted.endswith(" shape") else f"{w.capitalize()}, is there one?", f"Is anything {wanted.split()[0]} in {v}?" if wanted.endswith(" shape") else f"Is {w} there?", f"Was there {w}?", f"Is one of the shapes {w}?" if "shape" not in w and "object" not in w else f"Is anything {wanted.split()[0]}?",
                    f"Does {w} appear in {v}?" if not found or found.action not in SUDDEN else f"Is there {w}?"])
    return Question(q, f"whether there is {a(wanted)}", f"Yes, there is {a(found.name)}." if found else f"No, there is no {wanted}.", {"yes": bool(found)}, found, found=f"{marked(f, suits)}; {'yes' if found else 'no'}")


def whether(f, rng, it=None):
    """Yes or no: does this shape do that?"""
    k, v = rng.random(), video(rng)
    if k < 0.3:  # of any shape
        verb, acts = rng.choice([("move", MOVES), ("appear", ("appears",)), ("disappear", ("disappears",)), ("grow", ("grows",)), ("shrink", ("shrinks",)), (f"change {colour_word(rng)}", ("turns",)), ("stay still", ("still",)), ("move in a circle", ("circle",)),
                                 *((f"move {d}", (d,)) for d in DIRECTIONS)])
        say = {"grow": ["grow", "get bigger", "become larger", "get larger"], "shrink": ["shrink", "get smaller", "become smaller"], "appear": ["appear", "pop up", "show up"], "disappear": ["disappear", "vanish", "go away"], "stay still": ["stay still", "stand still", "stay in place", "stay put", "remain still"],
               "move": ["move", "move around"], "move up": ["move up", "go up", "rise", "move upwards"], "move down": ["move down", "go down", "fall", "move downwards"], "move left": ["move left", "go left", "move to the left"], "move right": ["move right", "go right", "move to the right"], "move in a circle": ["move in a circle", "go round", "circle around"]}.get(verb, [verb])
        say = rng.choice(say)
        q = rng.choice([f"Does anything {say}?", f"Does anything {say} in {v}?", f"Does any shape {say}?", f"Does something {say}?", f"Does one of the shapes {say}?", f"Does any object {say}?", f"Do any of the shapes {say}?", f"Is there a shape that {conjugate(say)}?",
                        f"Is there anything that {conjugate(say)}?"])
        who = [s for s in f.shapes if s.action in acts]
        return Question(q, f"whether any {verb.replace('colour', 'color')}", f"Yes, {join([f.clause(s) for s in who])}." if who else "No, nothing does.", {"yes": bool(who)}, who[0] if len(who) == 1 else None,
                        found=f"{marked(f, who, f.clause)}; {'yes' if who else 'no'}")
    s = it or rng.choice(f.shapes)
    n = calling(f, s, rng, it)
    if k < 0.42 and s.action != "turns" and not it:
        c = rng.choice([s.colour, rng.choice(COLOURS)])
        names = [m for m in f.callings(s) if s.colour not in m]
        if not names:
            return None
        n = rng.choice(names)
        q = rng.choice([f"Is the {n} {c}?", f"Is the {colour_word(rng)} of the {n} {c}?", f"Does the {n} have the {colour_word(rng)} {c}?", f"Is the {n} {c} in {v}?", f"Would you say the {n} is {c}?", f"The {n} is {c}, right?", f"Is that {n} {c}?", f"Is it true that the {n} is {c}?"])
        return Question(q, f"whether the {s.name} is {c}", f"Yes, the {s.shape} is {c}." if c == s.colour else f"No, the {s.shape} is {s.colour}.", {"yes": c == s.colour}, s, called="the " + n, found=f"the {s.shape} is {s.colour}, {c} {'yes' if c == s.colour else 'no'}")
    verbs = {"left": ["move left", "move to the left", "go left", "travel leftwards", "slide left", "head left", "drift to the left"], "right": ["move right", "move to the right", "go right", "travel rightwards", "slide right", "head right", "drift to the right"], "up": ["move up", "move upwards", "go up", "rise", "climb"],
             "down": ["move down", "move downwards", "go down", "fall", "sink"], "circle": ["move in a circle", "go around in a circle", "circle around", "go round and round", "go round", "move in circles"], "grows": ["grow", "get bigger", "become larger", "get larger"], "shrinks": ["shrink", "get smaller", "become smaller"],
             "appears": ["appear", "show up", "pop up", "appear later on"], "disappears": ["disappear", "vanish", "go away", "leave"],
             "turns": [f"change {colour_word(rng)}", f"change its {colour_word(rng)}"] + ([f"turn {s.colour2}"] if s.colour2 else []), "still": ["stay still", "stand still", "stay in place", "stay where it is", "stay put", "remain still", "stay put the whole time"]}
    ing = {"left": ["moving left", "going to the left", "travelling leftward", "heading left"], "right": ["moving right", "going to the right", "travelling rightward", "heading right"], "up": ["moving up", "rising", "going up"], "down": ["moving down", "falling", "going down", "sinking"],
           "circle": ["moving in a circle", "circling", "going round"], "grows": ["growing", "getting bigger", "getting larger"], "shrinks": ["shrinking", "getting smaller"], "still": ["static", "standing still", "staying still", "stationary", "motionless"]}
    names = {**{d: f"moves {d}" for d in DIRECTIONS}, "circle": "moves in a circle", "turns": "turns", "still": "stays still"}
    judged = lambda deed, yes: Question(q, f"whether the {s.name} {deed}", f"{'Yes' if yes else 'No'}, {f.clause(s)}.", {"yes": yes}, s, called=n, found=f"{f.clause(s)}, {deed} {'yes' if yes else 'no'}")
    if k < 0.55:
        q = rng.choice([f"Does {n} move?", f"Is {n} moving?", f"Does {n} change its place?", f"Does {n} move in {v}?", f"Does {n} change position?", f"Is {n} in motion?", f"Does {n} change its position?", f"Does {n} move at all?", f"Is {n} moving around?", f"Does {n} go anywhere?"])
        return judged("moves", s.action in MOVES)
    if k < 0.62 and s.action not in SUDDEN:
        change = rng.choice(["its size", "size"])
        if rng.random() < 0.5:
            q = rng.choice([f"Does {n} change {change}?", f"Does the size of {n} change?"]) if not it else f"Does it change {change}?"
            return judged("changes size", s.action in ("grows", "shrinks"))
    near = next(([x for x in group if x != s.action] for group in (MOVES, ("grows", "shrinks"), ("appears", "disappears")) if s.action in group), None)
    others = near if near and rng.random() < 0.6 else [x for x in verbs if x != "turns" or s.colour2]  # what is easily mistaken is asked more often
    act = s.action if rng.random() < 0.5 else rng.choice(others)
    if act == "appears" and s.action not in ("appears", "disappears") and rng.random() < 0.7:
        return None
    say = rng.choice(verbs[act])
    q = rng.choice([f"Does {n} {say}?", f"Does {n} {say}?", f"Does {n} {say} in {v}?", f"Is it true that {n} {conjugate(say)}?", f"Did {n} {say}?", f"Does {n} {say} or not?", f"Does {n} {say} at some point?", f"Would you say that {n} {conjugate(say)}?", f"Do you see {n} {say}?", f"Does it look like {n} {conjugate(say)}?"])
    if act in ing and rng.random() < 0.3:
        say = rng.choice(ing[act])
        q = rng.choice([f"Is {n} {say}?", f"Is {n} {say} in {v}?", f"Would you say {n} is {say}?", f"Is it true that {n} is {say}?"])
    return judged(names.get(act, act), act == s.action)


def conjugate(verb):
    first, _, rest = verb.partition(" ")
    first = {"go": "goes", "vanish": "vanishes", "do": "does", "switch": "switches"}.get(first, first + "s")
    return f"{first} {rest}".strip()


def when(f, rng, it=None):
    who = [s for s in f.shapes if s.action in SUDDEN]
    if not who:
        return None
    s = it if it in who else rng.choice(who)
    n = calling(f, s, rng, it)
    c = colour_word(rng)
    verb = {"appears": rng.choice(["appear", "show up", "come into view", "enter", "become visible", "pop up", "come up"]), "disappears": rng.choice(["disappear", "vanish", "go away", "leave", "go", "get lost"]),
            "turns": rng.choice([f"change {c}", f"change its {c}", f"turn {s.colour2}", f"become {s.colour2}", "change", f"change {c} to {s.colour2}", f"turn from {s.colour} to {s.colour2}", f"switch {c}", f"switch its {c}", f"turn into {s.colour2}"])}[s.action]
    q = rng.choice([f"When does {n} {verb}?", f"When does {n} {verb}?", f"At what time does {n} {verb}?", f"At which second does {n} {verb}?", f"After how many seconds does {n} {verb}?", f"When did {n} {verb}?", f"At what second does {n} {verb}?", f"At which time does {n} {verb}?",
                    f"Tell me when {n} {conjugate(verb)}.", f"At what moment does {n} {verb}?", f"When exactly does {n} {verb}?", f"When in {video(rng)} does {n} {verb}?", f"What is the time when {n} {conjugate(verb)}?", f"How many seconds until {n} {conjugate(verb)}?", f"What time does {n} {verb}?", f"How many seconds in does {n} {verb}?", f"At what point does {n} {verb}?", f"When will {n} {verb}?", f"Give the time at which {n} {conjugate(verb)}.", f"Time when {n} {conjugate(verb)}?"])
    if rng.random() < 0.15 and s.action in ("appears", "disappears"):
        q = rng.choice([f"From what time on is {n} visible?", f"When do we first see {n}?", f"From when on is {n} there?", f"Since when is {n} there?", f"When is {n} first visible?"] if s.action == "appears" else [f"Until when can {n} be seen?", f"When is {n} gone?", f"Until when is {n} there?", f"When do we last see {n}?", f"How long is {n} visible?"])
    if s.action == "turns" and rng.random() < 0.2:
        q = rng.choice([f"When does the {c} of {n} change?", f"When does {n} get a new {c}?"]) if not it else q
        if len(who) == 1:
            n = ""
            q = rng.choice([f"When does the {c} change?", "When does it change?", f"When is the change of {c}?", "When does something change?", f"When does the {c} change happen?"])
    if len(who) == 1 and rng.random() < 0.12:
        n = ""
        q = rng.choice({"appears": ["When does something appear?", "When does a shape appear?", "When does a new shape appear?"], "disappears": ["When does something disappear?", "When does a shape disappear?"], "turns": [f"When does a shape change {c}?", f"When does something change {c}?"]}[s.action])
    return Question(q, f"when the {s.name} {f.deed(s)}", f"The {s.name} {f.deed(s)} at {f.moment(s)} s.", {"time": s.a, "within": f.interval}, s, called=n)


def moments(f, rng):
    """(words for a time, the time): often a sampled one, sometimes one between, sometimes the ends."""
    k = rng.random()
    if k < 0.1:
        return rng.choice(["at the beginning", "at the start", "in the first frame", "at first", "at the start of the video", "in the beginning"]), f.times[0]
    if k < 0.2:
        return rng.choice(["at the end", "in the last frame", "at the end of the video", "in the final frame"]), f.times[-1]
    t = rng.choice(f.walk) if k < 0.6 else round(rng.uniform(0, f.times[-1]), 1) if k < 0.75 else min(f.times[-1], round(rng.uniform(0, f.times[-1]) * 2) / 2)
    label = f"{round(t * 2) / 2:g}" if f.paired and k < 0.6 else f"{t:.2f}".rstrip("0").rstrip(".") if rng.random() < 0.5 else str(round(t, 2))
    if rng.random() < 0.15:
        return rng.choice([f"after {label} seconds", f"at second {label}", f"at time {label}", f"{label} seconds in", f"at t = {label} s", f"at the {label} second mark", f"at t={label}s", f"after {label} s", f"{label} seconds into the clip", f"at {label} seconds into the video"]), float(label)
    return f"at {label}" + rng.choice([" s", " s", "s", "s", " seconds", " sec"]), float(label)


def clear(f, s, t):
    """No event of `s` lies so near to t that the frames cannot tell on which side it is."""
    return s.action not in SUDDEN or not any(u < s.a <= v and u < t < v for u, v in zip(f.times, f.times[1:]))


def at_time(f, words, t):
    """How the model names a time that was asked for: as it was said, and the frame that is nearest."""
    digits = "".join(c for c in words if c.isdigit() or c == ".")
    near = f.near(t)
    return f"at {digits or near}s near {near}s"


def box(f, rng, it=None):
    s = it or rng.choice(f.shapes)
    words, t = moments(f, rng)
    if not clear(f, s, t):
        return None
    n = calling(f, s, rng, it)
    q = rng.choice([f"Where is {n} {words}?", f"Where is {n} {words}?", f"Where is {n} {words}?", f"Give the bounding box of {n} {words}.", f"Locate {n} {words}.", f"Where can {n} be found {words}?", f"What is the box of {n} {words}?", f"Show me where {n} is {words}.",
                    f"{words.capitalize()}, where is {n}?", f"Where do you see {n} {words}?", f"What is the position of {n} {words}?", f"Give me the box of {n} {words}.", f"Find {n} {words}.", f"What are the coordinates of {n} {words}?", f"Where was {n} {words}?", f"Point to {n} {words}.",
                    f"Return the bounding box of {n} {words}.", f"Draw a box around {n} {words}.", f"Mark {n} {words}.", f"In which place is {n} {words}?", f"Position of {n} {words}?", f"Where is {n} located {words}?", f"Where can I find {n} {words}?", f"Please point out where {n} is {words}.", f"Bounding box of {n} {words}?", f"Coordinates of {n} {words}, please.", f"Location of {n} {words}?", f"Bbox of {n} {words}",
                    f"{words.capitalize()}, locate {n}.", f"What is the location of {n} {words}?", f"Box around {n} {words}, please.", f"Tell me where {n} is {words}."])
    if t in (f.times[0], f.times[-1]) and rng.random() < 0.2:
        q = rng.choice([f"Where does {n} start?", f"Where is {n} first?"]) if t == f.times[0] else rng.choice([f"Where does {n} end up?", f"Where does {n} end?", f"Where is {n} finally?"])
    if len(f.times) == 1 and rng.random() < 0.6:
        q = rng.choice([f"Where is {n}?", f"Locate {n}.", f"Give the bounding box of {n}.", f"Find {n}.", f"Show me {n}."])
        words = ""
    at, asked = f.box(s, t), f"box of the {s.name} {at_time(f, words, t)}"
    if at is None:
        return Question(q, asked, f"The {s.name} is not there at {f.near(t)} s.", {"phrase": "is not there"}, s, called=n) if rng.random() < 0.4 else None
    exact, o = f.scene.box(s, t), f.shapes.index(s)
    answer, check = f"The {s.name} is at <|begin_of_box|>[[{at[0]},{at[1]},{at[2]},{at[3]}]]<|end_of_box|>.", {"box": [round(1000 * v, 1) for v in exact]}
    if mean := f.between(s, t):
        return Question(q, asked, answer, check, s, exact, called=n, found=mean[1], lines=((mean[0], o), (mean[0] + 1, o)))
    return Question(q, asked, answer, check, s, exact, (f.nearest(t), o), called=n)


def what_where(f, rng, it=None):
    words, t = moments(f, rng)
    seen, k = f.seen(t), f.nearest(t)
    if not all(clear(f, s, t) for s in f.shapes) or any(f.scene.state(s, f.walk[k]) and f.place(s, f.walk[k]) != f.place(s, t) for s in seen):
        return None
    found = {"found": f.line(t), "lines": tuple((k, f.shapes.index(s)) for s in f.shapes)}
    if rng.random() < 0.4 and len(f.times) > 1:
        place = f.place(rng.choice(seen), t) if seen and rng.random() < 0.8 else rng.choice(["top left", "top right", "bottom left", "bottom right", "center"])
        if rng.random() < 0.4:
            place = rng.choice(place.split())
        here = [s for s in seen if within(f.place(s, t), place)]
        say = place.replace("center", rng.choice(["center", "middle"]))
        q = rng.choice([f"What is at the {say} {words}?", f"What is in the {say} {words}?", f"Which shape is at the {say} {words}?", f"What do you see in the {say} {words}?", f"What is on the {say} {words}?", f"{words.capitalize()}, what is at the {say}?", f"What can be found at the {say} {words}?", f"Which object is on the {say} {words}?", f"What do we have at the {say} of the picture {words}?", f"What is at the {say} of the frame {words}?"])
        if place in ("left", "right") and rng.random() < 0.4:
            q = rng.choice([f"What is on the {place}-hand side {words}?", f"Which shape is on the {place} side {words}?", f"What can be found on the {place}-hand side {words}?"])
        who = join([f"{a(f.scene.state(s, t)[0])} {s.shape}" for s in here]) if here else "nothing"
        return Question(q, f"what is at the {place if place in SIDES else ninth(place)} {at_time(f, words, t)}", f"There is {who} at the {place}.", {"words": [w for s in here for w in (f.scene.state(s, t)[0], s.shape)], "among": COLOURS + SHAPES}, here[0] if len(here) == 1 else None,
                        **found | {"found": f.line(t, place)})
    q = rng.choice([f"What is where {words}?", f"What can you see {words}?", f"What is there {words}?", f"What does the video show {words}?", f"Describe the frame {words}.", f"Which shapes are there {words}?", f"What is visible {words}?", f"What do you see {words}?",
                    f"Where is everything {words}?", f"Which shapes are visible {words}?", f"Describe the scene {words}.", f"What is in the picture {words}?", f"Where are the shapes {words}?", f"What is shown {words}?", f"{words.capitalize()}, what is where?", f"What is on the screen {words}?", f"What is on screen {words}?", f"What can be seen {words}?", f"What is to be seen {words}?", f"Which objects are there {words}?"])
    asked = f"what is where {at_time(f, words, t)}"
    if not seen:
        return Question(q, asked, "There is nothing.", {"phrase": "nothing"}, **found)
    at = join([f"{a(f.scene.state(s, t)[0])} {s.shape} at the {f.place(s, t)}" for s in seen])
    return Question(q, asked, f"There {'is' if len(seen) == 1 else 'are'} {at}.", {"states": [[f.scene.state(s, t)[0], s.shape, f.place(s, t)] for s in seen]}, seen[0] if len(seen) == 1 else None, **found)


def order(f, rng, it=None):
    who = sorted((s for s in f.shapes if s.action in SUDDEN), key=lambda s: s.a)
    if len(who) < 2 or float(f.moment(who[0])) >= float(f.moment(who[1])) or f.moment(who[-1]) == f.moment(who[-2]):
        return None
    k, v = rng.random(), video(rng)
    found = "; ".join(f.clause(s, moment=True) for s in who)
    if k < 0.4:
        q = rng.choice(["What happens first?", "What changes first?", "Which event comes first?", f"What happens first in {v}?", "What is the first thing that happens?", "Which change comes first?", "What is the first event?", "What comes first?", "What event comes first?", "What is the first thing to happen?", "What is the first change?", "Which thing happens first?", "What starts?"])
        return Question(q, "what is first", f"First {f.clause(who[0])}.", {"deeds": [[who[0].name, f.deed(who[0])]]}, who[0], found=found)
    if k < 0.65:
        q = rng.choice(["What happens last?", "Which event comes last?", "What changes last?", f"What happens last in {v}?", "What is the last thing that happens?", "What is the last event?", "What comes last?", "What happens at the very end?", "What is the last thing to happen?", "Which event comes at the end?", "And finally, what happens?", "How does the video end?", "What is the final event?", "What event comes last?", "What is the last change?"])
        return Question(q, "what is last", f"Last {f.clause(who[-1])}.", {"deeds": [[who[-1].name, f.deed(who[-1])]]}, who[-1], found=found)
    q = rng.choice(["What happens first and what happens last?", "What is first and what is last?", "What comes first and what comes last?", "What happens first, and what last?", "What is the first and what the last event?", "What happens first and last?"])
    return Question(q, "what is first and last", f"First {f.clause(who[0])}, last {f.clause(who[-1])}.", {"deeds": [[s.name, f.deed(s)] for s in (who[0], who[-1])]}, found=found)


def which(f, rng, it=None):
    c = colour_word(rng)
    verb, acts = rng.choice([("moves", MOVES), ("appears", ("appears",)), ("disappears", ("disappears",)), ("grows", ("grows",)), ("shrinks", ("shrinks",)), (f"changes {c}", ("turns",)), ("stays still", ("still",)), ("moves in a circle", ("circle",)), *((f"moves {d}", (d,)) for d in DIRECTIONS)])
    who = [s for s in f.shapes if s.action in acts]
    if not who and rng.random() < 0.75:
        return None
    say = rng.choice({"grows": ["grows", "gets bigger", "becomes larger", "gets larger"], "shrinks": ["shrinks", "gets smaller", "becomes smaller"], "appears": ["appears", "pops up", "shows up", "comes up"], "disappears": ["disappears", "vanishes", "goes away"], "stays still": ["stays still", "does not move", "stays in place", "stays put"],
                      "moves left": ["moves left", "goes left", "moves to the left"], "moves right": ["moves right", "goes right", "moves to the right"], "moves up": ["moves up", "goes up", "rises", "moves upwards"], "moves down": ["moves down", "goes down", "falls", "moves downwards"], "moves in a circle": ["moves in a circle", "goes round", "circles around"], f"changes {c}": [f"changes {c}", f"changes its {c}"]}.get(verb, [verb]))
    if say == "does not move":
        who = [s for s in f.shapes if s.action not in MOVES]
    if not who and say == "does not move":
        return None
    q = rng.choice([f"Which shape {say}?", f"What {say}?", f"Which object {say}?", f"Which of the shapes {say}?", f"Which one {say}?", f"What is it that {say}?", f"Which shape {say} in {video(rng)}?", f"Name the shape that {say}.", f"Tell me which shape {say}.", f"Which object {say} in {video(rng)}?", f"Which of them {say}?", f"Which item {say}?", f"Who {say}?", f"What is the shape that {say}?", f"Which thing {say}?"])
    asked = f"which {say if say == 'does not move' else verb.replace('colour', 'color')}"
    return Question(q, asked, sentence(join([f.clause(s) for s in who])) if who else "Nothing does.", {"deeds": [[s.name, f.deed(s)] for s in who]} if who else {"phrase": "nothing does"}, who[0] if len(who) == 1 else None, found=marked(f, who, f.clause))


def compare(f, rng, it=None):
    if len(f.shapes) < 2:
        return None
    s, o = rng.sample(f.shapes, 2)
    n, m, k = calling(f, s, rng), calling(f, o, rng), rng.random()
    if rng.random() < 0.35:
        return relation(f, rng, s, o, n, m)
    both = f"the {s.name} and the {o.name}"
    if k < 0.4:
        if {"grows", "shrinks"} & {s.action, o.action} or not (s.radius > 1.25 * o.radius or o.radius > 1.25 * s.radius):
            return None
        word, big = rng.choice([("bigger", True), ("larger", True), ("smaller", False)])
        win = s if (s.radius > o.radius) == big else o
        (k, wide), (j, broad) = f.width(s), f.width(o)
        found = {"found": f"{wide}; {broad}{sign(int(broad.split()[-1]) - int(wide.split()[-1]))}; the {win.name} is {word}", "lines": ((k, f.shapes.index(s)), (j, f.shapes.index(o)))}
        q = rng.choice([f"Which is {word}, {n} or {m}?", f"Which one is {word}: {n} or {m}?", f"Is {n} or {m} {word}?", f"What is {word}, {n} or {m}?", f"Which {shape_word(rng)} is {word}, {n} or {m}?", f"Compare the sizes of {n} and {m}: which is {word}?", f"Which of the two is {word}: {n} or {m}?", f"Which one of {n} and {m} is {word}?", f"Who is {word}, {n} or {m}?"])
        if rng.random() < 0.25:
            yes = win is s
            return Question(f"Is {n} {word} than {m}?", f"whether the {s.name} is {'bigger' if big else 'smaller'} than the {o.name}", f"{'Yes' if yes else 'No'}, the {win.name} is {word}.", {"yes": yes}, win, **found | {"found": f"{found['found']}, {s.name}; {'yes' if yes else 'no'}"})
        return Question(q, f"which is {'bigger' if big else 'smaller'} of {both}", f"The {win.name} is {word}.", {"words": [win.colour, win.shape], "among": [s.colour, s.shape, o.colour, o.shape]}, win, **found)
    if k < 0.65:
        same = s.action == o.action and s.action in MOVES
        q = rng.choice([f"Do {n} and {m} move in the same direction?", f"Do {n} and {m} move the same way?", f"Are {n} and {m} moving in the same direction?", f"Do {n} and {m} go the same way?"])
        if rng.random() < 0.35:
            same = f.deed(s) == f.deed(o)
            q = rng.choice([f"Are {n} and {m} doing the same thing?", f"Do {n} and {m} do the same thing?", f"Do {n} and {m} both do the same?", f"Does {n} do the same as {m}?"])
            if len(f.shapes) == 2 and rng.random() < 0.3:
                q = rng.choice(["Do both shapes do the same thing?", "Are they doing the same thing?", "Do they do the same?"])
            return Question(q, f"same deed of {both}", f"{'Yes' if same else 'No'}, {f.clause(s)} and {f.clause(o)}.", {"yes": same})
        return Question(q, f"same way of {both}", f"{'Yes' if same else 'No'}, {f.clause(s)} and {f.clause(o)}.", {"yes": same})
    if k < 0.8:
        if "turns" in (s.action, o.action):
            return None
        c, same = colour_word(rng), s.colour == o.colour
        q = rng.choice([f"Do the {s.shape} and the {o.shape} have the same {c}?", f"Are the {s.shape} and the {o.shape} the same {c}?", f"Is the {s.shape} the same {c} as the {o.shape}?", f"Are the {s.shape} and the {o.shape} equally colored?", f"Are the {s.shape} and the {o.shape} of the same {c}?"])
        if any(len([x for x in f.shapes if x.shape == y.shape]) > 1 for y in (s, o)):
            return None
        return Question(q, f"same color of {both}", f"{'Yes' if same else 'No'}, the {s.shape} is {s.colour} and the {o.shape} is {o.colour}.", {"yes": same})
    q = rng.choice([f"Compare {n} and {m}.", f"What is the difference between {n} and {m}?", f"How do {n} and {m} differ?", f"Compare {n} with {m}.", f"What do {n} and {m} do?", f"How does {n} compare to {m}?"])
    return Question(q, f"comparison of {both}", sentence(f"{f.clause(s)} and {f.clause(o)}"), {"deeds": [[s.name, f.deed(s)], [o.name, f.deed(o)]]})


def relation(f, rng, s, o, n, m):
    """Which of two is further left, right, up or down at a time."""
    words, t = moments(f, rng) if rng.random() < 0.7 and len(f.times) > 1 else ("", f.times[0])
    if not words and any(x.action in MOVES for x in (s, o)):
        return None
    k, side = f.nearest(t), rng.choice(SIDES)
    (p, b), (q, c) = ((f.box(x, t), f.box(x, f.walk[k])) for x in (s, o))
    i = 0 if side in ("left", "right") else 1
    gaps = [x[j] - y[j] for x, y in ((p, q), (b, c)) for j in (i, i + 2)] if p and q and b and c else [0]
    if min(gaps) < 40 and max(gaps) > -40:
        return None
    win = s if (max(gaps) < 0) == (side in ("left", "top")) else o
    there, further = {"left": ("to the left of", "further left"), "right": ("to the right of", "further right"), "top": ("above", "higher"), "bottom": ("below", "lower")}[side]
    found = {"found": f"{s.name} {b[i]}, {o.name} {c[i]}{sign(c[i] - b[i])}; the {win.name}", "lines": ((k, f.shapes.index(s)), (k, f.shapes.index(o)))}
    at, end, d = at_time(f, words, t), f" {words}" if words else "", {"top": "up", "bottom": "down"}.get(side, side)
    if rng.random() < 0.55:
        yes = win is s
        say = rng.choice([there, f"{further} than", {"left": "left of", "right": "right of", "top": "over", "bottom": "under"}[side]])
        q = rng.choice([f"Is {n} {say} {m}{end}?", f"Is {n} {say} {m}{end}?", f"Is it true that {n} is {say} {m}{end}?", f"{words.capitalize()}, is {n} {say} {m}?" if words else f"Would you say {n} is {say} {m}?"])
        return Question(q, f"whether the {s.name} is {d} of the {o.name} {at}", f"{'Yes' if yes else 'No'}, the {win.name} is {further}.", {"yes": yes}, win, **found | {"found": f"{found['found']}, {s.name}; {'yes' if yes else 'no'}"})
    most = {"left": ["further left", "more to the left", "further to the left"], "right": ["further right", "more to the right", "further to the right"], "top": ["higher", "higher up", "further up"], "bottom": ["lower", "further down", "lower down"]}[side]
    say = rng.choice(most)
    q = rng.choice([f"Which is {say}{end}, {n} or {m}?", f"Which one is {say}{end}: {n} or {m}?", f"Which of {n} and {m} is {say}{end}?", f"Is {n} or {m} {say}{end}?", f"What is {say}{end}, {n} or {m}?"])
    return Question(q, f"which is {d} of the {s.name} and the {o.name} {at}", f"The {win.name} is {further}.", {"words": [win.colour, win.shape], "among": [s.colour, s.shape, o.colour, o.shape]}, win, **found)


def foreign(f, rng, it=None):
    return Question(strange.question(rng), "nothing about shapes", REFUSAL, {"refuse": True})


KINDS = {"describe": (describe, 3), "event": (event, 3), "colour": (colour, 2.5), "colours": (colours, 1), "shape": (shape, 1), "count": (count, 2.5), "direction": (direction, 3), "exists": (exists, 2), "whether": (whether, 4.5),
         "when": (when, 3.5), "box": (box, 3.5), "what_where": (what_where, 2), "order": (order, 1.5), "which": (which, 1.5), "compare": (compare, 3), "foreign": (foreign, 2.5)}
ABOUT_ONE = ("event", "colour", "shape", "direction", "whether", "when", "box")


def ask(f, rng, kinds=None, it=None):
    """(kind, Question) of a kind that suits the scene."""
    kinds = kinds or {k: w for k, (_, w) in KINDS.items()}
    while True:
        kind = rng.choices(list(kinds), list(kinds.values()))[0]
        if it is not None and kind == "shape" and rng.random() < 0.5:
            continue
        got = KINDS[kind][0](f, rng, it if kind in ABOUT_ONE else None)
        if got:
            return kind, got._replace(text=reword(got.text, rng))


FRONT = ["Please: ", "Hello! ", "OK. ", "Now: ", "Tell me: ", "Question: ", "In the video: ", "Please tell me: ", "Look at the video. ", "Watch the clip. ", "Quick question: ", "So, ", "Hey, ", "Well, ", "Hi! ", "Please, ", "In a few words: ", "And ", "Now tell me: "]
BACK = [" Answer briefly.", " Please.", " Thanks!", " Be precise.", " Think carefully.", " Answer in one sentence.", " Explain.", " please", " Can you say?", " Thank you."]
SHORTENED = [("what is ", "what's "), ("what is ", "whats "), ("where is ", "where's "), ("which is ", "which's "), ("who is ", "who's "), ("when is ", "when's ")]


def reword(q, rng):
    """Small liberties that people take."""
    if rng.random() < 0.15:
        for full, short in SHORTENED:
            if q.lower().startswith(full) and rng.random() < 0.6:
                q = (short.capitalize() if q[0].isupper() else short) + q[len(full) :]
                break
    if rng.random() < 0.08 and q.endswith("?") and " " in q:
        q = rng.choice(["Can you tell me: ", "I want to know: ", "Could you say: ", "Do you know: ", "Can you tell me, ", "I'd like to know: ", "Could you tell me: ", "Please say: ", "What do you think: "]) + q[0].lower() + q[1:]
    if rng.random() < 0.12:
        q = q[0].lower() + q[1:]
    if rng.random() < 0.08:
        q = q.rstrip("?.")
    if rng.random() < 0.12:
        q = q.lower()
    if rng.random() < 0.05:
        q = rng.choice(FRONT) + q
    elif rng.random() < 0.04:
        q += rng.choice(BACK)
    style = rng.random()
    if style < 0.1:
        q = q.upper()
    elif style < 0.14:
        q = string.capwords(q)
    return q
