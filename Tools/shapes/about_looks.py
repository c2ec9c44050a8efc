"""Questions about what is to be seen: `colour`, `colours`, `shape`, `count`, `exists`, `which`."""
from facts import NUMBERS, a, join, sentence
from questions import DEEDS, Question, at_time, calling, clear, marked, moments, names
from scenes import COLOURS, MOVES, SHAPES, SUDDEN
from wordings import say


def colour(f, rng, it=None):
    s = it or rng.choice(f.shapes)
    choices = [n for n in names(f, s, rng, 0.18) if s.colour not in n]
    if not choices and not it:
        return None
    n, c = "it" if it else "the " + rng.choice(choices), say(rng, "color")
    if rng.random() < 0.15 and len(f.times) > 1:
        words, t = moments(f, rng)
        k = f.nearest(t)
        now, said = f.scene.state(s, t), f.scene.state(s, f.walk[k])
        if not any(x.isdigit() for x in words) or not clear(f, s, t) or not now or not said or now[0] != said[0]:
            return None
        q = say(rng, "colour.at", color=c, n=n, words=words)
        asked, answer = f"color of the {s.name} {at_time(f, words, t)}", f"The {s.shape} is {now[0]} at {f.near(t)} s."
        return Question(q, asked, answer, {"words": [now[0]], "among": COLOURS}, s, called=n, found=f"{now[0]} {s.shape}", lines=((k, f.shapes.index(s)),))
    if len(f.times) > 1 and s.action not in ("appears", "disappears") and rng.random() < (0.4 if s.action == "turns" else 0.08):
        return first_and_last(f, rng, s, n, c)
    if s.action == "turns" and rng.random() < 0.6:
        if rng.random() < 0.6:
            end, got = "end", s.colour2
            q = say(rng, "colour.last", "colour.last.it" if n == "it" else "colour.last.named", color=c, n=n, end=say(rng, "colour.end"))
        else:
            end, got = "start", s.colour
            q = say(rng, "colour.first", color=c, n=n, start=say(rng, "colour.start"))
        return Question(q, f"color of the {s.name} at the {end}", f"The {s.shape} is {got} at the {end}.", {"words": [got], "among": COLOURS}, s, called=n)
    q = say(rng, "colour", "colour.alone" if len(f.shapes) == 1 else "colour.among", "colour.it" if n == "it" else "colour.named", color=c, n=n)
    if rng.random() < 0.15 and len(f.times) > 1 and s.action in MOVES and sum(o.action in MOVES for o in f.shapes) == 1:
        n = "the one that moves"
        q = say(rng, "colour.moving", color=c)
    then = f", then it turns {s.colour2}" if s.action == "turns" else ""
    check = {"words": [s.colour] + ([s.colour2] if then else []), "among": COLOURS, "ordered": True}
    return Question(q, f"color of the {s.name}", f"The {s.shape} is {s.colour}{then}.", check, s, called=n)


def first_and_last(f, rng, s, n, c):
    """Which colour a shape `n` has at the start, and which at the end."""
    first, last = rng.choice([("first", "last"), ("first", "last"), ("initial", "final"), ("first", "second"), ("starting", "ending"), ("old", "new")])
    q = say(rng, "colour.both", *(["colour.both.turns"] if s.action == "turns" else []), color=c, n=n, first=first, last=last)
    last = s.colour2 or s.colour
    asked, answer = f"colors of the {s.name} at the start and the end", f"The {s.shape} is {s.colour} at the start and {last} at the end."
    return Question(q, asked, answer, {"words": [s.colour, last], "among": COLOURS, "ordered": True}, s, called=n, found=f.clause(s))


def colours(f, rng, it=None):
    """All of them at once, or all shapes."""
    if any(s.action == "turns" for s in f.shapes):
        return None
    if rng.random() < 0.5:
        named = list(dict.fromkeys(s.colour for s in f.shapes))
        return Question(say(rng, "colours"), "colors", sentence(join(named)), {"words": named, "among": COLOURS})
    check = {"words": [w for s in f.shapes for w in (s.colour, s.shape)], "among": COLOURS + SHAPES}
    return Question(say(rng, "colours.shapes"), "shapes", sentence(join([a(s.name) for s in f.shapes])), check, f.shapes[0] if len(f.shapes) == 1 else None)


def shape(f, rng, it=None):
    s = it or rng.choice(f.shapes)
    if s.action == "turns" or sum(s.colour in (o.colour, o.colour2) for o in f.shapes) > 1:
        return None
    if it:
        q = say(rng, "shape.it")
    else:
        q = say(rng, "shape.named", red=s.colour)
        if len(f.shapes) == 1 and rng.random() < 0.3:
            q = say(rng, "shape.only")
    return Question(q, f"shape of the {s.colour} one", f"The {s.colour} shape is a {s.shape}.", {"words": [s.shape], "among": SHAPES}, s)


