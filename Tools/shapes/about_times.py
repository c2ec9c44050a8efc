"""Questions about when, and about what is first and what is last: `when`, `order`."""
from questions import SHORT_MANNERS, Question, bare, calling, colour_word, conjugate, gerund, requested, video
from scenes import SUDDEN


def when(f, rng, it=None):
    who = [s for s in f.shapes if s.action in SUDDEN]
    if not who:
        return None
    s = it if it in who else rng.choice(who)
    n = calling(f, s, rng, it)
    c = colour_word(rng)
    verb = {"appears": rng.choice(["appear", "show up", "come into view", "enter", "become visible", "pop up", "come up", "pop in", "turn up", "fade in", "emerge", "come in", "become visible"]), "disappears": rng.choice(["disappear", "vanish", "go away", "leave", "go", "get lost", "fade out", "fade away", "become invisible", "go out of sight", "vanish"]),
            "turns": rng.choice([f"change {c}", f"change its {c}", f"turn {s.colour2}", f"become {s.colour2}", "change", f"change {c} to {s.colour2}", f"turn from {s.colour} to {s.colour2}", f"switch {c}", f"switch its {c}", f"turn into {s.colour2}"])}[s.action]
    q = rng.choice([f"When does {n} {verb}?", f"When does {n} {verb}?", f"At what time does {n} {verb}?", f"At which second does {n} {verb}?", f"After how many seconds does {n} {verb}?", f"When did {n} {verb}?", f"At what second does {n} {verb}?", f"At which time does {n} {verb}?",
                    f"Tell me when {n} {conjugate(verb)}.", f"At what moment does {n} {verb}?", f"When exactly does {n} {verb}?", f"When in {video(rng)} does {n} {verb}?", f"What is the time when {n} {conjugate(verb)}?", f"How many seconds until {n} {conjugate(verb)}?", f"What time does {n} {verb}?", f"How many seconds in does {n} {verb}?", f"At what point does {n} {verb}?", f"When will {n} {verb}?", f"Give the time at which {n} {conjugate(verb)}.", f"Time when {n} {conjugate(verb)}?",
                    f"When is it that {n} {conjugate(verb)}?", f"When precisely does {n} {verb}?", f"When about does {n} {verb}?", f"When roughly does {n} {verb}?", f"When, in seconds, does {n} {verb}?", f"When do you see {n} {verb}?", f"When do we see {n} {verb}?", f"When can we see {n} {verb}?", f"When do you notice {n} {verb}?", f"When was it that {n} {conjugate(verb)}?", f"When can {n} be seen to {verb}?", f"And when does {n} {verb}?", f"So when does {n} {verb}?", f"By when does {n} {verb}?", f"At what time did {n} {verb}?", f"At which moment does {n} {verb}?", f"At which point does {n} {verb}?", f"At which point in time does {n} {verb}?", f"At what point in time does {n} {verb}?",
                    f"At what point of {video(rng)} does {n} {verb}?", f"At what time in {video(rng)} does {n} {verb}?", f"At what time exactly does {n} {verb}?", f"At what time stamp does {n} {verb}?", f"At which timestamp does {n} {verb}?", f"At what timestamp does {n} {verb}?", f"At how many seconds does {n} {verb}?", f"At which second did {n} {verb}?", f"At which instant does {n} {verb}?", f"In which second does {n} {verb}?", f"In what second does {n} {verb}?", f"On which second does {n} {verb}?", f"After how much time does {n} {verb}?", f"After what time does {n} {verb}?", f"After how long does {n} {verb}?", f"After how many seconds did {n} {verb}?",
                    f"How long does it take until {n} {conjugate(verb)}?", f"How long does it take for {n} to {verb}?", f"How long is it before {n} {conjugate(verb)}?", f"How long until {n} {conjugate(verb)}?", f"How many seconds pass before {n} {conjugate(verb)}?", f"How many seconds does it take until {n} {conjugate(verb)}?", f"How many seconds go by until {n} {conjugate(verb)}?", f"How many seconds after the start does {n} {verb}?", f"How far into {video(rng)} does {n} {verb}?", f"How far in does {n} {verb}?", f"How late does {n} {verb}?", f"How soon does {n} {verb}?", f"How much time passes before {n} {conjugate(verb)}?",
                    f"What is the time at which {n} {conjugate(verb)}?", f"What is the moment when {n} {conjugate(verb)}?", f"What is the second at which {n} {conjugate(verb)}?", f"What is the timestamp when {n} {conjugate(verb)}?", f"What second does {n} {verb}?", f"What time is it when {n} {conjugate(verb)}?", f"What moment does {n} {verb} at?", f"Which second does {n} {verb} at?", f"The time when {n} {conjugate(verb)} is what?", f"The moment when {n} {conjugate(verb)}?", f"Timestamp when {n} {conjugate(verb)}?", f"Second when {n} {conjugate(verb)}?", f"Moment at which {n} {conjugate(verb)}?",
                    f"{n.capitalize()} {conjugate(verb)}. When?", f"{n.capitalize()} {conjugate(verb)}. At what time?", f"{n.capitalize()} {conjugate(verb)}. At which second?", f"{n.capitalize()} {conjugate(verb)}: when is that?", f"{n.capitalize()} {conjugate(verb)} when?", f"{n.capitalize()} {conjugate(verb)} at what time?", f"{n.capitalize()} {conjugate(verb)} at which second?", f"{n.capitalize()} {conjugate(verb)} after how many seconds?", f"{n.capitalize()}: when does it {verb}?", f"{n.capitalize()} will {verb} when?", f"Watch {n}: when does it {verb}?", f"Watch {n}. When does it {verb}?", f"Look at {n}. At what time does it {verb}?", f"I see that {n} {conjugate(verb)}. When is that?",
                    f"Tell me at what time {n} {conjugate(verb)}.", f"Tell me the time when {n} {conjugate(verb)}.", f"Tell me the moment when {n} {conjugate(verb)}.", f"Tell me the second at which {n} {conjugate(verb)}.", f"Tell me after how many seconds {n} {conjugate(verb)}.", f"Tell me exactly when {n} {conjugate(verb)}.", f"Say when {n} {conjugate(verb)}.", f"Say at which second {n} {conjugate(verb)}.", f"Please say when {n} {conjugate(verb)}.", f"Please tell me when {n} {conjugate(verb)}.", f"State when {n} {conjugate(verb)}.", f"Give me the time when {n} {conjugate(verb)}.", f"Give me the second in which {n} {conjugate(verb)}.", f"Give the moment at which {n} {conjugate(verb)}.", f"Name the time at which {n} {conjugate(verb)}.",
                    f"Find out when {n} {conjugate(verb)}.", f"Find the moment when {n} {conjugate(verb)}.", f"Determine when {n} {conjugate(verb)}.", f"Can you tell me when {n} {conjugate(verb)}?", f"Can you tell when {n} {conjugate(verb)}?", f"Can you say at which second {n} {conjugate(verb)}?", f"Could you tell me when {n} {conjugate(verb)}?", f"Could you please tell me at what time {n} {conjugate(verb)}?", f"Do you know when {n} {conjugate(verb)}?", f"Do you see when {n} {conjugate(verb)}?", f"I want to know when {n} {conjugate(verb)}.", f"I would like to know at what time {n} {conjugate(verb)}.", f"I wonder when {n} {conjugate(verb)}.", f"In {video(rng)}, when does {n} {verb}?",
                    *([f"when {bare(n)} {conjugate(verb)}", f"when {bare(n)} {verb}", f"when does {bare(n)} {verb}", f"{bare(n)} {conjugate(verb)} when", f"time {bare(n)} {conjugate(verb)}", f"{bare(n)} {verb} time", f"what second {bare(n)} {conjugate(verb)}", f"Take {n}: when does it {verb}?", f"As for {n}, when does it {verb}?", f"{n.capitalize()}, when does it {verb}?", f"{n.capitalize()}, at what time does it {verb}?"] if n != "it" else
                    [f"And at what time does it {verb}?", f"when it {conjugate(verb)}", f"It {conjugate(verb)}, but when?", f"And at which second does it {verb}?"])])
    if rng.random() < 0.15 and s.action in ("appears", "disappears"):
        q = rng.choice([f"From what time on is {n} visible?", f"When do we first see {n}?", f"From when on is {n} there?", f"Since when is {n} there?", f"When is {n} first visible?", f"When can {n} first be seen?", f"When do you first see {n}?", f"From which second on is {n} there?", f"From when can {n} be seen?", f"From what moment on can we see {n}?", f"Since what time is {n} visible?", f"When is the first time we see {n}?", f"When does {n} first appear?", f"When is the appearance of {n}?", f"When did {n} first show up?", f"Starting when is {n} visible?", f"When is {n} seen for the first time?"] if s.action == "appears" else [f"Until when can {n} be seen?", f"When is {n} gone?", f"Until when is {n} there?", f"When do we last see {n}?", f"How long is {n} visible?", f"Until what time is {n} visible?", f"Until which second can we see {n}?", f"Up to when is {n} there?", f"Till when is {n} there?", f"Till when can {n} be seen?", f"How long does {n} stay visible?", f"How long can we see {n}?", f"When is {n} last seen?", f"When do you last see {n}?", f"When is {n} no longer visible?", f"When is {n} not there any more?", f"From when on is {n} gone?", f"When can {n} no longer be seen?", f"At what time is {n} gone?", f"After how many seconds is {n} gone?", f"when is {bare(n)} gone", f"when {bare(n)} gone", f"For how long is {n} there?"])
    if s.action == "turns" and rng.random() < 0.2:
        q = rng.choice([f"When does the {c} of {n} change?", f"When does {n} get a new {c}?", f"When does {n} take on another {c}?", f"At what time does the {c} of {n} change?", f"At which second does {n}'s {c} change?", f"When is the {c} change of {n}?", f"When does {n} get another {c}?", f"{n.capitalize()} changes its {c}: when?", f"Time of the {c} change of {n}?", f"After how many seconds does the {c} of {n} change?", f"When is {n} recolored?", f"Tell me when the {c} of {n} changes.", f"{bare(n)} {c} change when", f"How long does {n} stay {s.colour}?", f"Until when is {n} {s.colour}?", f"From when on is {n} {s.colour2}?", f"When is {n} {s.colour2} for the first time?"]) if not it else q
        if len(who) == 1:
            n = ""
            q = rng.choice([f"When does the {c} change?", "When does it change?", f"When is the change of {c}?", "When does something change?", f"When does the {c} change happen?", f"At what time does the {c} change?", f"At which second does the {c} change?", f"A {c} changes. When?", f"When does a {c} change take place?", f"When do you see a change of {c}?", f"Tell me when the {c} changes.", f"Time of the {c} change?", f"After how many seconds does the {c} change?", f"When is there a new {c}?", f"when {c} change", f"How long until the {c} changes?"])
    if len(who) == 1 and rng.random() < 0.12:
        n = ""
        q = rng.choice({"appears": ["When does something appear?", "When does a shape appear?", "When does a new shape appear?", "When does something new appear?", "When does something show up?", "At what time does a shape appear?", "At which second does something appear?", "A shape appears. When?", "Something pops up. When?", "Tell me when something appears.", "After how many seconds does a shape appear?", "When does a new object show up?", "When does another shape come into view?", "How long until something appears?", "When does something new come in?"], "disappears": ["When does something disappear?", "When does a shape disappear?", "When does something vanish?", "At what time does a shape disappear?", "At which second does something disappear?", "A shape disappears. When?", "Something vanishes. When?", "Tell me when something disappears.", "After how many seconds does a shape vanish?", "When does an object go away?", "When does one of the shapes vanish?", "How long until something disappears?", "When is something gone?"], "turns": [f"When does a shape change {c}?", f"When does something change {c}?", f"At what time does a shape change {c}?", f"At which second does something change its {c}?", f"A shape changes its {c}. When?", f"Something gets another {c}. When?", f"Tell me when a shape changes {c}.", f"After how many seconds does a shape change {c}?", f"When does an object get a new {c}?", f"When does one of the shapes switch {c}?", f"How long until a shape changes {c}?"]}[s.action])
    return Question(q, f"when the {s.name} {f.deed(s)}", f"The {s.name} {f.deed(s)} at {f.moment(s)} s.", {"time": s.a, "within": f.interval}, s, called=n)


