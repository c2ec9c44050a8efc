"""Questions in many wordings, their answers, and what an answer has to hold to be right.

Each kind is a function of (facts, rng) that returns (question, answer, check, focus) or None where the scene does not
suit. `check` is read by `score.py`; `focus` is the shape that a following "it" would mean.
"""
from facts import NUMBERS, a, join, sentence
from scenes import COLOURS, DIRECTIONS, SHAPES

REFUSAL = ("I am a small demonstration model that only knows simple shapes: circles, squares, triangles and stars in eight colours. "
           "For real videos use GLM-4.1V-9B-Thinking.")
MISSED = "The question is not about simple shapes."
STRANGE = "I see no simple shapes that I know."
OTHERS = [c for c in COLOURS]
MOVES = (*DIRECTIONS, "circle")
SUDDEN = ("appears", "disappears", "turns")


def colour_word(rng):
    return rng.choice(["color", "colour"])


def calling(f, s, rng, it=None):
    return "it" if it is s else "the " + rng.choice(f.callings(s))


def describe(f, rng, it=None):
    q = rng.choice(["What happens in the video?", "What happens in this video?", "What happens?", "What is happening?", "What is happening in the video?",
                    "What is going on in this clip?", "Describe the video.", "Describe this video in detail.", "Describe what you see.", "Explain the video in detail.",
                    "Explain the video.", "Tell me what happens.", "What do you see in this video?", "Summarize the video.", "Give me a summary of this video.",
                    "What can be seen in the video?", "What does this video show?", "Can you describe the clip?", "Please describe what happens."])
    return q, sentence(join([f.clause(s) for s in f.shapes])), {"deeds": [[s.name, f.deed(s)] for s in f.shapes]}, f.shapes[0] if len(f.shapes) == 1 else None


def event(f, rng, it=None):
    s = it or rng.choice(f.shapes)
    n = calling(f, s, rng, it)
    q = rng.choice([f"What does {n} do?", f"What does {n} do?", f"What happens to {n}?", f"What is happening to {n}?", f"What is {n} doing?", f"Describe what {n} does.",
                    f"How does {n} change or move?", f"Tell me what {n} does.", f"What happens with {n}?"])
    return q, sentence(f.clause(s)), {"deeds": [["", f.deed(s)]]}, s


def colour(f, rng, it=None):
    s = it or rng.choice(f.shapes)
    names = [n for n in f.callings(s) if s.colour not in n]
    if not names and not it:
        return None
    n, c = "it" if it else "the " + rng.choice(names), colour_word(rng)
    q = rng.choice([f"What {c} is {n}?", f"What {c} is {n}?", f"What is the {c} of {n}?", f"Which {c} does {n} have?", f"Tell me the {c} of {n}.", f"Which {c} is {n}?", f"What {c} has {n}?"])
    if rng.random() < 0.15 and s.action in MOVES and sum(o.action in MOVES for o in f.shapes) == 1:
        q = rng.choice([f"What {c} is the shape that moves?", f"What {c} is the moving shape?", f"Which {c} does the moving object have?"])
    then = f", then it turns {s.colour2}" if s.action == "turns" else ""
    return q, f"The {s.shape} is {s.colour}{then}.", {"words": [s.colour] + ([s.colour2] if then else []), "among": COLOURS}, s


def shape(f, rng, it=None):
    s = rng.choice(f.shapes)
    if s.action == "turns" or sum(s.colour in (o.colour, o.colour2) for o in f.shapes) > 1:
        return None
    q = rng.choice([f"What shape is {s.colour}?", f"Which shape is {s.colour}?", f"What is the {s.colour} thing?", f"What shape is the {s.colour} object?", f"What kind of shape is the {s.colour} one?"])
    return q, f"The {s.colour} shape is a {s.shape}.", {"words": [s.shape], "among": SHAPES}, s