def count(f, rng, it=None):
    k = rng.random()
    if k < 0.4:
        q = say(rng, "count")
        if rng.random() < 0.12:
            q = say(rng, "count.ever", ever=say(rng, "count.when"))
        who, what, asked = f.shapes, "shape", "number of shapes"
    elif k < 0.55:
        what = rng.choice(SHAPES)
        who, asked = [s for s in f.shapes if s.shape == what], f"number of {what}s"
        q = say(rng, "count.kind", circle=what)
    elif k < 0.67:
        c = rng.choice([rng.choice(f.shapes).colour, rng.choice(COLOURS)])
        who, what, asked = [s for s in f.shapes if c in (s.colour, s.colour2)], f"{c} shape", f"number of {c} shapes"
        q = say(rng, "count.colour", red=c)
        if any(s.action == "turns" and c in (s.colour, s.colour2) for s in f.shapes):
            return None
    elif k < 0.8 and len(f.times) > 1:
        who = [s for s in f.shapes if s.action in MOVES]
        n = len(who)
        q = say(rng, "count.moving")
        answer = f"{NUMBERS[n].capitalize()} shape{'s' * (n != 1)} move{'s' * (n == 1)}."
        return Question(q, "number of shapes that move", answer, {"words": [NUMBERS[n]], "among": NUMBERS}, found=f"{marked(f, who, f.clause)}; {NUMBERS[n]}")
    elif k < 0.9 and len(f.times) > 1:
        words, t = moments(f, rng)
        if not all(clear(f, s, t) for s in f.shapes):
            return None
        n, near = len(f.seen(t)), f.nearest(t)
        asked, answer = f"number of shapes {at_time(f, words, t)}", f"There {'is' if n == 1 else 'are'} {NUMBERS[n]} shape{'s' * (n != 1)}."
        lines = tuple((near, f.shapes.index(s)) for s in f.shapes)
        return Question(say(rng, "count.at", words=words), asked, answer, {"words": [NUMBERS[n]], "among": NUMBERS}, found=f"{f.line(t)}; {NUMBERS[n]}", lines=lines)
    else:
        last = rng.random() < 0.5
        end = "last" if last else "first"
        q = say(rng, "count.ends", f"count.ends.{end}", where=say(rng, f"count.{end}"))
        who, what, asked = f.seen(f.times[-1] if last else f.times[0]), "shape", f"number of shapes at the {'end' if last else 'start'}"
    n = len(who)
    verb = "is" if n == 1 else "are"
    return Question(q, asked, f"There {verb} {NUMBERS[n]} {what}{'s' * (n != 1)}.", {"words": [NUMBERS[n]], "among": NUMBERS}, found=f"{marked(f, who)}; {NUMBERS[n]}")


def there(f, rng):
    """Whether a shape is to be seen at a time: the names of the nearest frame's line are said again, and then whether it is one of them."""
    words, t = moments(f, rng)
    k = f.nearest(t)
    at, pair = f.walk[k], f.pair(f.walk[k])
    steady = lambda s: bool(f.scene.state(s, t)) == bool(f.scene.state(s, at)) == bool(f.scene.state(s, pair)) and clear(f, s, t)
    s = rng.choice([s for s in f.shapes if s.action in ("appears", "disappears")] or f.shapes) if rng.random() < 0.75 else None
    name = s.name if s else f"{rng.choice(COLOURS)} {rng.choice(SHAPES)}"
    if s and not steady(s) or not s and any(name in (f"{c} {o.shape}") for o in f.shapes for c in (o.colour, o.colour2)):
        return None
    n = calling(f, s, rng) if s else f"the {name}"
    yes, line = bool(s and f.scene.state(s, t)), [o for o in f.shapes if f.scene.state(o, at) or f.scene.state(o, pair)]
    q, asked = say(rng, "there", n=n, words=words), f"whether the {name} is there {at_time(f, words, t)}"
    answer = f"{'Yes' if yes else 'No'}, the {name} is {'' if yes else 'not '}there at {f.near(t)} s."
    found = f"{', '.join(o.name for o in line) or 'nothing'}; {'yes' if yes else 'no'}"
    return Question(q, asked, answer, {"yes": yes}, s, called=n if s else "", found=found, lines=tuple((k, f.shapes.index(o)) for o in line))


def exists(f, rng, it=None):
    if rng.random() < 0.2 and len(f.times) > 1:
        return there(f, rng)
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
    w = a(wanted if rng.random() < 0.6 else wanted.replace("shape", "object"))
    some = w.replace("an ", "any ").replace("a ", "any ") + "s"
    q = say(rng, "exists", "exists.sudden" if found and found.action in SUDDEN else "exists.steady", "exists.colour" if wanted.endswith(" shape") else "exists.kind",
            w=w, some=some, wanted=wanted, red=wanted.split()[0])
    answer = f"Yes, there is {a(found.name)}." if found else f"No, there is no {wanted}."
    return Question(q, f"whether there is {a(wanted)}", answer, {"yes": bool(found)}, found, found=f"{marked(f, suits)}; {'yes' if found else 'no'}")


def which(f, rng, it=None):
    verb, acts = rng.choice(DEEDS)
    who = [s for s in f.shapes if s.action in acts]
    if not who and rng.random() < 0.75:
        return None
    does = say(rng, f"which.{verb}")
    if does == "does not move":
        who = [s for s in f.shapes if s.action not in MOVES]
        if not who:
            return None
    q = say(rng, "which", "which.late" if does == "appears" else "which.plain", "which.some" if who else "which.none", does=does)
    asked = f"which {does if does == 'does not move' else verb}"
    if not who:
        return Question(q, asked, "Nothing does.", {"phrase": "nothing does"}, found=marked(f, who, f.clause))
    answer, check = sentence(join([f.clause(s) for s in who])), {"deeds": [[s.name, f.deed(s)] for s in who]}
    return Question(q, asked, answer, check, who[0] if len(who) == 1 else None, found=marked(f, who, f.clause))
