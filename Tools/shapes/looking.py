"""Where attention is taught to look for what is said after the lines of a thought, of the shapes and of a question: what it stands on is somewhere before."""
import re
from itertools import pairwise

from rows import NONE, WIDTH, clause_mark, side_mark, time_mark


def spanned(starts, begin, span):
    """The tokens of what is said between two places of its text."""
    return [i for i, c in enumerate(starts, begin) if span[0] <= c < span[1]]


def reasoned(row, walk, tokens):
    """What each shape does, and the signs that this is read off: what is said again looks where a line had it. `tokens(a, b)` are those of the walk's text
    from a to b. -> the sides that are said again, as ((frame, shape), token)"""
    again = []
    for a, b, k, o, side in walk.repeats:
        for j, i in enumerate(tokens(a, b)):
            row.sought["copy"][0][i - 1] = time_mark(k, j) if o is None else side_mark(k, o, side)
            if o is not None:
                again.append(((k, o), i))
    for a, b, o in walk.follows:
        row.seek("follow", [i - 1 for i in tokens(a, b)], [], o + 1 if o + 1 < len(walk.follows) else NONE)
    if walk.follows:
        start = walk.repeats[0][0] if walk.repeats else len(walk.text)
        row.seek("follow", [], tokens(start, start + 1), NONE)
    for a, b, k in walk.moments:
        for j, i in enumerate(tokens(a, b)):
            row.sought["copy"][0][i - 1] = time_mark(k, j)
    for a, b, o in walk.widths:
        row.seek("copy", [], tokens(a, b), WIDTH + o)
    for (_, a, *_), (b, *_) in pairwise([*walk.repeats, (len(walk.text), 0)]):  # few tokens on which all answers stand
        for i in tokens(a, b):
            row.weight[i - 1] = 4.0
    return again


def repeated(row, clauses, begin):
    """Wherever a clause of the thought, or its beginning, is said again from token `begin` on, attention should go where it stood."""
    for i in range(begin, len(row.ids) - 1):
        for o, tokens in enumerate(clauses):
            wanted = [row.ids[t] for t in tokens]
            length = next((n for n, w in enumerate(wanted) if row.ids[i + n : i + n + 1] != [w]), len(wanted))
            for j in range(length if length > 1 else 0):
                row.sought["clause"][0][i + j - 1] = clause_mark(o, j)


def nearest(row, f, said, starts, begin):
    """Where what is asked names the frame that is nearest to a time, attention should go to that frame's time in the thought."""
    if found := re.search(r" near ([\d.]+)s", said):
        k = [f.label(t) for t in f.walk].index(found[1])
        for j, i in enumerate(spanned(starts, begin, found.span(1))):
            row.seek("copy", [i - 1], [], time_mark(k, j))


def traced(row, f, q, said, starts, begin):
    """Where sides are followed from frame to frame, attention should go to each time and to that side in its line."""
    labels, parts = [f.label(t) for t in f.walk], re.compile(r" (?:left|top)(?: [\d.]+s \d+[=+<>-]?,?)+").finditer(said, said.index(" So:"))
    for (o, side), part in zip(q.traced, parts):
        for found in re.compile(r" ([\d.]+)s (\d+)").finditer(said, *part.span()):
            k = labels.index(found[1])
            for j, i in enumerate(spanned(starts, begin, found.span(1))):
                row.seek("copy", [i - 1], [], time_mark(k, j))
            row.seek("copy", [i - 1 for i in spanned(starts, begin, found.span(2))], [], side_mark(k, o, side))


def sized(row, f, said, starts, begin):
    """Where the widths of shapes are compared, attention should go to where the thought had them."""
    asked = said.split(" So:")[0]
    if re.search(r"(?:bigger|smaller) (?:than|of)|(?:biggest|smallest) of all$", asked.removesuffix(".")):
        shapes = [s.name for s in f.shapes]
        for found in re.compile(r"[:;] (\w+ \w+) (\d+)(?=[;,=+<>-])").finditer(said, len(asked)):
            row.seek("copy", [i - 1 for i in spanned(starts, begin, found.span(2))], [], WIDTH + shapes.index(found[1]))


def halved(row, q, said, starts, begin, mark):
    """Where a box is half way between two, attention should go to the sides that the lines have; its own sides are marked for the answer."""
    k, o = q.lines[0]
    for j, found in enumerate(re.compile(r" (?:left|top|right|bottom) (\d+),(\d+) (\d+)").finditer(said, said.index(" So:"))):
        first, second, half = (spanned(starts, begin, found.span(n)) for n in (1, 2, 3))
        row.seek("copy", [i - 1 for i in first], [], side_mark(k, o, j))
        row.seek("copy", [i - 1 for i in second], [], side_mark(k + 1, o, j))
        row.seek("copy", [], half, mark + j)


def compared(row, starts, begin, told, looked):
    """Teaches to compare words: each that begins in the spans `looked` of what is said looks for itself in the span `told`, and at the token after
    that if it is not there. Without it a verdict was the likelier word, whatever had been found."""
    (a, b), words = told, {}
    for i, c in enumerate(starts, begin):
        if a <= c <= b:
            missing = 8 * i + (NONE if c == b else 0)
            row.sought["same"][1][i] = missing
            words[row.ids[i]] = missing
    for i, c in enumerate(starts, begin):
        if any(a <= c < b for a, b in looked):
            row.sought["same"][0][i] = words.get(row.ids[i], missing)


# (told, looked) in what is said of a question of a kind: a deed that was found and the one asked for, two shapes' deeds or colours, a place and each shape's.
COMPARED = {
    "whether": (re.compile(r" So: the (?:\w+ )?(?:circle|square|triangle|star)(?: is)?((?: \w+)+),"), re.compile(r",((?: \w+)+) (?:yes|no)\.<")),
    "compare": (re.compile(r" So: the (?:\w+ )?(?:circle|square|triangle|star|shape)(?: is)?((?: \w+)+?) and"), re.compile(r" and the (?:\w+ )?(?:circle|square|triangle|star|shape)(?: is)?((?: \w+)+); (?:yes|no)[.;]")),
    "what_where": (re.compile(r" is at the((?: \w+){1,2}?) at "), re.compile(r"\d((?: \w+){2}) (?:yes|no)\b")),
    "placed": (re.compile(r" is at the((?: \w+){1,2}?) at "), re.compile(r"\d((?: \w+){2}) (?:yes|no)\b")),
}