def since(f, s):
    """When what a shape does happens, or begins, as the thought has it."""
    return f.moment(s) if s.action in SUDDEN else f.begin(s)


def sequence(f, who):
    """What is found of shapes in the order of their times: what each does, since when, and whether that is later than the one told before it; then which is first and which last."""
    told, before = [], None
    for s in (s for s in f.shapes if s in who):
        now = float(since(f, s))
        told.append(f"{f.clause(s)} {'at' if s.action in SUDDEN else 'from'} {since(f, s)}s{'' if before is None else sequel(now - before)}")
        before = now
    return f"{'; '.join(told)}, first the {who[0].name}, last the {who[-1].name}"


def sequel(later):
    return ">" if later > 0 else "<" if later < 0 else "="


def order(f, rng, it=None):
    """What is first, what is last: of events and of what begins to move or to grow."""
    if rng.random() < 0.45 and len(f.times) > 3:
        return rng.choice([earliest, sooner])(f, rng)
    who = sorted((s for s in f.shapes if s.action != "still"), key=lambda s: (float(since(f, s)), s.a))
    gaps = [(float(since(f, b)) - float(since(f, a)), b.a - a.a) for a, b in zip(who, who[1:])]
    clear = [min(gap) > 0 and (gap[1] > 0.12 * f.scene.duration or a.action in SUDDEN and b.action in SUDDEN) for gap, a, b in zip(gaps, who, who[1:])]
    k, v = rng.random(), video(rng)
    if not clear or len(f.times) < 4 or not (clear[0] or 0.4 <= k < 0.65) or not (clear[-1] or k < 0.4):
        return None
    found = sequence(f, who)
    if k < 0.4:
        q = rng.choice(["What happens first?", "What changes first?", "Which event comes first?", f"What happens first in {v}?", "What is the first thing that happens?", "Which change comes first?", "What is the first event?", "What comes first?", "What event comes first?", "What is the first thing to happen?", "What is the first change?", "Which thing happens first?", "What starts?",
                    "What happened first?", "What happens at first?", "What happens to begin with?", "What is the earliest event?", "What is the earliest change?", "Which event is the first?", "Which event is the earliest?", "Which is the first event?", "Which happens first?", "Which change is first?", "What is first?", "What is first to happen?", "First event?", "First change?", "What happens before everything else?", "What is the very first thing that happens?", "What is the very first event?", "What takes place first?", "What occurs first?", "Which thing takes place first?", f"Which event comes first in {v}?", f"In {v}, what happens first?", "First of all, what happens?",
                    "Tell me what happens first.", "Tell me the first event.", "Say what happens first.", "Name the first event.", "Name the first thing that happens.", "Describe the first event.", "Describe the first thing that happens.", "Can you tell me what happens first?", "Could you tell me which event comes first?", "I want to know what happens first.", "Several things happen. Which is the first?", "There are several events. Which comes first?", "what first", "first thing happen", "And what happens first?", "With what does it begin?"])
        q = varied(f, rng, who, "first", q)
        return Question(q, "what is first", f"First {f.clause(who[0])}.", {"deeds": [[who[0].name, f.deed(who[0])]]}, who[0], found=found)
    if k < 0.65:
        q = rng.choice(["What happens last?", "Which event comes last?", "What changes last?", f"What happens last in {v}?", "What is the last thing that happens?", "What is the last event?", "What comes last?", "What happens at the very end?", "What is the last thing to happen?", "Which event comes at the end?", "And finally, what happens?", "How does the video end?", "What is the final event?", "What event comes last?", "What is the last change?",
                    "What happened last?", "What is the latest event?", "What is the latest change?", "Which event is the last?", "Which is the last event?", "Which happens last?", "Which change is last?", "Which change comes last?", "What is last?", "What is last to happen?", "Last event?", "Last change?", "Final event?", "What happens after everything else?", "What is the very last thing that happens?", "What takes place last?", "What occurs last?", "What is the final change?", "What is the final thing to happen?", f"Which event comes last in {v}?", f"In {v}, what happens last?", "Last of all, what happens?", "Tell me what happens last.", "Tell me the last event.", "Say what happens last.", "Name the last event.",
                    "Name the last thing that happens.", "Describe the last event.", "Describe the final event.", "Can you tell me what happens last?", "Could you tell me which event comes last?", "I want to know what happens last.", "Several things happen. Which is the last?", "There are several events. Which comes last?", "what last", "last thing happen", "And what happens last?", f"With what does {v} end?"])
        q = varied(f, rng, who, "last", q)
        return Question(q, "what is last", f"Last {f.clause(who[-1])}.", {"deeds": [[who[-1].name, f.deed(who[-1])]]}, who[-1], found=found)
    q = rng.choice(["What happens first and what happens last?", "What is first and what is last?", "What comes first and what comes last?", "What happens first, and what last?", "What is the first and what the last event?", "What happens first and last?",
                    "What happened first and what happened last?", "What are the first and the last event?", "What are the first and last things that happen?", "Which event comes first and which comes last?", "Which event is first and which is last?", "Which is the first and which the last event?", "Which change is the first and which is the last?", "What is the first thing that happens, and what is the last?", "What is the first event and what is the final one?", "First and last: what happens?", "First and last event?", "First and last: which events are they?", "Tell me what happens first and what happens last.", "Tell me the first and the last event.", "Name the first and the last event.",
                    "Name the first and last thing that happens.", "Describe the first and the last event.", "Say what comes first and what comes last.", "Give me the first and the last event.", "Can you tell me what happens first and last?", "Could you tell me the first and the last event?", "I want to know what happens first and what last.", f"In {v}, what happens first and what happens last?", "what first what last", "first and last thing", "And what is first, what last?"])
    return Question(q, "what is first and last", f"First {f.clause(who[0])}, last {f.clause(who[-1])}.", {"deeds": [[s.name, f.deed(s)] for s in (who[0], who[-1])]}, found=found)


