"""Questions about what happens: `describe`, `event`, `direction`, `whether`."""
from facts import a, join, sentence
from questions import Question, calling, marked, requested
from scenes import COLOURS, DIRECTIONS, MOVES, SHAPES, SUDDEN
from wordings import lines, say

DOING = (*DIRECTIONS, "circle", "grows", "shrinks", "still")  # what has a word for that it goes on: "moving left"


def describe(f, rng, it=None):
    q = say(rng, "describe")
    if rng.random() < 0.35:
        q = requested(rng, "describe.things")
    elif rng.random() < 0.1:
        manner = rng.choice(["", *lines("manners", "manners.several")])
        q = f"{say(rng, 'describe.what')} {say(rng, 'describe.goes')} {manner}".rstrip() + "?"
    only = f.shapes[0] if len(f.shapes) == 1 else None
    if len(f.times) == 1:
        there = f"There {'is' if only else 'are'} {join([a(s.name) for s in f.shapes])}."
        return Question(q, "all that happens", there, {"words": [w for s in f.shapes for w in (s.colour, s.shape)], "among": COLOURS + SHAPES}, only)
    return Question(q, "all that happens", sentence(join([f.clause(s) for s in f.shapes])), {"deeds": [[s.name, f.deed(s)] for s in f.shapes]}, only)


def event(f, rng, it=None):
    s = it or rng.choice(f.shapes)
    n = calling(f, s, rng, it)
    q = say(rng, "event", "event.it" if n == "it" else "event.named", n=n)
    if rng.random() < 0.25:
        q = requested(rng, "event.things", manners=("manners",), n=n)
    return Question(q, f"what the {s.name} does", sentence(f.clause(s)), {"deeds": [["", f.deed(s)]]}, s, called=n)


def direction(f, rng, it=None):
    moving = [s for s in f.shapes if s.action in MOVES]
    s = it or (rng.choice(moving) if moving and rng.random() < 0.85 else rng.choice(f.shapes))
    n = calling(f, s, rng, it)
    along = "sideways" if s.action in ("left", "right") else "upright" if s.action in ("up", "down") else "other"
    q = say(rng, "direction", f"direction.{along}", "direction.moving" if s.action in MOVES else "direction.still", "direction.it" if n == "it" else "direction.named", n=n)
    asked = f"which way the {s.name} moves"
    if s.action in MOVES:
        return Question(q, asked, sentence(f.clause(s)), {"deeds": [["", f.deed(s)]]}, s, called=n)
    return Question(q, asked, f"The {s.name} does not move.", {"phrase": "does not move"}, s, called=n)


def whether(f, rng, it=None):
    """Yes or no: does this shape do that?"""
    k = rng.random()
    if k < 0.3:
        return whether_any(f, rng)
    s = it or rng.choice(f.shapes)
    n = calling(f, s, rng, it)
    if k < 0.42 and not it:
        return whether_coloured(f, rng, s)
    names = {**{d: f"moves {d}" for d in DIRECTIONS}, "circle": "moves in a circle", "turns": "turns", "still": "stays still"}

    def judged(q, deed, yes):
        found = f"{f.clause(s)}, {deed} {'yes' if yes else 'no'}"
        return Question(q, f"whether the {s.name} {deed}", f"{'Yes' if yes else 'No'}, {f.clause(s)}.", {"yes": yes}, s, called=n, found=found)

    if k < 0.55:
        return judged(say(rng, "whether.moves", "whether.moves.it" if n == "it" else "whether.moves.named", n=n), "moves", s.action in MOVES)
    if k < 0.62 and s.action not in SUDDEN:
        change = rng.choice(["its size", "size"])
        if rng.random() < 0.5:
            return judged(say(rng, "whether.size.it" if it else "whether.size", n=n, change=change), "changes size", s.action in ("grows", "shrinks"))
    near = next(([x for x in group if x != s.action] for group in (MOVES, ("grows", "shrinks"), ("appears", "disappears")) if s.action in group), None)
    others = near if near and rng.random() < 0.6 else [*DOING, *SUDDEN]  # what is easily mistaken is asked more often
    act = s.action if rng.random() < 0.5 else rng.choice(others)
    if act == "appears" and s.action not in ("appears", "disappears") and rng.random() < 0.7:
        return None
    q = say(rng, "whether", "whether.it" if n == "it" else "whether.named", n=n, do=say(rng, f"do.{act}", red=s.colour, blue=s.colour2 or rng.choice([c for c in COLOURS if c != s.colour])))
    if act in DOING and rng.random() < 0.3:
        q = say(rng, "whether.doing", "whether.doing.it" if n == "it" else "whether.doing.named", n=n, doing=say(rng, f"doing.{act}"))
    return judged(q, names.get(act, act), act == s.action)


def whether_any(f, rng):
    """Whether any shape does something."""
    verbs = [("move", MOVES), ("appear", ("appears",)), ("disappear", ("disappears",)), ("grow", ("grows",)), ("shrink", ("shrinks",)), ("change color", ("turns",)),
             ("stay still", ("still",)), ("move in a circle", ("circle",)), *((f"move {d}", (d,)) for d in DIRECTIONS)]
    suits = [v for v in verbs if any(s.action in v[1] for s in f.shapes)] if rng.random() < 0.4 else []  # else nearly every rare one is denied
    verb, acts = rng.choice(suits or verbs)
    q = say(rng, "any", do=say(rng, f"any.{verb}"))
    who = [s for s in f.shapes if s.action in acts]
    answer = f"Yes, {join([f.clause(s) for s in who])}." if who else "No, nothing does."
    return Question(q, f"whether any {verb}", answer, {"yes": bool(who)}, who[0] if len(who) == 1 else None, found=f"{marked(f, who, f.clause)}; {'yes' if who else 'no'}")


def whether_coloured(f, rng, s):
    """Whether a shape has a colour; of one that turns, whether it has it at the start or at the end."""
    c = rng.choice([s.colour, s.colour2 or rng.choice(COLOURS), rng.choice(COLOURS)])
    names = [m for m in f.callings(s) if s.colour not in m and (not s.colour2 or s.colour2 not in m)]
    if not names:
        return None
    n, end = rng.choice(names), rng.choice(["start", "end"]) if s.action == "turns" or rng.random() < 0.1 and s.action not in SUDDEN else ""
    now = s.colour2 if s.colour2 and end == "end" else s.colour
    yes, at = c == now, f" at the {end}" if end else ""
    q = say(rng, "whether.colour", n=n, red=c)
    if end:  # "after the change" only of what changes
        words = say(rng, f"colour.{end}") if s.action == "turns" else f"at the {end}"
        q = say(rng, f"whether.colour.{end}", n="the " + n, red=c, **{end: words})
    found = f"the {s.shape} is {now}{at}, {c} {'yes' if yes else 'no'}"
    return Question(q, f"whether the {s.name} is {c}{at}", f"{'Yes' if yes else 'No'}, the {s.shape} is {now}{at}.", {"yes": yes}, s, called="the " + n, found=found)
