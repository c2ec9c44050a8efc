"""Questions about when, and about what is first and what is last: `when`, `begins`, `order`."""
from facts import sentence
from questions import Question, calling, requested
from scenes import DIRECTIONS, SUDDEN
from wordings import conjugate, gerund, say


def when(f, rng, it=None):
    who = [s for s in f.shapes if s.action in SUDDEN]
    if not who:
        return None
    s = it if it in who else rng.choice(who)
    n = calling(f, s, rng, it)
    q = say(rng, "when", "when.it" if n == "it" else "when.named", n=n, do=say(rng, f"when.{s.action}", red=s.colour, blue=s.colour2))
    if rng.random() < 0.15 and s.action in ("appears", "disappears"):
        q = say(rng, "when.since" if s.action == "appears" else "when.until", n=n)
    if s.action == "turns" and rng.random() < 0.2:
        if not it:
            q = say(rng, "when.turned", n=n, red=s.colour, blue=s.colour2)
        if len(who) == 1:
            n, q = "", say(rng, "when.change")
    if len(who) == 1 and rng.random() < 0.12:
        n, q = "", say(rng, f"when.any.{s.action}")
    return Question(q, f"when the {s.name} {f.deed(s)}", f"The {s.name} {f.deed(s)} at {f.moment(s)} s.", {"time": s.a, "within": f.interval}, s, called=n)


def begins(f, rng, it=None):
    """When a movement or a growth begins, or ends: the last frame before it, or the first after, as long as these are near to the truth."""
    who = [s for s in f.shapes if s.action in (*DIRECTIONS, "grows", "shrinks")]
    if not who or len(f.walk) < 4:
        return None
    s, ends = it if it in who else rng.choice(who), rng.random() < 0.45
    true, step, found = s.b if ends else s.a, f.walk[1] - f.walk[0], f.traced(s, ends)
    if not found or abs(f.walk[found[2]] - true) > step or rng.random() < 0.6 and true in (0.0, f.scene.duration):  # what goes on all the time is asked less often
        return None
    text, side, k = found
    n, word, at = calling(f, s, rng, it), "until" if ends else "from", f.label(f.walk[k])
    q = say(rng, "when.stops" if ends else "when.starts", n=n, do=say(rng, f"do.{s.action}"), doing=say(rng, f"doing.{s.action}"))
    check, does = {"time": true, "within": max(step, f.interval)}, sentence(f"{f.clause(s)} {word} {at} s")
    return Question(q, f"{word} when {f.clause(s)}", does, check, s, called=n, found=f"{text}: {word} {at}s", traced=(f.shapes.index(s), side))


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
    k = rng.random()
    if not clear or len(f.times) < 4 or not (clear[0] or 0.4 <= k < 0.65) or not (clear[-1] or k < 0.4):
        return None
    found = sequence(f, who)
    if k < 0.65:
        end, one = ("first", who[0]) if k < 0.4 else ("last", who[-1])
        return Question(varied(f, rng, who, end), f"what is {end}", f"{end.capitalize()} {f.clause(one)}.", {"deeds": [[one.name, f.deed(one)]]}, one, found=found)
    answer, check = f"First {f.clause(who[0])}, last {f.clause(who[-1])}.", {"deeds": [[s.name, f.deed(s)] for s in (who[0], who[-1])]}
    return Question(say(rng, "order.both"), "what is first and last", answer, check, found=found)


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
    do = say(rng, f"earliest.{act}")
    q = say(rng, "earliest", do=do, they_do=do.replace(" its", " their"), end=end)
    found = sequence(f, sorted(who, key=lambda s: float(f.moment(s))))
    return Question(q, f"which {verb} {end}", f"{end.capitalize()} {f.clause(best)}.", {"deeds": [[best.name, f.deed(best)]]}, best, found=found)


def sooner(f, rng):
    """Which of two events that are named comes first, or last; or whether one comes before the other."""
    what = [s for s in f.shapes if s.action != "still"]
    clear = lambda s, o: abs(s.a - o.a) > 0.12 * f.scene.duration or s.action in SUDDEN and o.action in SUDDEN
    pairs = [(s, o) for s in what for o in what if since(f, s) != since(f, o) and (float(since(f, s)) < float(since(f, o))) == (s.a < o.a) and clear(s, o)]
    if not pairs:
        return None
    s, o = rng.choice(pairs)
    by_time = sorted((s, o), key=lambda x: float(since(f, x)))
    found = sequence(f, by_time)
    deed = lambda x: f"turn {x.colour2}" if x.action == "turns" and rng.random() < 0.4 else say(rng, f"sooner.{x.action}" if x.action in SUDDEN else f"do.{x.action}")
    (n, do), (m, act) = (("the " + rng.choice(f.callings(x)), deed(x)) for x in (s, o))
    if rng.random() < 0.4:
        before = rng.random() < 0.6
        word, yes = "before" if before else "after", (by_time[0] is s) == before
        one, other = (s, o) if before else (o, s)
        acted = {"turns": "changed color", "appears": "appeared", "disappears": "disappeared", "circle": "moved in a circle", "grows": "grew", "shrinks": "shrank"}.get(o.action, f"moved {o.action}")
        q = say(rng, "sooner", "sooner.alike" if s.action == o.action else "sooner.unlike", n=n, do=do, word=word, m=m, act=act, acted=acted)
        answer = f"{'Yes' if yes else 'No'}, first {f.clause(by_time[0])}."
        found = f"{found}; {one.name} {'first yes' if by_time[0] is one else 'last no'}"
        return Question(q, f"whether the {one.name} is before the {other.name}", answer, {"yes": yes}, found=found)
    end = rng.choice(["first", "first", "last"])
    if rng.random() < 0.35:  # "the growth of the star"
        a, b = (say(rng, f"noun.{x.action}", n=name) for x, name in ((s, n), (o, m)))
    else:
        form = gerund if rng.random() < 0.5 else conjugate
        a, b = f"{n} {form(do)}", f"{m} {form(act)}"
    q = say(rng, "sooner.of", f"sooner.of.{end}", end=end, earlier="earlier" if end == "first" else "later", p=f"{n} {do}", r=f"{m} {act}", a=a, b=b)
    best = by_time[0 if end == "first" else 1]
    asked, answer = f"which is {end} of the {s.name} and the {o.name}", f"{end.capitalize()} {f.clause(best)}."
    return Question(q, asked, answer, {"deeds": [[best.name, f.deed(best)]]}, best, found=found)


def varied(f, rng, who, end):
    """What is asked of what is `end`, first or last; now and then a request put together of parts, or which of two things that are named it is."""
    q = say(rng, f"order.{end}")
    if len(who) == 2 and rng.random() < 0.3:
        deed = lambda s: f"changes {say(rng, 'color')}" if s.action == "turns" and rng.random() < 0.5 else f.deed(s)
        one, other = (f"the {rng.choice(f.callings(s))} {deed(s)}" for s in rng.sample(who, 2))
        return say(rng, "order.either", end=end, one=one, other=other)
    if rng.random() < 0.25:
        return requested(rng, "order.things", f"order.things.{end}", manners=("manners.short",), end=end)
    return q
