"""What a token of the thought may read of the lines before it: nothing, or what is not true. So that the model looks at the frames again."""


def spoil(row, sides, names, keep, rng):
    """Mistakes in the lines that stand before a token, none in what it is to be: what is left is to look.

    A model that only ever saw true lines copies them, and so its own mistakes. Mistakes that are each line's own do not help enough: their mean
    is nearly true. So most shapes go a false way through all the lines: lag behind, or move and grow as they do not. `sides` and `names`
    are the tokens of a frame's shape, by (frame, shape); the lines in `keep` stay true, since answers repeat them.
    """
    tens, id = row.talker.ten, row.ids
    before, ways = list(id), {}
    for (k, o), tokens in sides.items():
        if (k, o) in keep:
            continue
        if o not in ways:
            off, pace = [rng.gauss(0, 5) for _ in "xyxy"], [rng.gauss(0, 1.2) for _ in "xyxy"]
            if rng.random() < 0.4:  # as large as it is, but elsewhere
                off[2:], pace[2:] = off[:2], pace[:2]
            ways[o] = rng.random(), rng.choice([0, 0, 0.3, 0.6, 0.8]), off, pace
        kind, lag, off, pace = ways[o]
        if kind < 0.4:  # as it was before
            shift, source = [0] * 4, sides.get((int(lag * k), o), tokens)
        elif kind < 0.8:
            shift, source = [a + k * b for a, b in zip(off, pace)], tokens
        else:
            dx, dy, wide = rng.gauss(0, 4), rng.gauss(0, 4), rng.choice([1, 2, 4, 6])
            shift, source = [(dy if n % 2 else dx) + rng.gauss(0, wide) for n in range(4)], tokens
        for i, j, v in zip(tokens, source, shift):
            id[i] = tens[min(99, max(0, tens.index(before[j]) + round(v)))]
    for (k, o), tokens in names.items():
        for i, choices in zip(tokens, (row.talker.colours, row.talker.shapes)):
            if rng.random() < 0.1:
                id[i] = rng.choice(choices)


def hide(row, keep):
    """Where lines stay true, later ones do not see their sides. A shape that grows by a little a frame is nearly the line before, and copied from it
    (the model told half of such a change); what it reads of earlier lines is then either gone or spoiled, and it has to look."""
    for which in keep & row.tails.keys():
        for i in row.tails[which]:
            row.hidden[i] = which[0]
