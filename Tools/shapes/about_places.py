"""Questions about where: `box`, `what_where`, `placed`."""
from facts import SIDES, a, join, ninth, quarter, within
from questions import Question, at_time, calling, clear, moments
from scenes import COLOURS, MOVES, SHAPES
from wordings import say

PARTS = ["left", "right", "top", "bottom", "middle", "center", "upper", "lower"]
TOLD = {"center": "middle", "mid": "middle", "higher": "upper"}  # what an answer says for a part of the thought


def box(f, rng, it=None):
    s = it or rng.choice(f.shapes)
    words, t = moments(f, rng)
    if not clear(f, s, t):
        return None
    n = calling(f, s, rng, it, 0.15)
    q = say(rng, "box", "box.it" if n == "it" else "box.named", n=n, words=words)
    if rng.random() < 0.08:
        q = say(rng, "box.form", n=n, words=words)
    if t in (f.times[0], f.times[-1]) and rng.random() < 0.2:
        q = say(rng, "box.first" if t == f.times[0] else "box.last", n=n)
    if len(f.times) == 1 and rng.random() < 0.6:
        q = say(rng, "box.only", n=n)
        words = ""
    at, asked = f.box(s, t), f"box of the {s.name} {at_time(f, words, t)}"
    if at is None:
        return Question(q, asked, f"The {s.name} is not there at {f.near(t)} s.", {"phrase": "is not there"}, s, called=n) if rng.random() < 0.4 else None
    exact, o = f.scene.box(s, t), f.shapes.index(s)
    check = {"box": [round(1000 * v, 1) for v in exact]}
    answer = f"The {s.name} is at <|begin_of_box|>[[{at[0]},{at[1]},{at[2]},{at[3]}]]<|end_of_box|>."
    if mean := f.between(s, t):
        return Question(q, asked, answer, check, s, exact, called=n, found=mean[1], lines=((mean[0], o), (mean[0] + 1, o)))
    return Question(q, asked, answer, check, s, exact, (f.nearest(t), o), called=n)


def both_ends(f, rng):
    """What is there at the start, and what at the end."""
    stops = f.walk[0], f.walk[-1]
    there = lambda t: [f"{f.scene.state(s, t)[0]} {s.shape}" for s in f.seen(t)]
    first, last = names = [there(t) for t in stops]
    if names != [there(f.pair(t)) for t in stops]:
        return None
    told = lambda which: join([a(n) for n in which]) if which else "nothing"
    answer = f"At the start there {'are' if len(first) > 1 else 'is'} {told(first)}, at the end {told(last)}."
    check = {"words": " ".join(first + last).split(), "among": COLOURS + SHAPES, "ordered": True}
    lines = tuple((k, o) for k in (0, len(f.walk) - 1) for o in range(len(f.shapes)))
    found = ", ".join(f"{word}: {f.line(t)}" for word, t in zip(("start", "end"), stops))
    return Question(say(rng, "what_where.both"), "what is there at the start and at the end", answer, check, found=found, lines=lines)