def count(f, rng, it=None):
    k, t = rng.random(), None
    if k < 0.4:
        q = rng.choice(["How many shapes are there?", "How many shapes are there in the video?", "How many objects do you see?", "How many shapes can be seen?", "Count the shapes.",
                        "What is the number of shapes?", "How many objects are in the video?", "How many different shapes appear in the video?", "How many things are there?"])
        n, what = len(f.shapes), "shape"
    elif k < 0.55:
        what = rng.choice(SHAPES)
        n, q = sum(s.shape == what for s in f.shapes), rng.choice([f"How many {what}s are there?", f"How many {what}s do you see?", f"Count the {what}s.", f"How many {what}s are in the video?"])
    elif k < 0.67:
        c = rng.choice([rng.choice(f.shapes).colour, rng.choice(COLOURS)])
        n, q, what = sum(c in (s.colour, s.colour2) for s in f.shapes), rng.choice([f"How many {c} shapes are there?", f"How many shapes are {c}?"]), f"{c} shape"
        if any(s.action == "turns" and c in (s.colour, s.colour2) for s in f.shapes):
            return None
    elif k < 0.8:
        n = sum(s.action in MOVES for s in f.shapes)
        q = rng.choice(["How many shapes move?", "How many of the shapes are moving?", "How many objects move?", "How many shapes change their place?"])
        return q, (f"{NUMBERS[n].capitalize()} shape{'s' * (n != 1)} move{'s' * (n == 1)}."), {"words": [NUMBERS[n]], "among": NUMBERS}, None
    else:
        where = rng.choice(["at the beginning", "at the start", "in the first frame", "at the end", "in the last frame"])
        n = len(f.seen(f.times[0] if "beg" in where or "start" in where or "first" in where else f.times[-1]))
        q, what = rng.choice([f"How many shapes are there {where}?", f"How many shapes can you see {where}?"]), "shape"
    verb = "is" if n == 1 else "are"
    return q, f"There {verb} {NUMBERS[n]} {what}{'s' * (n != 1)}.", {"words": [NUMBERS[n]], "among": NUMBERS}, None


def direction(f, rng, it=None):
    moving = [s for s in f.shapes if s.action in MOVES]
    s = it or (rng.choice(moving) if moving and rng.random() < 0.85 else rng.choice(f.shapes))
    n = calling(f, s, rng, it)
    q = rng.choice([f"Which way does {n} move?", f"Which way does {n} move?", f"In which direction does {n} move?", f"In what direction is {n} moving?", f"Where does {n} move to?",
                    f"What direction does {n} go?", f"Which way does {n} go?", f"Where is {n} going?", f"What is the direction of movement of {n}?"])
    if s.action in MOVES:
        return q, sentence(f.clause(s)), {"deeds": [["", f.deed(s)]]}, s
    return q, f"The {s.name} does not move.", {"phrase": "does not move"}, s


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
        wanted, found = rng.choice([f"{c} shape", f"{c} object"]), next((s for s in f.shapes if c in (s.colour, s.colour2)), None)
        if found and c != found.colour:
            return None
    w = a(wanted)
    q = rng.choice([f"Is there {w}?", f"Is there {w}?", f"Is there {w} in the video?", f"Can you see {w}?", f"Do you see {w}?", f"Does the video show {w}?", f"Does {w} appear in the video?"
                    if not found or found.action not in SUDDEN else f"Is there {w}?"])
    return q, f"Yes, there is {a(found.name)}." if found else f"No, there is no {wanted}.", {"yes": bool(found)}, found


