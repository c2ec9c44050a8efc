"""Questions that compare two shapes, or all of them."""
from facts import SIDES, sentence, sign
from questions import DEEDS, Question, at_time, calling, moments, requested
from scenes import MOVES
from wordings import say


def larger(s, o, more):
    """Which of two is the larger, which the smaller: one step. What was asked is said again after it, and whether that means the larger or the
    smaller; the name then follows from those words. Chosen by the asked word at once, it was chance."""
    return "larger the {}, smaller the {}".format(*((o.name, s.name) if more > 0 else (s.name, o.name)))


def compare(f, rng, it=None):
    if len(f.shapes) < 2:
        return None
    if rng.random() < 0.3:
        return most(f, rng)
    s, o = rng.sample(f.shapes, 2)
    n, m, k = calling(f, s, rng), calling(f, o, rng), rng.random()
    if s.action == o.action and rng.random() < 0.5:
        k = 0.5  # two that do the same are rare, and asked about as such: else the verdict is always no
    elif (other := rng.random()) < 0.5:
        return relation(f, rng, s, o, n, m) if other < 0.35 else either(f, rng, s, o, n, m)
    both = f"the {s.name} and the {o.name}"
    if k < 0.3:
        if {"grows", "shrinks"} & {s.action, o.action} or not (s.radius > 1.25 * o.radius or o.radius > 1.25 * s.radius):
            return None
        word, big = rng.choice([("bigger", True), ("larger", True), ("smaller", False)])
        more = f.width(o) - f.width(s)
        if abs(more) <= 10 or (more < 0) != (s.radius > o.radius):
            return None
        win, size = s if (more < 0) == big else o, "bigger" if big else "smaller"
        found = f"{s.name} {f.width(s)}; {o.name} {f.width(o)}{sign(more)}, {larger(s, o, more)}; {size}, {'larger' if big else 'smaller'} the {win.name}"
        q = say(rng, "bigger", word=word, n=n, m=m)
        if rng.random() < 0.25:
            yes, asked = win is s, f"whether the {s.name} is {size} than the {o.name}"
            answer, found = f"{'Yes' if yes else 'No'}, the {win.name} is {word}.", f"{found}, {s.name}; {'yes' if yes else 'no'}"
            return Question(say(rng, "bigger.than", n=n, word=word, m=m), asked, answer, {"yes": yes}, win, found=found)
        if rng.random() < 0.2:
            q = requested(rng, "bigger.things", manners=("manners.short",), word=word, n=n, m=m)
        check = {"words": [win.colour, win.shape], "among": [s.colour, s.shape, o.colour, o.shape]}
        return Question(q, f"which is {size} of {both}", f"The {win.name} is {word}.", check, win, found=found)
    if k < 0.55:
        what, same = "way", s.action == o.action and s.action in MOVES
        q = say(rng, "way.same", n=n, m=m)
        if rng.random() < 0.35:
            what, same = "deed", f.deed(s) == f.deed(o)
            q = say(rng, "deed.same", n=n, m=m)
            if len(f.shapes) == 2 and rng.random() < 0.3:
                q = say(rng, "deed.both")
        return Question(q, f"same {what} of {both}", f"{'Yes' if same else 'No'}, {f.clause(s)} and {f.clause(o)}.", {"yes": same})
    if k < 0.85:
        if "turns" in (s.action, o.action):
            return None
        if s.colour != o.colour and rng.random() < 0.55:
            return kindred(f, rng, s, o, both)
        if any(len([x for x in f.shapes if x.shape == y.shape]) > 1 for y in (s, o)):
            return None
        each, likeness = f"the {s.shape} is {s.colour} and the {o.shape} is {o.colour}", "different" if rng.random() < 0.4 else "same"
        q = say(rng, f"color.{likeness}", circle=s.shape, square=o.shape, color=say(rng, "color"))
        return alike(q, f"{likeness} color", both, each, s.colour == o.colour)
    q = say(rng, "compare", n=n, m=m)
    return Question(q, f"comparison of {both}", sentence(f"{f.clause(s)} and {f.clause(o)}"), {"deeds": [[s.name, f.deed(s)], [o.name, f.deed(o)]]})


def most(f, rng):
    """Which of all shapes is the largest or the smallest, or the leftmost, rightmost, highest or lowest at a time."""
    return (largest if rng.random() < 0.4 else outermost)(f, rng)


def largest(f, rng):
    end = rng.choice(["biggest", "largest", "smallest"])
    small, told = end == "smallest", {s: f.width(s) for s in f.shapes}
    win = extreme(told, 20, small)
    if not win or win is not extreme({s: s.radius for s in f.shapes}, 0.02, small) or any(s.action in ("grows", "shrinks") for s in f.shapes):
        return None
    asked = f"which is {'smallest' if small else 'biggest'} of all"
    return Question(say(rng, "most.size", f"most.size.{'small' if small else 'large'}", most=end), asked, f"The {win.name} is the {end}.", named(f, win), win, found=f"{weighed(told)}; {end}, {'smaller' if small else 'larger'} the {win.name}")