def earliest(f, rng):
    """Which of those that appear, disappear or turn is the first to do so, or the last."""
    acts = [s.action for s in f.shapes]
    act = rng.choice([x for x in SUDDEN if acts.count(x) > 1] or SUDDEN)
    verb, who = {"turns": "changes color"}.get(act, act), [s for s in f.shapes if s.action == act]
    at = sorted(float(f.moment(s)) for s in who)
    if len(who) < 2 or at[0] == at[1] or at[-1] == at[-2]:
        return None
    end = rng.choice(["first", "last"])
    best = (min if end == "first" else max)(who, key=lambda s: float(f.moment(s)))
    says = {"appears": ["appear", "show up", "pop up", "turn up", "come into view", "become visible"], "disappears": ["disappear", "vanish", "go away", "leave", "fade out", "become invisible"], "turns": [f"change {colour_word(rng)}", f"change its {colour_word(rng)}", f"switch {colour_word(rng)}"]}
    do = rng.choice(says[act])
    subject, does = rng.choice(["Which shape", "Which shape", "Which one", "Which object", "Which figure", "Which of the shapes", "Which of them", "What", "Who", "What shape", "Which thing", "Which"]), conjugate(do)
    q = rng.choice([f"{subject} {does} {end}?", f"{subject} {does} {end}?", f"{subject} {does} {end} in {video(rng)}?", f"{subject} is the {end} to {do}?", f"{subject} is the {end} one to {do}?", f"{subject} was the {end} to {do}?", f"Tell me which shape {does} {end}.", f"Name the shape that {does} {end}.",
                    f"Tell me which one {does} {end}.", f"Can you tell me which shape {does} {end}?", f"Several shapes {do.replace(' its', ' their')}. Which is the {end}?", f"Of the shapes that {do.replace(' its', ' their')}, which is the {end}?", f"which {does} {end}", f"And which one {does} {end}?", f"The {end} shape to {do}?"])
    return Question(q, f"which {verb} {end}", f"{end.capitalize()} {f.clause(best)}.", {"deeds": [[best.name, f.deed(best)]]}, best, found=sequence(f, sorted(who, key=lambda s: float(f.moment(s)))))