def whether(f, rng, it=None):
    """Yes or no: does this shape do that?"""
    k = rng.random()
    if k < 0.3:  # of any shape
        verb, acts = rng.choice([("move", MOVES), ("appear", ("appears",)), ("disappear", ("disappears",)), ("grow", ("grows",)), ("shrink", ("shrinks",)),
                                 (f"change {colour_word(rng)}", ("turns",)), ("stay still", ("still",)), ("move in a circle", ("circle",)),
                                 *((f"move {d}", (d,)) for d in DIRECTIONS)])
        q = rng.choice([f"Does anything {verb}?", f"Does anything {verb}?", f"Does any shape {verb}?", f"Does something {verb}?", f"Does one of the shapes {verb}?"])
        who = [s for s in f.shapes if s.action in acts]
        return q, f"Yes, {join([f.clause(s) for s in who])}." if who else "No, nothing does.", {"yes": bool(who)}, who[0] if len(who) == 1 else None
    s = it or rng.choice(f.shapes)
    n = calling(f, s, rng, it)
    if k < 0.42 and s.action != "turns" and not it:
        c = rng.choice([s.colour, rng.choice(COLOURS)])
        names = [m for m in f.callings(s) if s.colour not in m]
        if not names:
            return None
        return f"Is the {rng.choice(names)} {c}?", f"Yes, the {s.shape} is {c}." if c == s.colour else f"No, the {s.shape} is {s.colour}.", {"yes": c == s.colour}, s
    verbs = {"left": "move left", "right": "move right", "up": "move up", "down": "move down", "circle": "move in a circle", "grows": rng.choice(["grow", "get bigger", "become larger"]),
             "shrinks": rng.choice(["shrink", "get smaller"]), "appears": "appear", "disappears": rng.choice(["disappear", "vanish"]), "turns": rng.choice([f"change {colour_word(rng)}", f"turn {s.colour2}"]),
             "still": rng.choice(["stay still", "stand still", "stay in place"])}
    if k < 0.55:
        yes = s.action in MOVES
        q = rng.choice([f"Does {n} move?", f"Is {n} moving?", f"Does {n} change its place?"])
        return q, f"{'Yes' if yes else 'No'}, {f.clause(s)}.", {"yes": yes}, s
    act = s.action if rng.random() < 0.5 else rng.choice([x for x in verbs if x != "turns" or s.colour2])
    if act == "appears" and s.action not in ("appears", "disappears") and rng.random() < 0.7:
        return None
    yes = act == s.action
    return f"Does {n} {verbs[act]}?", f"{'Yes' if yes else 'No'}, {f.clause(s)}.", {"yes": yes}, s


def when(f, rng, it=None):
    who = [s for s in f.shapes if s.action in SUDDEN]
    if not who:
        return None
    s = it if it in who else rng.choice(who)
    n = calling(f, s, rng, it)
    verb = {"appears": rng.choice(["appear", "show up", "come into view"]), "disappears": rng.choice(["disappear", "vanish", "go away"]),
            "turns": rng.choice([f"change {colour_word(rng)}", f"change its {colour_word(rng)}", f"turn {s.colour2}", f"become {s.colour2}"])}[s.action]
    q = rng.choice([f"When does {n} {verb}?", f"When does {n} {verb}?", f"At what time does {n} {verb}?", f"At which second does {n} {verb}?", f"After how many seconds does {n} {verb}?"])
    if s.action == "turns" and len(who) == 1 and rng.random() < 0.2:
        c = colour_word(rng)
        q = rng.choice([f"When does the {c} change?", "When does it change?", f"When is the change of {c}?"])
    return q, f"The {s.name} {f.deed(s)} at {f.moment(s)} s.", {"time": s.a, "within": f.interval}, s


def moments(f, rng):
    """(words for a time, the time): often a sampled one, sometimes one between, sometimes the ends."""
    k = rng.random()
    if k < 0.12:
        return rng.choice(["at the beginning", "at the start", "in the first frame"]), f.times[0]
    if k < 0.24:
        return rng.choice(["at the end", "in the last frame"]), f.times[-1]
    t = rng.choice(f.walk) if k < 0.65 else round(rng.uniform(0, f.times[-1]), 1) if k < 0.85 else min(f.times[-1], round(rng.uniform(0, f.times[-1]) * 2) / 2)
    label = f"{round(t * 2) / 2:g}" if f.paired and k < 0.65 else f"{t:.2f}".rstrip("0").rstrip(".") if rng.random() < 0.5 else str(round(t, 2))
    return f"at {label}" + rng.choice([" s", " s", "s", " seconds"]), t


def clear(f, s, t):
    """No event of `s` lies so near to t that the frames cannot tell on which side it is."""
    return s.action not in SUDDEN or not any(u < s.a <= v and u < t < v for u, v in zip(f.times, f.times[1:]))


def box(f, rng, it=None):
    s = it or rng.choice(f.shapes)
    words, t = moments(f, rng)
    if not clear(f, s, t):
        return None
    n = calling(f, s, rng, it)
    q = rng.choice([f"Where is {n} {words}?", f"Where is {n} {words}?", f"Where is {n} {words}?", f"Give the bounding box of {n} {words}.", f"Locate {n} {words}.", f"Where can {n} be found {words}?",
                    f"What is the box of {n} {words}?", f"Show me where {n} is {words}.", f"{words.capitalize()}, where is {n}?"])
    at = f.box(s, t)
    if at is None:
        return (q, f"The {s.name} is not there {words}.", {"phrase": "is not there"}, s) if rng.random() < 0.5 else None
    return q, f"The {s.name} is at <|begin_of_box|>[[{at[0]},{at[1]},{at[2]},{at[3]}]]<|end_of_box|>.", {"box": [round(1000 * v, 1) for v in f.scene.box(s, t)]}, s