def what_where(f, rng, it=None):
    if len(f.walk) > 1 and rng.random() < 0.15:
        return both_ends(f, rng)
    words, t = moments(f, rng)
    seen, k = f.seen(t), f.nearest(t)
    both = [s for s in seen if f.scene.state(s, f.walk[k])]  # to be seen in the frame, too
    if not all(clear(f, s, t) for s in f.shapes) or any(f.place(s, f.walk[k]) != f.place(s, t) for s in both) or any(f.bordering(s, t) for s in seen):
        return None
    lines = tuple((k, f.shapes.index(s)) for s in f.shapes)
    coloured = lambda s: f"{f.scene.state(s, t)[0]} {s.shape}"

    def only(q, here, asked, where, found):
        """`q` asks what is in a part of the frame: `here`, or nothing."""
        who = join([a(coloured(s)) for s in here]) if here else "nothing"
        check = {"words": [w for s in here for w in coloured(s).split()], "among": COLOURS + SHAPES}
        return Question(q, f"what is at the {asked} {at_time(f, words, t)}", f"There is {who} {where}.", check, here[0] if len(here) == 1 else None, found=found, lines=lines)

    inside = lambda s: all(abs(v - 0.5) > 0.02 for v in f.middle(s, t))
    if rng.random() < 0.1 and len(f.times) > 1 and all(inside(s) for s in seen) and all(quarter(f.middle(s, t)) == quarter(f.middle(s, f.walk[k])) for s in both):
        side, half = rng.choice([("left", "left"), ("right", "right"), ("higher", "upper"), ("higher", "top"), ("lower", "lower"), ("lower", "bottom")])
        of = rng.choice(["", "", " of the frame", " of the picture", " of the screen"])
        q = say(rng, "what_where.half", half=half, of=of, words=words)
        return only(q, [s for s in seen if side in quarter(f.middle(s, t)).split()], f"{side} side", f"in the {half} half", f.line(t, side, halves=True))
    if rng.random() < 0.4 and len(f.times) > 1:
        place = f.place(rng.choice(seen), t) if seen and rng.random() < 0.8 else rng.choice(["top left", "top right", "bottom left", "bottom right", "center"])
        if rng.random() < 0.4:
            place = rng.choice(place.split())
        here = [s for s in seen if within(f.place(s, t), place)]
        top = place.replace("center", rng.choice(["center", "middle", "centre"]))
        q = say(rng, "what_where.at", "what_where.at.sideways" if place in ("left", "right") else "what_where.at.other", "what_where.at.middle" if place == "center" else "what_where.at.edge",
                "what_where.at.some" if here else "what_where.at.none", words=words, top=top)
        if place in ("left", "right") and rng.random() < 0.4:
            q = say(rng, "what_where.side", left=place, words=words)
        asked = place if place in SIDES else ninth(place)
        return only(q, here, asked, f"at the {place}", f.line(t, asked))
    q = say(rng, "what_where", words=words)
    if not any(x.isdigit() for x in words):
        if t in (f.times[0], f.times[-1]) and rng.random() < 0.3:
            q = say(rng, "what_where.ends", words=words)
        if t == f.times[-1] and rng.random() < 0.3:
            q = say(rng, "what_where.last", words=words)
        elif t == f.times[0] and rng.random() < 0.2:
            q = say(rng, "what_where.first", words=words)
    asked = f"what is where {at_time(f, words, t)}"
    if not seen:
        return Question(q, asked, "There is nothing.", {"phrase": "nothing"}, found=f.line(t), lines=lines)
    answer = f"There {'is' if len(seen) == 1 else 'are'} {join([f'{a(coloured(s))} at the {f.place(s, t)}' for s in seen])}."
    check = {"states": [[f.scene.state(s, t)[0], s.shape, f.place(s, t)] for s in seen]}
    return Question(q, asked, answer, check, seen[0] if len(seen) == 1 else None, found=f.line(t), lines=lines)


