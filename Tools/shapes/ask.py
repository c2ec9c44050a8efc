"""Questions in many wordings, their answers, and what an answer has to hold to be right.

Each kind is a function of (facts, rng, it) that returns a `Question` or None where the scene does not suit. `it` is the shape
that an "it" would mean, the `focus` of the question before.
"""
import string

import foreign as strange
from about_deeds import describe, direction, event, whether
from about_looks import colour, colours, count, exists, shape, which
from about_none import absent
from about_places import box, placed, what_where
from about_times import begins, order, when
from about_two import compare
from questions import REFUSAL, Question, marked
from scenes import COLOURS, SHAPES
from wordings import say


def foreign(f, rng, it=None):
    return Question(strange.question(rng), "nothing about shapes", REFUSAL, {"refuse": True})


KINDS = {"describe": (describe, 3), "event": (event, 3), "colour": (colour, 2.5), "colours": (colours, 1), "shape": (shape, 1), "count": (count, 2.5),
         "direction": (direction, 3), "exists": (exists, 2), "absent": (absent, 1.5), "whether": (whether, 4.5), "when": (when, 3.5), "begins": (begins, 1), "box": (box, 3.5), "what_where": (what_where, 2.2),
         "placed": (placed, 2.5), "order": (order, 5), "which": (which, 1.5), "compare": (compare, 4), "foreign": (foreign, 2.5)}
ABOUT_ONE = ("event", "colour", "shape", "direction", "whether", "when", "begins", "box", "placed", "order")


def ask(f, rng, kinds=None, it=None, slips=1):
    """(kind, Question) of a kind that suits the scene. `slips`: how many times as often it is mistyped."""
    kinds = kinds or {k: w for k, (_, w) in KINDS.items()}
    while True:
        kind = rng.choices(list(kinds), list(kinds.values()))[0]
        if it is not None and kind == "shape" and rng.random() < 0.5:
            continue
        got = KINDS[kind][0](f, rng, it if kind in ABOUT_ONE else None)
        if got:
            if got.called and any(d in got.called for d in f.descriptions(got.focus)):
                got = got._replace(picked=f"{marked(f, [got.focus], f.clause)}; ")
            text = topical(got.text, got.called, rng) if got.called and rng.random() < 0.06 else got.text
            return kind, got._replace(text=reword(text, rng, slips))


def topical(q, called, rng):
    """The shape first, then what is asked of "it", as in "Look at the star: does it grow?" (of "Does the star grow?")."""
    before, named, after = q.partition(called)
    if not (called.startswith("the ") and before and named) or "it" in q.split() or called in after:
        return q
    topic, it = say(rng, "topics", n=called), f"its{after[2:]}" if after.startswith("'s ") else f"it{after}"
    large = rng.random() < (0.85 if topic[-1] in ".?" else 0.15)
    return topic[0].upper() + topic[1:] + " " + (before[0] if large else before[0].lower()) + before[1:] + it


SHORTENED = [("what is ", "what's "), ("what is ", "whats "), ("where is ", "where's "), ("which is ", "which's "), ("who is ", "who's "), ("when is ", "when's ")]


def mistyped(q, rng):
    """One letter left out, doubled, or two that change places, in a word that names no shape and no colour."""
    words = q.split(" ")
    at = [i for i, w in enumerate(words) if len(w) > 3 and w.isalpha() and w.lower() not in COLOURS + SHAPES]
    if at:
        w, k = words[i := rng.choice(at)], rng.randrange(1, len(words[i]) - 1)
        words[i] = rng.choice([w[:k] + w[k + 1 :], w[:k] + w[k] + w[k:], w[:k] + w[k + 1] + w[k] + w[k + 2 :]])
    return " ".join(words)


def reword(q, rng, slips):
    """Small liberties that people take."""
    if rng.random() < 0.15:
        for full, short in SHORTENED:
            if q.lower().startswith(full) and rng.random() < 0.6:
                q = (short.capitalize() if q[0].isupper() else short) + q[len(full) :]
                break
    if rng.random() < 0.08 and q.endswith("?") and " " in q:
        q = f"{say(rng, 'before')} {q[0].lower()}{q[1:]}"
    if rng.random() < 0.12:
        q = q[0].lower() + q[1:]
    if rng.random() < 0.08:
        q = q.rstrip("?.")
    if rng.random() < 0.12:
        q = q.lower()
    if rng.random() < 0.05:
        q = f"{say(rng, 'front')} {q}"
    elif rng.random() < 0.04:
        q += f" {say(rng, 'back')}"
    if rng.random() < 0.1 * slips:
        q = mistyped(q, rng)
    style = rng.random()
    if style < 0.1:
        q = q.upper()
    elif style < 0.14:
        q = string.capwords(q)
    return q