def outermost(f, rng):
    words, t = moments(f, rng) if rng.random() < 0.6 and len(f.times) > 1 else ("", f.times[0])
    k, side = f.nearest(t), rng.choice(SIDES)
    if not words and any(s.action in MOVES for s in f.shapes) or any(not f.box(s, u) for s in f.shapes for u in (t, f.walk[k])):
        return None
    end, i, small = {"left": "leftmost", "top": "highest", "right": "rightmost", "bottom": "lowest"}[side], SIDES.index(side), side in ("left", "top")
    told, true = ({s: f.box(s, u)[i] for s in f.shapes} for u in (f.walk[k], t))
    win = extreme(told, 40, small)
    if not win or win is not extreme(true, 40, small):
        return None
    q = say(rng, "most.place", "most.place.timed" if words else "most.place.untimed", most=say(rng, f"most.{side}"), words=words, end=f" {words}" if words else "")
    found, lines = f"{weighed(told)}; {end}, {'smaller' if small else 'larger'} the {win.name}", tuple((k, o) for o in range(len(f.shapes)))
    return Question(q, f"which is {end} of all {at_time(f, words, t)}", f"The {win.name} is {end}.", named(f, win), win, found=found, lines=lines)


def extreme(values, gap, small):
    """Whose value is the smallest or else the largest; None where another's is nearer to it than `gap`."""
    best, second, *_ = sorted(values, key=values.get, reverse=not small)
    return best if abs(values[best] - values[second]) >= gap else None


def weighed(told):
    """One shape's value after another, each beside the smallest and the largest so far, which are told anew."""
    (first, value), *others = told.items()
    found, low, high = f"{first.name} {value}", first, first
    for s, value in others:
        beside = [f"{told[o]}{sign(value - told[o])}" for o in dict.fromkeys((low, high))]
        low, high = s if value < told[low] else low, s if value > told[high] else high
        found += f"; {s.name} {value}, {', '.join(beside)}, {larger(low, high, 1)}"
    return found


def named(f, win):
    """The check of an answer that names one of all shapes."""
    return {"words": [win.colour, win.shape], "among": [w for s in f.shapes for w in (s.colour, s.shape)]}


def either(f, rng, s, o, n, m):
    """Which of two that are named does something."""
    verb, acts = rng.choice(DEEDS)
    does = say(rng, f"which.{verb}")
    if (s.action in acts) == (o.action in acts) or does == "does not move":
        return None
    win = s if s.action in acts else o
    found = "; ".join(f"{f.clause(x)} {'yes' if x is win else 'no'}" for x in (s, o))
    q = say(rng, "either", does=does, n=n, m=m)
    return Question(q, f"which {verb} of the {s.name} and the {o.name}", sentence(f.clause(win)), {"deeds": [[win.name, f.deed(win)]]}, win, found=found)


def alike(q, asked, both, each, same):
    """Whether two have the same color or shape, or, if that is what is `asked`, different ones: which follows from whether they are the same, one step each."""
    opposite = asked.startswith("different")
    yes, verdict = same != opposite, {True: "yes", False: "no"}
    found = f"{each}; {verdict[same]}; different {verdict[yes]}" if opposite else ""
    return Question(q, f"{asked} of {both}", f"{'Yes' if yes else 'No'}, {each}.", {"yes": yes}, found=found)


def kindred(f, rng, s, o, both):
    """Whether two that are named by their colours are of the same kind."""
    if any(x.colour in (y.colour, y.colour2) for x in (s, o) for y in f.shapes if y is not x):
        return None
    same, word = s.shape == o.shape, rng.choice(["shape", "shape", "form", "kind", "type"])
    if not same and rng.random() < 0.6:  # else it is nearly always no
        return None
    thing = lambda: rng.choice(["one", "one", "shape", "object", "figure", "thing"])
    n, m = f"the {s.colour} {thing()}", f"the {o.colour} {thing()}"
    each = f"the {s.colour} shape is a {s.shape} and the {o.colour} shape is a {o.shape}"
    likeness = "different" if rng.random() < 0.3 else "same"
    q = say(rng, f"shape.{likeness}", n=n, m=m, word=word, circle=s.shape, square=o.shape)
    return alike(q, f"{likeness} shape", both, each, same)


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
    toward, size = {"top": "up", "bottom": "down"}.get(side, side), "smaller" if side in ("left", "top") else "larger"
    found = f"{s.name} {b[i]}, {o.name} {c[i]}{sign(c[i] - b[i])}, {larger(s, o, c[i] - b[i])}; {toward}, {size} the {win.name}"
    lines = (k, f.shapes.index(s)), (k, f.shapes.index(o))
    at, given = at_time(f, words, t), {"n": n, "m": m, "words": words, "end": f" {words}" if words else ""}
    timed = "timed" if words else "untimed"
    if rng.random() < 0.55:
        yes = win is s
        beside = rng.choice([there, f"{further} than", {"left": "left of", "right": "right of", "top": "over", "bottom": "under"}[side]])
        asked, answer = f"whether the {s.name} is {toward} of the {o.name} {at}", f"{'Yes' if yes else 'No'}, the {win.name} is {further}."
        q = say(rng, "beside", f"beside.{timed}", beside=beside, **given)
        return Question(q, asked, answer, {"yes": yes}, win, found=f"{found}, {s.name}; {'yes' if yes else 'no'}", lines=lines)
    q = say(rng, "further", f"further.{timed}", further=say(rng, f"further.{side}"), **given)
    check = {"words": [win.colour, win.shape], "among": [s.colour, s.shape, o.colour, o.shape]}
    return Question(q, f"which is {toward} of the {s.name} and the {o.name} {at}", f"The {win.name} is {further}.", check, win, found=found, lines=lines)
