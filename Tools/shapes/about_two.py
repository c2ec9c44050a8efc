"""Questions that compare two shapes."""
from facts import SIDES, sentence, sign
from questions import MOVES, SHORT_MANNERS, Question, at_time, bare, calling, colour_word, moments, requested, shape_word, video


def larger(s, o, more):
    """Which of two is the larger, which the smaller: one step. What was asked is said again after it, and whether that means the larger or the
    smaller; the name then follows from those words. Chosen by the asked word at once, it was chance."""
    return "larger the {}, smaller the {}".format(*((o.name, s.name) if more > 0 else (s.name, o.name)))


def compare(f, rng, it=None):
    if len(f.shapes) < 2:
        return None
    s, o = rng.sample(f.shapes, 2)
    n, m, k = calling(f, s, rng), calling(f, o, rng), rng.random()
    if s.action == o.action and rng.random() < 0.5:
        k = 0.5  # two that do the same are rare, and asked about as such: else the verdict is always no
    elif rng.random() < 0.35:
        return relation(f, rng, s, o, n, m)
    both = f"the {s.name} and the {o.name}"
    if k < 0.3:
        if {"grows", "shrinks"} & {s.action, o.action} or not (s.radius > 1.25 * o.radius or o.radius > 1.25 * s.radius):
            return None
        word, big = rng.choice([("bigger", True), ("larger", True), ("smaller", False)])
        more = f.width(o) - f.width(s)
        if abs(more) <= 10 or (more < 0) != (s.radius > o.radius):
            return None
        win = s if (more < 0) == big else o
        found = {"found": f"{s.name} {f.width(s)}; {o.name} {f.width(o)}{sign(more)}, {larger(s, o, more)}; {'bigger' if big else 'smaller'}, {'larger' if big else 'smaller'} the {win.name}"}
        q = rng.choice([f"Which is {word}, {n} or {m}?", f"Which one is {word}: {n} or {m}?", f"Is {n} or {m} {word}?", f"What is {word}, {n} or {m}?", f"Which {shape_word(rng)} is {word}, {n} or {m}?", f"Compare the sizes of {n} and {m}: which is {word}?", f"Which of the two is {word}: {n} or {m}?", f"Which one of {n} and {m} is {word}?", f"Who is {word}, {n} or {m}?",
                    f"Of {n} and {m}, which one is the {word}?", f"Of {n} and {m}, which is {word}?", f"Of {n} and {m}, what is {word}?", f"Between {n} and {m}, which is {word}?", f"Between {n} and {m}, which one is the {word}?", f"Out of {n} and {m}, which is the {word} one?", f"{n.capitalize()} or {m}: which is {word}?", f"{n.capitalize()} or {m}: which one is {word}?", f"{n.capitalize()} or {m}, which is the {word} one?", f"{n.capitalize()} and {m}: which is {word}?", f"{n.capitalize()} and {m}: which one is {word}?", f"Which one is the {word}, {n} or {m}?", f"Which is the {word} one: {n} or {m}?", f"Which is the {word} one of {n} and {m}?", f"Which is the {word} of {n} and {m}?", f"Which object is {word}, {n} or {m}?",
                    f"Which of them is {word}, {n} or {m}?", f"Which is {word} in size, {n} or {m}?", f"What's {word}, {n} or {m}?", f"What is the {word} one, {n} or {m}?", f"Is it {n} or {m} that is {word}?", f"Is the {word} one {n} or {m}?", f"Compare {n} and {m} in size: which is {word}?", f"Compare the size of {n} with that of {m}. Which is {word}?", f"Look at {n} and {m}. Which is {word}?", f"Take {n} and {m}: which one is {word}?", f"By size, which is {word}: {n} or {m}?", f"Tell me which is {word}, {n} or {m}.", f"Tell me which one is {word}: {n} or {m}.", f"Say which is {word}, {n} or {m}.", f"Name the {word} one of {n} and {m}.", f"Please tell me which is {word}, {n} or {m}.",
                    f"Can you tell me which is {word}: {n} or {m}?", f"Could you say which one is {word}, {n} or {m}?", f"I want to know which is {word}, {n} or {m}.", f"which {word} {bare(n)} or {bare(m)}", f"{word} one: {bare(n)} or {bare(m)}", f"{bare(n)} or {bare(m)} {word}?", f"{bare(n)} vs {bare(m)}: which is {word}?"])
        if rng.random() < 0.25:
            yes = win is s
            return Question(rng.choice([f"Is {n} {word} than {m}?", f"Is {n} {word} than {m}?", f"Is {n} {word} than {m} or not?", f"Is {n} {word} in size than {m}?", f"Is it true that {n} is {word} than {m}?", f"Is it correct that {n} is {word} than {m}?", f"Would you say {n} is {word} than {m}?", f"Would you say that {n} is {word} than {m}?", f"Do you think {n} is {word} than {m}?", f"{n.capitalize()} is {word} than {m}, isn't it?", f"{n.capitalize()} is {word} than {m}, right?", f"{n.capitalize()} is {word} than {m}, correct?", f"{n.capitalize()} is {word} than {m}. True or false?", f"{n.capitalize()} is {word} than {m}. Is that so?", f"I think that {n} is {word} than {m}; is that so?", f"I think {n} is {word} than {m}. Am I right?",
                                        f"Am I right that {n} is {word} than {m}?", f"True or false: {n} is {word} than {m}.", f"Yes or no: is {n} {word} than {m}?", f"Compared with {m}, is {n} {word}?", f"Compared to {m}, is {n} {word}?", f"{n.capitalize()}: is it {word} than {m}?", f"Can you tell me whether {n} is {word} than {m}?", f"Tell me if {n} is {word} than {m}.", f"Check whether {n} is {word} than {m}.", f"Does {n} look {word} than {m}?", f"Next to {m}, is {n} {word}?", f"is {bare(n)} {word} than {bare(m)}", f"{bare(n)} {word} than {bare(m)}?"]), f"whether the {s.name} is {'bigger' if big else 'smaller'} than the {o.name}", f"{'Yes' if yes else 'No'}, the {win.name} is {word}.", {"yes": yes}, win, **found | {"found": f"{found['found']}, {s.name}; {'yes' if yes else 'no'}"})
        if rng.random() < 0.2:
            q = requested(rng, [f"which is {word}, {n} or {m}", f"which one is {word}, {n} or {m}", f"which of the two is {word}, {n} or {m}", f"whether {n} or {m} is {word}", f"which of {n} and {m} is {word}", f"which is the {word} one, {n} or {m}", f"the {word} one of {n} and {m}", f"the {word} of the two, {n} or {m}"], SHORT_MANNERS)
        return Question(q, f"which is {'bigger' if big else 'smaller'} of {both}", f"The {win.name} is {word}.", {"words": [win.colour, win.shape], "among": [s.colour, s.shape, o.colour, o.shape]}, win, **found)
    if k < 0.55:
        same = s.action == o.action and s.action in MOVES
        q = rng.choice([f"Do {n} and {m} move in the same direction?", f"Do {n} and {m} move the same way?", f"Are {n} and {m} moving in the same direction?", f"Do {n} and {m} go the same way?",
                    f"Do {n} and {m} go in the same direction?", f"Do {n} and {m} travel in the same direction?", f"Do {n} and {m} travel the same way?", f"Do {n} and {m} head the same way?", f"Do {n} and {m} both move the same way?", f"Do {n} and {m} both go in the same direction?", f"Do {n} and {m} share a direction?", f"Do {n} and {m} have the same direction?", f"Are {n} and {m} going in the same direction?", f"Are {n} and {m} going the same way?", f"Are {n} and {m} heading the same way?", f"Are {n} and {m} both moving in the same direction?", f"Are {n} and {m} travelling in the same direction?", f"Does {n} move in the same direction as {m}?", f"Does {n} go the same way as {m}?", f"Does {n} head the same way as {m}?",
                    f"Is {n} moving in the same direction as {m}?", f"Is {n} going the same way as {m}?", f"Is the direction of {n} the same as that of {m}?", f"Is the direction of {n} and {m} the same?", f"{n.capitalize()} and {m} move in the same direction, don't they?", f"{n.capitalize()} and {m} go the same way, right?", f"{n.capitalize()} and {m}: do they move in the same direction?", f"Look at {n} and {m}. Do they go the same way?", f"I think that {n} and {m} move the same way; is that so?", f"Am I right that {n} and {m} move in the same direction?", f"Is it true that {n} and {m} move in the same direction?", f"True or false: {n} and {m} move the same way.", f"Tell me whether {n} and {m} move in the same direction.",
                    f"Can you tell me if {n} and {m} go the same way?", f"{bare(n)} and {bare(m)} same direction?"])
        if rng.random() < 0.35:
            same = f.deed(s) == f.deed(o)
            q = rng.choice([f"Are {n} and {m} doing the same thing?", f"Do {n} and {m} do the same thing?", f"Do {n} and {m} both do the same?", f"Does {n} do the same as {m}?",
                    f"Do {n} and {m} do the same?", f"Do {n} and {m} both do the same thing?", f"Do {n} and {m} behave the same?", f"Do {n} and {m} behave in the same way?", f"Do {n} and {m} behave alike?", f"Do {n} and {m} act the same?", f"Do {n} and {m} perform the same action?", f"Are {n} and {m} both doing the same?", f"Are {n} and {m} doing the same?", f"Are {n} and {m} performing the same action?", f"Are {n} and {m} behaving the same way?", f"Is {n} doing the same as {m}?", f"Is {n} doing the same thing as {m}?", f"Does {n} do the same thing as {m}?", f"Does {n} behave like {m}?", f"Does {n} do what {m} does?", f"Does the same thing happen to {n} and {m}?", f"Does the same happen to {n} as to {m}?",
                    f"{n.capitalize()} and {m} do the same, right?", f"{n.capitalize()} and {m} do the same thing, don't they?", f"{n.capitalize()} and {m}: do they do the same thing?", f"I think that {n} and {m} do the same; is that so?", f"Am I right that {n} and {m} do the same thing?", f"Is it true that {n} and {m} do the same thing?", f"True or false: {n} and {m} do the same.", f"Look at {n} and {m}. Do they do the same?", f"Tell me whether {n} and {m} do the same.", f"Can you tell me if {n} and {m} do the same thing?", f"{bare(n)} and {bare(m)} same action?"])
            if len(f.shapes) == 2 and rng.random() < 0.3:
                q = rng.choice(["Do both shapes do the same thing?", "Are they doing the same thing?", "Do they do the same?",
                    "Do the two shapes do the same thing?", "Do both do the same?", "Do both objects do the same thing?", "Do the two do the same?", "Do they both do the same thing?", "Do they behave the same?", "Do the shapes do the same thing?", "Are both shapes doing the same?", "Are the two shapes doing the same thing?", "Are the shapes doing the same?", "Do both shapes behave in the same way?", "Both shapes do the same, right?", "They do the same thing, don't they?", "Is it true that both shapes do the same thing?", "Am I right that both do the same?", "Do the two figures act alike?", "Does the same happen to both shapes?", "Tell me whether they do the same.", "both same action?"])
            return Question(q, f"same deed of {both}", f"{'Yes' if same else 'No'}, {f.clause(s)} and {f.clause(o)}.", {"yes": same})
        return Question(q, f"same way of {both}", f"{'Yes' if same else 'No'}, {f.clause(s)} and {f.clause(o)}.", {"yes": same})
    if k < 0.85:
        if "turns" in (s.action, o.action):
            return None
        if s.colour != o.colour and rng.random() < 0.55:
            return kindred(f, rng, s, o, both)
        c, same = colour_word(rng), s.colour == o.colour
        q = rng.choice([f"Do the {s.shape} and the {o.shape} have the same {c}?", f"Are the {s.shape} and the {o.shape} the same {c}?", f"Is the {s.shape} the same {c} as the {o.shape}?", f"Are the {s.shape} and the {o.shape} equally colored?", f"Are the {s.shape} and the {o.shape} of the same {c}?",
                    f"Do the {s.shape} and the {o.shape} share the same {c}?", f"Do the {s.shape} and the {o.shape} share a {c}?", f"Do the {s.shape} and the {o.shape} have equal {c}s?", f"Do the {s.shape} and the {o.shape} match in {c}?", f"Does the {s.shape} have the same {c} as the {o.shape}?", f"Does the {s.shape} share its {c} with the {o.shape}?", f"Does the {s.shape} share the {c} of the {o.shape}?", f"Does the {c} of the {s.shape} match that of the {o.shape}?", f"Do the {s.shape} and the {o.shape} share their {c}?", f"Have the {s.shape} and the {o.shape} the same {c}?", f"Does the {s.shape} match the {o.shape} in {c}?", f"Has the {s.shape} the same {c} as the {o.shape}?", f"Is the {c} of the {s.shape} the same as the {c} of the {o.shape}?", f"Is the {c} of the {s.shape} and the {o.shape} the same?", f"Is the {s.shape} of the same {c} as the {o.shape}?", f"Are the {s.shape} and the {o.shape} alike in {c}?", f"Are the {s.shape} and the {o.shape} both the same {c}?", f"Are the {c}s of the {s.shape} and the {o.shape} the same?",
                    f"The {s.shape} and the {o.shape}: are they the same {c}?", f"The {s.shape} and the {o.shape} have the same {c}, don't they?", f"The {s.shape} and the {o.shape} have the same {c}, right?", f"I think that the {s.shape} and the {o.shape} have the same {c}; is that so?", f"Am I right that the {s.shape} and the {o.shape} have the same {c}?", f"Is it true that the {s.shape} and the {o.shape} have the same {c}?", f"True or false: the {s.shape} has the same {c} as the {o.shape}.", f"Compare the {c}s of the {s.shape} and the {o.shape}: are they the same?", f"Look at the {s.shape} and the {o.shape}. Do they have the same {c}?", f"Tell me whether the {s.shape} and the {o.shape} have the same {c}.",
                    f"Can you tell me if the {s.shape} and the {o.shape} are the same {c}?", f"{s.shape} and {o.shape} same {c}?"])
        if any(len([x for x in f.shapes if x.shape == y.shape]) > 1 for y in (s, o)):
            return None
        each = f"the {s.shape} is {s.colour} and the {o.shape} is {o.colour}"
        if rng.random() < 0.4:
            q = rng.choice([f"Do the {s.shape} and the {o.shape} have different {c}s?", f"Are the {s.shape} and the {o.shape} different in {c}?", f"Are the {s.shape} and the {o.shape} of different {c}s?", f"Do the {s.shape} and the {o.shape} differ in {c}?", f"Does the {s.shape} have a different {c} than the {o.shape}?", f"Is the {c} of the {s.shape} different from that of the {o.shape}?", f"Is the {s.shape} of another {c} than the {o.shape}?", f"The {s.shape} and the {o.shape} have different {c}s, right?", f"Does the {c} of the {s.shape} differ from the {c} of the {o.shape}?", f"are {s.shape} and {o.shape} different {c}s"])
            return alike(q, "different color", both, each, same)
        return alike(q, "same color", both, each, same)
    q = rng.choice([f"Compare {n} and {m}.", f"What is the difference between {n} and {m}?", f"How do {n} and {m} differ?", f"Compare {n} with {m}.", f"What do {n} and {m} do?", f"How does {n} compare to {m}?",
                    f"Compare {n} to {m}.", f"Compare what {n} does with what {m} does.", f"Compare what {n} and {m} do.", f"Compare the behaviour of {n} and {m}.", f"Compare the actions of {n} and {m}.", f"Please compare {n} and {m}.", f"Please compare {n} with {m}.", f"Can you compare {n} and {m}?", f"Could you compare {n} with {m}?", f"What are {n} and {m} doing?", f"What happens to {n} and {m}?", f"What happens to {n} and what to {m}?", f"What does {n} do and what does {m} do?", f"What does {n} do, and {m}?", f"What do {n} and {m} do differently?", f"What differs between {n} and {m}?", f"What distinguishes {n} from {m}?", f"What's the difference between {n} and {m}?", f"How does {n} differ from {m}?",
                    f"How is {n} different from {m}?", f"How are {n} and {m} different?", f"How do {n} and {m} compare?", f"How do {n} and {m} behave?", f"In what way do {n} and {m} differ?", f"In what do {n} and {m} differ?", f"Describe {n} and {m}.", f"Describe what {n} and {m} do.", f"Describe the difference between {n} and {m}.", f"Explain how {n} differs from {m}.", f"Tell me what {n} and {m} do.", f"Tell me the difference between {n} and {m}.", f"Tell me how {n} and {m} differ.", f"Look at {n} and {m}: what do they do?", f"{n.capitalize()} and {m}: what do they do?", f"{n.capitalize()} and {m}: what is the difference?", f"difference {bare(n)} and {bare(m)}", f"compare {bare(n)} and {bare(m)}", f"{bare(n)} vs {bare(m)}"])
    return Question(q, f"comparison of {both}", sentence(f"{f.clause(s)} and {f.clause(o)}"), {"deeds": [[s.name, f.deed(s)], [o.name, f.deed(o)]]})


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
    if rng.random() < 0.3:
        q = rng.choice([f"Do {n} and {m} have different {word}s?", f"Are {n} and {m} different {word}s?", f"Are {n} and {m} of different {word}s?", f"Do {n} and {m} differ in {word}?", f"Is {n} of another {word} than {m}?", f"Is the {word} of {n} different from that of {m}?", f"{n.capitalize()} and {m} have different {word}s, right?", f"Are {n} and {m} different figures?"])
        return alike(q, "different shape", both, each, same)
    q = rng.choice([f"Are {n} and {m} the same {word}?", f"Are {n} and {m} the same {word}?", f"Do {n} and {m} have the same {word}?", f"Are {n} and {m} of the same {word}?", f"Is {n} the same {word} as {m}?", f"Does {n} have the same {word} as {m}?", f"Do {n} and {m} share the same {word}?", f"Is the {word} of {n} the same as that of {m}?", f"Do {n} and {m} have the same kind of shape?", f"Are {n} and {m} the same kind of shape?", f"Are {n} and {m} the same sort of figure?", f"Are {n} and {m} both {s.shape}s?",
                    f"Does {n} share its {word} with {m}?", f"Is {n} of the same {word} as {m}?", f"Are both {n} and {m} {o.shape}s?", f"{n.capitalize()} and {m}: same {word}?", f"{n.capitalize()} and {m} have the same {word}, right?", f"Tell me whether {n} and {m} have the same {word}.", f"Is it true that {n} and {m} are the same {word}?", f"same {word} {bare(n)} and {bare(m)}?"])
    return alike(q, "same shape", both, each, same)


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
    toward = {"top": "up", "bottom": "down"}.get(side, side)
    found = {"found": f"{s.name} {b[i]}, {o.name} {c[i]}{sign(c[i] - b[i])}, {larger(s, o, c[i] - b[i])}; {toward}, {'smaller' if side in ('left', 'top') else 'larger'} the {win.name}", "lines": ((k, f.shapes.index(s)), (k, f.shapes.index(o)))}
    at, end = at_time(f, words, t), f" {words}" if words else ""
    if rng.random() < 0.55:
        yes = win is s
        say = rng.choice([there, f"{further} than", {"left": "left of", "right": "right of", "top": "over", "bottom": "under"}[side]])
        q = rng.choice([f"Is {n} {say} {m}{end}?", f"Is {n} {say} {m}{end}?", f"Is it true that {n} is {say} {m}{end}?", f"{words.capitalize()}, is {n} {say} {m}?" if words else f"Would you say {n} is {say} {m}?",
                    f"{words.capitalize()}: is {n} {say} {m}?" if words else f"Would you say that {n} is {say} {m}?", f"Is {n} located {say} {m}{end}?", f"Is {n} {say} {m}{end} or not?", f"Is {n} placed {say} {m}{end}?", f"Is {n} to be found {say} {m}{end}?", f"Is it correct that {n} is {say} {m}{end}?", f"Is it right that {n} is {say} {m}{end}?", f"Is it the case that {n} is {say} {m}{end}?", f"Do you see {n} {say} {m}{end}?", f"Was {n} {say} {m}{end}?", f"Yes or no: is {n} {say} {m}{end}?", f"True or false: {n} is {say} {m}{end}.", f"{n.capitalize()} is {say} {m}{end}, isn't it?", f"{n.capitalize()} is {say} {m}{end}, right?", f"{n.capitalize()} is {say} {m}{end}, correct?", f"{n.capitalize()} is {say} {m}{end}. True or false?", f"{n.capitalize()} is {say} {m}{end}. Is that so?",
                    f"{n.capitalize()}: is it {say} {m}{end}?", f"I think that {n} is {say} {m}{end}; is that so?", f"I think {n} is {say} {m}{end}. Am I right?", f"Am I right that {n} is {say} {m}{end}?", f"Am I right in thinking that {n} is {say} {m}{end}?", f"Can you tell me whether {n} is {say} {m}{end}?", f"Could you tell me if {n} is {say} {m}{end}?", f"Tell me whether {n} is {say} {m}{end}.", f"Check if {n} is {say} {m}{end}.", f"Look at {n} and {m}{end}. Is {n} {say} {m}?", f"I want to know if {n} is {say} {m}{end}.", f"In {video(rng)}, is {n} {say} {m}{end}?", f"Does {n} stand {say} {m}{end}?", f"is {bare(n)} {say} {bare(m)}{end}", f"{bare(n)} {say} {bare(m)}{end}?"])
        return Question(q, f"whether the {s.name} is {toward} of the {o.name} {at}", f"{'Yes' if yes else 'No'}, the {win.name} is {further}.", {"yes": yes}, win, **found | {"found": f"{found['found']}, {s.name}; {'yes' if yes else 'no'}"})
    most = {"left": ["further left", "more to the left", "further to the left"], "right": ["further right", "more to the right", "further to the right"], "top": ["higher", "higher up", "further up"], "bottom": ["lower", "further down", "lower down"]}[side]
    say = rng.choice(most)
    q = rng.choice([f"Which is {say}{end}, {n} or {m}?", f"Which one is {say}{end}: {n} or {m}?", f"Which of {n} and {m} is {say}{end}?", f"Is {n} or {m} {say}{end}?", f"What is {say}{end}, {n} or {m}?",
                    f"Of {n} and {m}, which one is {say}{end}?", f"Of {n} and {m}, which is {say}{end}?", f"Between {n} and {m}, which is {say}{end}?", f"Out of {n} and {m}, which one is {say}{end}?", f"{n.capitalize()} or {m}: which is {say}{end}?", f"{n.capitalize()} or {m}, which one is {say}{end}?", f"{n.capitalize()} and {m}: which one is {say}{end}?", f"Which of the two is {say}{end}: {n} or {m}?", f"Which one of {n} and {m} is {say}{end}?", f"Which {shape_word(rng)} is {say}{end}, {n} or {m}?", f"Which of them is {say}{end}, {n} or {m}?", f"Which is placed {say}{end}, {n} or {m}?", f"Which lies {say}{end}, {n} or {m}?", f"Which stands {say}{end}, {n} or {m}?", f"Is it {n} or {m} that is {say}{end}?", f"What's {say}{end}: {n} or {m}?",
                    f"Who is {say}{end}, {n} or {m}?", f"{words.capitalize()}, which is {say}: {n} or {m}?" if words else f"Which of these is {say}, {n} or {m}?", f"{words.capitalize()}, which one is {say}, {n} or {m}?" if words else f"And which is {say}, {n} or {m}?", f"{words.capitalize()}, is {n} or {m} {say}?" if words else f"Is it {n} or is it {m} that is {say}?", f"Compare {n} and {m}{end}: which is {say}?", f"Compare the places of {n} and {m}{end}. Which is {say}?", f"Look at {n} and {m}{end}. Which is {say}?", f"Take {n} and {m}{end}: which one is {say}?", f"Tell me which is {say}{end}, {n} or {m}.", f"Tell me which one is {say}{end}: {n} or {m}.", f"Say which is {say}{end}, {n} or {m}.", f"Can you tell me which is {say}{end}, {n} or {m}?",
                    f"Could you say which one is {say}{end}: {n} or {m}?", f"I want to know which is {say}{end}, {n} or {m}.", f"which {say}{end} {bare(n)} or {bare(m)}", f"{bare(n)} or {bare(m)} {say}{end}?"])
    return Question(q, f"which is {toward} of the {s.name} and the {o.name} {at}", f"The {win.name} is {further}.", {"words": [win.colour, win.shape], "among": [s.colour, s.shape, o.colour, o.shape]}, win, **found)