def sooner(f, rng):
    """Which of two events that are named comes first, or last; or whether one comes before the other."""
    pairs = [(s, o) for s in f.shapes for o in f.shapes if {s.action, o.action} <= set(SUDDEN) and f.moment(s) != f.moment(o)]
    if not pairs:
        return None
    s, o = rng.choice(pairs)
    by_time = sorted((s, o), key=lambda x: float(f.moment(x)))
    found = sequence(f, by_time)
    says = {"appears": ["appear", "show up", "pop up", "come into view"], "disappears": ["disappear", "vanish", "go away", "fade out"], "turns": ["change color", "change colour", "change its color"]}
    does = lambda x: f"turn {x.colour2}" if x.action == "turns" and rng.random() < 0.4 else rng.choice(says[x.action])
    (n, do), (m, act) = (("the " + rng.choice(f.callings(x)), does(x)) for x in (s, o))
    if rng.random() < 0.4:
        before = rng.random() < 0.6
        word, yes = "before" if before else "after", (by_time[0] is s) == before
        one, other = (s, o) if before else (o, s)
        q = rng.choice([f"Does {n} {do} {word} {m} {conjugate(act)}?", f"Does {n} {do} {word} {m} {conjugate(act)}?", f"Does {n} {do} {word} {m}?" if s.action == o.action else f"Does {n} {do} {word} {m} {conjugate(act)}?", f"Is it true that {n} {conjugate(do)} {word} {m} {conjugate(act)}?", f"{n.capitalize()} {conjugate(do)} {word} {m} {conjugate(act)}, right?", f"Did {n} {do} {word} {m} {'changed color' if o.action == 'turns' else 'appeared' if o.action == 'appears' else 'disappeared'}?",
                        f"Tell me whether {n} {conjugate(do)} {word} {m} {conjugate(act)}.", f"Can you tell me if {n} {conjugate(do)} {word} {m} {conjugate(act)}?", f"True or false: {n} {conjugate(do)} {word} {m} {conjugate(act)}.", f"{bare(n)} {conjugate(do)} {word} {bare(m)} {conjugate(act)}?"])
        return Question(q, f"whether the {one.name} is before the {other.name}", f"{'Yes' if yes else 'No'}, first {f.clause(by_time[0])}.", {"yes": yes}, found=f"{found}; {one.name} {'first' if by_time[0] is one else 'last'} {'yes' if by_time[0] is one else 'no'}")
    end = rng.choice(["first", "first", "last"])
    a, b = (f"{x} {gerund(y)}" for x, y in ((n, do), (m, act))) if rng.random() < 0.5 else (f"{x} {conjugate(y)}" for x, y in ((n, do), (m, act)))
    p, r = f"{n} {do}", f"{m} {act}"
    earlier = "earlier" if end == "first" else "later"
    q = rng.choice([f"What comes {end}: does {p} or does {r}?", f"What happens {end}: does {p}, or does {r}?", f"Which of these comes {end}: {a}, or {b}?", f"Does {p} {end}, or does {r}?", f"Do you see {p} {end}, or {r}?", f"Which happens {end}: {a} or {b}?", f"Which happens {end}, {a} or {b}?", f"What happens {end}: {a} or {b}?", f"What comes {end}, {a} or {b}?", f"Which comes {end}: {a} or {b}?", f"Which is {end}, {a} or {b}?", f"Which event is {end}: {a} or {b}?", f"{a.capitalize()} or {b}: which happens {end}?", f"{a.capitalize()} or {b}: which is {end}?", f"{a.capitalize()}, {b}: which comes {end}?",
                    f"What is {earlier}: {a} or {b}?", f"Which happens {earlier}, {a} or {b}?", f"Is {a} or {b} {end}?", f"Of {a} and {b}, which comes {end}?", f"Tell me what happens {end}: {a} or {b}.", f"Say which is {end}, {a} or {b}.", f"Can you tell me what comes {end}, {a} or {b}?", f"which first {bare(a)} or {bare(b)}" if end == "first" else f"which last {bare(a)} or {bare(b)}"])
    best = by_time[0 if end == "first" else 1]
    return Question(q, f"which is {end} of the {s.name} and the {o.name}", f"{end.capitalize()} {f.clause(best)}.", {"deeds": [[best.name, f.deed(best)]]}, best, found=found)