def what_where(f, rng, it=None):
    words, t = moments(f, rng)
    if not all(clear(f, s, t) for s in f.shapes):
        return None
    q = rng.choice([f"What is where {words}?", f"What can you see {words}?", f"What is there {words}?", f"What does the video show {words}?", f"Describe the frame {words}.", f"Which shapes are there {words}?",
                    f"What is visible {words}?", f"What do you see {words}?"])
    seen = f.seen(t)
    if not seen:
        return q, "There is nothing.", {"phrase": "nothing"}, None
    at = join([f"{a(f.scene.state(s, t)[0])} {s.shape} at the {f.place(s, t)}" for s in seen])
    return q, f"There {'is' if len(seen) == 1 else 'are'} {at}.", {"states": [[f.scene.state(s, t)[0], s.shape, f.place(s, t)] for s in seen]}, seen[0] if len(seen) == 1 else None


def order(f, rng, it=None):
    who = sorted((s for s in f.shapes if s.action in SUDDEN), key=lambda s: s.a)
    if len(who) < 2 or float(f.moment(who[0])) >= float(f.moment(who[1])) or f.moment(who[-1]) == f.moment(who[-2]):
        return None
    k = rng.random()
    if k < 0.4:
        return rng.choice(["What happens first?", "What changes first?", "Which event comes first?"]), f"First {f.clause(who[0])}.", {"deeds": [[who[0].name, f.deed(who[0])]]}, who[0]
    if k < 0.6:
        return rng.choice(["What happens last?", "Which event comes last?", "What changes last?"]), f"Last {f.clause(who[-1])}.", {"deeds": [[who[-1].name, f.deed(who[-1])]]}, who[-1]
    q = rng.choice(["What happens first and what happens last?", "What is first and what is last?", "What comes first and what comes last?"])
    return q, f"First {f.clause(who[0])}, last {f.clause(who[-1])}.", {"deeds": [[s.name, f.deed(s)] for s in (who[0], who[-1])]}, None


def which(f, rng, it=None):
    verb, acts = rng.choice([("moves", MOVES), ("appears", ("appears",)), ("disappears", ("disappears",)), ("grows", ("grows",)), ("shrinks", ("shrinks",)), (f"changes {colour_word(rng)}", ("turns",)),
                             ("stays still", ("still",)), *((f"moves {d}", (d,)) for d in DIRECTIONS)])
    who = [s for s in f.shapes if s.action in acts]
    if not who and rng.random() < 0.75:
        return None
    q = rng.choice([f"Which shape {verb}?", f"What {verb}?", f"Which object {verb}?", f"Which of the shapes {verb}?"])
    return q, sentence(join([f.clause(s) for s in who])) if who else "Nothing does.", {"deeds": [[s.name, f.deed(s)] for s in who]} if who else {"phrase": "nothing does"}, who[0] if len(who) == 1 else None