def placed(f, rng, it=None):
    """In which part of the frame a shape is, in words: a ninth, a column, a row or a half; or whether it is in one."""
    s = it or rng.choice(f.shapes)
    if len(f.times) > 1 and rng.random() < 0.25:
        return travelled(f, rng, s, it)
    untimed = len(f.times) == 1 or s.action not in MOVES and rng.random() < 0.35
    words, t = ("", next((u for u in f.walk if f.scene.state(s, u)), f.times[0])) if untimed else moments(f, rng)
    k = f.nearest(t)
    if not clear(f, s, t) or not f.scene.state(s, t) or not f.scene.state(s, f.walk[k]):
        return None
    cut = rng.choice(["ninth", "column", "column", "row", "row", "side", "level"])
    axis, halves = (0 if cut in ("column", "side") else 1), cut in ("side", "level")
    both, borders = (0, 1) if cut == "ninth" else (axis,), (0.5,) if halves else (0.36, 0.64)
    where = f.middle(s, t)
    if any(abs(where[i] - b) < 0.02 or (where[i] < b) != (f.middle(s, f.walk[k])[i] < b) for i in both for b in borders):
        return None
    at = quarter(where) if halves else ninth(f.place(s, t))
    part = f.place(s, t) if cut == "ninth" else at.split()[1 - axis]
    names = {"column": ["left", "center", "right"], "row": ["top", "mid", "bottom"], "side": ["left", "right"], "level": ["higher", "lower"], "ninth": []}[cut]
    told = f"in the {TOLD.get(part, part)} half" if halves else f"in the {TOLD[part]}" if cut != "ninth" and part in TOLD else f"at the {part}"
    n, end = calling(f, s, rng, it, 0.15), f" {words}" if words else ""
    found, lines, near = f.line(t, of=s, halves=halves), ((k, f.shapes.index(s)),), at_time(f, words, t)
    timed = "timed" if words else "untimed"
    if names and rng.random() < 0.3:
        asked = part if rng.random() < 0.5 else rng.choice(names)
        yes, place = asked == part, say(rng, "side.half" if cut == "side" else f"side.{asked}", left=asked)
        of = "of" if place.endswith(("side", "half", "part", "top", "bottom", "left", "right", "middle")) else "in"
        q = say(rng, "placed.whether", f"placed.whether.{of}", f"placed.whether.{timed}", n=n, place=place, end=end, words=words)
        answer = f"{'Yes' if yes else 'No'}, the {s.name} is {told}."
        return Question(q, f"whether the {s.name} is at the {asked}{' side' if halves else ''} {near}", answer, {"yes": yes}, s, called=n, found=f.line(t, asked, of=s, halves=halves), lines=lines)
    if cut == "ninth":
        q = say(rng, "placed", f"placed.{timed}", n=n, end=end, words=words)
        asked = "place"
    else:
        middle = rng.choice(["middle", "center", "centre"])
        if halves:
            one, other = ("left half", "right half") if cut == "side" else \
                rng.choice([("upper half", "lower half"), ("upper half", "lower half"), ("top half", "bottom half"), ("upper part", "lower part")])
            options, plain = say(rng, "options.halves", one=one, other=other, upper=one.split()[0]), f"{one} or {other}"
        else:
            options, plain = say(rng, f"options.{cut}", middle=middle), say(rng, f"plain.{cut}", middle=middle)
        given = {"n": n, "end": end, "words": words, "options": options, "plain": plain, "middle": middle}
        q = say(rng, "placed.options", f"placed.options.{timed}", **given)
        if rng.random() < 0.35:
            q = say(rng, f"placed.{cut}", *([f"placed.{cut}.{timed}"] if cut in ("row", "level") else []), **given)
        if words and t in (f.times[0], f.times[-1]) and rng.random() < 0.3:
            q = say(rng, "placed.start" if t == f.times[0] else "placed.stop", **given)
        asked = f"place {' '.join(names)}"
    check = {"words": [w for w in told.split() if w in PARTS], "among": PARTS}
    return Question(q, f"{asked} of the {s.name} {near}", f"The {s.name} is {told}.", check, s, called=n, found=f"{found}; {part}", lines=lines)


def travelled(f, rng, s, it):
    """Where a shape is at the start and where at the end, in words."""
    ends = f.walk[0], f.walk[-1]
    if any(not f.scene.state(s, t) or f.bordering(s, t) for t in ends):
        return None
    n = calling(f, s, rng, it, 0.15)
    first, last = (f.place(s, t) for t in ends)
    asked, answer = f"places of the {s.name} at the start and the end", f"The {s.name} is at the {first} at the start and at the {last} at the end."
    check = {"words": [*first.split(), *last.split()], "among": PARTS, "ordered": True}
    found, lines = ", ".join(f.line(t, of=s) for t in ends), tuple((k, f.shapes.index(s)) for k in (0, len(f.walk) - 1))
    return Question(say(rng, "travelled", n=n), asked, answer, check, s, called=n, found=found, lines=lines)