def varied(f, rng, who, end, q):
    """Mostly `q`; now and then a request put together of parts, or which of two things that are named is `end`, first or last."""
    if len(who) == 2 and rng.random() < 0.3:
        one, other = (f"the {rng.choice(f.callings(s))} {f'changes {colour_word(rng)}' if s.action == 'turns' and rng.random() < 0.5 else f.deed(s)}" for s in rng.sample(who, 2))
        return rng.choice([f"What happens {end}: {one} or {other}?", f"What happens {end}, {one} or {other}?", f"Which happens {end}: {one} or {other}?", f"Which comes {end}, that {one} or that {other}?", f"What comes {end}: {one} or {other}?", f"Which is {end}: {one}, or {other}?", f"{one.capitalize()}, {other}: which is {end}?", f"Is it {end} that {one} or that {other}?"])
    if rng.random() < 0.25:
        others = ["the earliest event", "what comes before everything else"] if end == "first" else ["the latest event", "the final event", "what comes after everything else"]
        return requested(rng, [f"what happens {end}", f"what happens {end} in {video(rng)}", f"the {end} event", f"the {end} thing that happens", f"the {end} thing that happens in {video(rng)}", f"the {end} change", f"what is {end}", f"which event is the {end}", f"the very {end} event", f"which event comes {end}", f"which shape does something {end}", f"what changes or moves {end}", *others], SHORT_MANNERS)
    return q