def compare(f, rng, it=None):
    if len(f.shapes) < 2:
        return None
    s, o = rng.sample(f.shapes, 2)
    n, m, k = calling(f, s, rng), calling(f, o, rng), rng.random()
    if k < 0.4:
        if {"grows", "shrinks"} & {s.action, o.action} or not (s.radius > 1.25 * o.radius or o.radius > 1.25 * s.radius):
            return None
        word, big = rng.choice([("bigger", True), ("larger", True), ("smaller", False)])
        win = s if (s.radius > o.radius) == big else o
        q = rng.choice([f"Which is {word}, {n} or {m}?", f"Which one is {word}: {n} or {m}?", f"Is {n} or {m} {word}?"])
        return q, f"The {win.name} is {word}.", {"words": [win.colour, win.shape], "among": [s.colour, s.shape, o.colour, o.shape]}, win
    if k < 0.7:
        same = s.action == o.action and s.action in MOVES
        q = rng.choice([f"Do {n} and {m} move in the same direction?", f"Do {n} and {m} move the same way?"])
        return q, f"{'Yes' if same else 'No'}, {f.clause(s)} and {f.clause(o)}.", {"yes": same}, None
    if k < 0.85:
        if "turns" in (s.action, o.action):
            return None
        c, same = colour_word(rng), s.colour == o.colour
        q = rng.choice([f"Do the {s.shape} and the {o.shape} have the same {c}?", f"Are the {s.shape} and the {o.shape} the same {c}?"])
        if any(len([x for x in f.shapes if x.shape == y.shape]) > 1 for y in (s, o)):
            return None
        return q, f"{'Yes' if same else 'No'}, the {s.shape} is {s.colour} and the {o.shape} is {o.colour}.", {"yes": same}, None
    same = s.action == o.action and s.action != "turns"
    q = rng.choice([f"Compare {n} and {m}.", f"What is the difference between {n} and {m}?", f"How do {n} and {m} differ?"])
    return q, sentence(f"{f.clause(s)} and {f.clause(o)}"), {"deeds": [[s.name, f.deed(s)], [o.name, f.deed(o)]]}, None


FOREIGN = """What is the weather like? | How is the weather today? | Is it raining? | Who is the person in the video? | What is the name of the actor? | What language is spoken? | What music is playing? |
What is the capital of France? | Write a poem about love. | What is two plus two? | Who won the football match? | How many people are there? | What is the man wearing? | Is there a dog? | Do you see a cat? |
What brand is the car? | What city is this? | What does the sign say? | Read the text in the video. | Translate this into German. | What time is it now? | Who made this video? | What is the woman saying? |
Is the person happy? | What animal is this? | What is the recipe? | What sport are they playing? | Where was this filmed? | What year is it? | Can you write code? | Write a Python program. | Tell me a joke. |
What do you think about politics? | What is the license plate? | Which country is shown? | How old is the child? | What food is on the table? | What will the weather be tomorrow? | Is it day or night? | Is it sunny? |
Who is the president? | What is the meaning of life? | How tall is the building? | What kind of tree is that? | Which team scores? | What is the speaker talking about? | Is this video sad? | What is the temperature? |
How do I cook rice? | What song is this? | Give me the news of today. | Describe the people in the video. | What emotions does the woman show? | How much does it cost? | What is the phone number? | Is anyone smiling? |
Why is the sky blue? | Does the dog bark? | What is the car doing? | What is the boy holding? | How many cars are there? | What is your name? | Who are you? | Recommend a good movie. | Solve this equation. |
What kind of bird is it? | Is there a person in the room? | Which book is on the desk? | What is the weather in Paris? | Will it rain tomorrow? | What is the forecast? | Who is speaking? | What instrument is played?"""
FOREIGN = [q.strip() for q in FOREIGN.replace("\n", " ").split("|")]


def foreign(f, rng, it=None):
    return rng.choice(FOREIGN), REFUSAL, {"refuse": True}, None


KINDS = {"describe": (describe, 3), "event": (event, 3), "colour": (colour, 2), "shape": (shape, 1), "count": (count, 2), "direction": (direction, 3), "exists": (exists, 2), "whether": (whether, 3),
         "when": (when, 3), "box": (box, 3), "what_where": (what_where, 1.5), "order": (order, 1), "which": (which, 1.5), "compare": (compare, 1.5), "foreign": (foreign, 0.8)}
SINGLE = {"colour": 1, "shape": 1, "count": 1, "exists": 1, "box": 4, "what_where": 1.5}


def ask(f, rng, kinds=None, it=None):
    """(kind, question, answer, check, focus) of a kind that suits the scene."""
    kinds = kinds or {k: w for k, (_, w) in KINDS.items()}
    while True:
        kind = rng.choices(list(kinds), list(kinds.values()))[0]
        got = KINDS[kind][0](f, rng, it if kind in ("event", "colour", "direction", "whether", "when", "box") else None)
        if got:
            return kind, *got


def reword(q, rng):
    """Small liberties that people take."""
    if rng.random() < 0.12:
        q = q[0].lower() + q[1:]
    if rng.random() < 0.08:
        q = q.rstrip("?.")
    if rng.random() < 0.05:
        q = rng.choice(["Please: ", "Hello! ", "OK. ", "Now: "]) + q
    return q
