"""Questions about a shape that is not there: `absent`."""
from about_deeds import direction, event, whether
from about_looks import colour
from about_places import box, placed
from about_times import begins, when
from questions import Question, familiar
from scenes import COLOURS, SHAPES


def missing(f, rng):
    """(a name of no shape of the scene, the same in the words of this world), or None: often of a colour or a kind that another shape has."""
    there = {(c, s.shape) for s in f.shapes for c in (s.colour, s.colour2) if c}
    near = rng.choice(f.shapes)
    c, kind = (rng.choice([given, rng.choice(names)]) for given, names in ((near.colour, COLOURS), (near.shape, SHAPES)))
    k = rng.random()
    if k < 0.6:
        return None if (c, kind) in there else (f"{c} {kind}", f"{c} {kind}")
    if k < 0.85:
        return None if any(kind == other for _, other in there) else (kind, kind)
    return None if any(c == other for other, _ in there) else (f"{c} {rng.choice(['shape', 'shape', 'one', 'object', 'thing', 'figure'])}", f"{c} shape")


def renamed(text, name, other):
    """A text with `other` in the place of a name; None where that does not stand in it once, or stands after "a"."""
    low = text.lower()
    at = low.find(name)
    if low.count(name) != 1 or low[:at].split()[-1:] in (["a"], ["an"]):
        return None
    return text[:at] + other + text[at + len(name) :]


def absent(f, rng, it=None):
    """What is asked of a shape that is there, of one that is not."""
    kinds = [colour, box, placed] if len(f.times) == 1 else [event, event, colour, direction, whether, whether, when, begins, box, placed]
    names = [found for found in (missing(f, rng) for _ in range(4)) if found]
    questions = [q for q in (rng.choice(kinds)(f, rng) for _ in range(4)) if q and q.called.startswith("the ")]
    if not names or not questions:
        return None
    (said, name), q = names[0], questions[0]
    called = familiar(said, rng)
    text = renamed(q.text, q.called.removeprefix("the "), called)
    if not text or q.focus.name not in q.asked:
        return None
    asked, no = f"the {called}; nothing; {q.asked.replace(q.focus.name, name)}", "No, there" if "yes" in q.check else "There"
    return Question(text, asked, f"{no} is no {name}.", {"phrase": f"{no.lower()} is no {name}"})
