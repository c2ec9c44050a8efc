"""Questions about when, and about what is first and what is last: `when`, `begins`, `order`."""
from itertools import pairwise

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
    true, step, trace = s.b if ends else s.a, f.walk[1] - f.walk[0], f.traced(s, ends)
    if not trace or abs(f.walk[trace.frame] - true) > step or rng.random() < 0.6 and true in (0.0, f.scene.duration):  # what goes on all the time is asked less often
        return None
    n, word, at = calling(f, s, rng, it), "until" if ends else "from", f.label(f.walk[trace.frame])
    q = say(rng, "when.stops" if ends else "when.starts", n=n, do=say(rng, f"do.{s.action}"), doing=say(rng, f"doing.{s.action}"))
    check, does = {"time": true, "within": max(step, f.interval)}, sentence(f"{f.clause(s)} {word} {at} s")
    return Question(q, f"{word} when {f.clause(s)}", does, check, s, called=n, found=f"{trace.text}: {word} {at}s", lines=trace.lines, traced=(trace.side,))


class Starts:
    """When what each shape does happens, or begins, as the thought finds it; a shape is left out where its frames do not tell, or tell it wrongly."""

    def __init__(self, f):
        self.f, self.at, self.traces = f, {}, {}
        for s in (s for s in f.shapes if s.action != "still"):
            if s.action in SUDDEN:
                self.at[s] = f.moment(s)
            elif (trace := f.traced(s)) and abs(f.walk[trace.frame] - s.a) <= f.walk[1] - f.walk[0]:
                self.at[s], self.traces[s] = f.label(f.walk[trace.frame]), trace

    def gap(self, s, o):
        """How much later `o` is than `s`, in seconds; 0 where they are too near to each other to be told apart."""
        found, true = float(self.at[o]) - float(self.at[s]), o.a - s.a
        clear = abs(true) > 0.12 * self.f.scene.duration or s.action in SUDDEN and o.action in SUDDEN
        return found if clear and found * true > 0 else 0

    def sequence(self, who):
        """What is found of shapes that are in the order of their times: what each does and since when; then one after another, each beside the times of the first and
        the last so far, which are told anew. As a question has it: what was found, which lines that repeats, and which sides it follows."""
        f, told = self.f, []
        for s in (shapes := [s for s in f.shapes if s in who]):
            trace = self.traces.get(s)
            told.append(f"{f.clause(s)}{f', {trace.text}: from' if trace else ' at'} {self.at[s]}s")
        weighed, first, last = f"{shapes[0].name} {self.at[shapes[0]]}s", shapes[0], shapes[0]
        for s in shapes[1:]:
            beside = [f"{self.at[o]}s{sequel(float(self.at[s]) - float(self.at[o]))}" for o in dict.fromkeys((first, last))]
            first, last = min(first, s, key=who.index), max(last, s, key=who.index)
            weighed += f"; {s.name} {self.at[s]}s, {', '.join(beside)}, first the {first.name}, last the {last.name}"
        traces = [self.traces[s] for s in shapes if s in self.traces]
        return {"found": f"{'; '.join(told)}; {weighed}", "lines": tuple(line for t in traces for line in t.lines), "traced": tuple(t.side for t in traces)}


def sequel(later):
    return ">" if later > 0 else "<" if later < 0 else "="


def in_order(who):
    return "; in order " + ", ".join(s.name for s in who)


def order(f, rng, it=None):
    """What is first, what is next, what is last: of events and of what begins to move or to grow."""
    if len(f.times) < 4:
        return None
    if (kind := rng.random()) < 0.45:
        return rng.choice([earliest, sooner])(f, rng)
    starts, acting = Starts(f), [s for s in f.shapes if s.action != "still"]
    if len(acting) < 2 or any(s not in starts.at for s in acting):
        return None
    who = sorted(acting, key=lambda s: (float(starts.at[s]), s.a))
    clear, k = [starts.gap(a, b) > 0 for a, b in pairwise(who)], rng.random()
    if kind < (0.75 if it else 0.6):
        return following(f, rng, it, starts, who) if all(clear) else None
    if not (clear[0] or 0.4 <= k < 0.65) or not (clear[-1] or k < 0.4):
        return None
    found = starts.sequence(who)
    if k < 0.65:
        end, one = ("first", who[0]) if k < 0.4 else ("last", who[-1])
        return Question(varied(f, rng, who, end), f"what is {end}", f"{end.capitalize()} {f.clause(one)}.", {"deeds": [[one.name, f.deed(one)]]}, one, **found)
    who = who if all(clear) else [who[0], who[-1]]
    if len(who) > 2:
        found["found"] += in_order(who)
    answer = ", ".join(f"{word} {f.clause(s)}" for word, s in zip(["first", *["then"] * (len(who) - 2), "last"], who))
    return Question(say(rng, "order.both"), "what is first and last", sentence(answer), {"deeds": [[s.name, f.deed(s)] for s in who]}, **found)


def following(f, rng, it, starts, who):
    """What happens next, after an event that is named, or after `it`; or second. `who` are those that do something, in the order of their times."""
    found = starts.sequence(who)
    found["found"] += in_order(who)
    if it not in who and rng.random() < 0.3:
        s, word, q, asked = who[0], "second", say(rng, "second"), "what is second"
    else:
        s, word = it if it in who else rng.choice(who if rng.random() < 0.3 else who[:-1]), "next"
        q = say(rng, "next.then") if s is it else say(rng, "next", n="the " + rng.choice(f.callings(s)), do=deed(f, rng, s))
        asked = f"what is next after the {s.name}"
    if s is who[-1]:
        found["found"] += f"; {s.name} last"
        return Question(q, asked, "Nothing happens after that.", {"phrase": "nothing"}, **found)
    o = who[who.index(s) + 1]
    return Question(q, asked, f"{word.capitalize()} {f.clause(o)}.", {"deeds": [[o.name, f.deed(o)]]}, o, **found)


def deed(f, rng, s):
    """What a shape does, as an event that is named: a verb without its subject."""
    if s.action == "turns" and rng.random() < 0.4:
        return f"turn {s.colour2}"
    return say(rng, f"sooner.{s.action}" if s.action in SUDDEN else f"do.{s.action}")


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
    found = Starts(f).sequence(sorted(who, key=lambda s: float(f.moment(s))))
    return Question(q, f"which {verb} {end}", f"{end.capitalize()} {f.clause(best)}.", {"deeds": [[best.name, f.deed(best)]]}, best, **found)


def sooner(f, rng):
    """Which of two events that are named comes first, or last; or whether one comes before the other."""
    starts = Starts(f)
    pairs = [(s, o) for s in starts.at for o in starts.at if starts.gap(s, o)]
    if not pairs:
        return None
    s, o = rng.choice(pairs)
    by_time = sorted((s, o), key=lambda x: float(starts.at[x]))
    found = starts.sequence(by_time)
    (n, do), (m, act) = (("the " + rng.choice(f.callings(x)), deed(f, rng, x)) for x in (s, o))
    if rng.random() < 0.4:
        before = rng.random() < 0.6
        word, yes = "before" if before else "after", (by_time[0] is s) == before
        one, other = (s, o) if before else (o, s)
        acted = {"turns": "changed color", "appears": "appeared", "disappears": "disappeared", "circle": "moved in a circle", "grows": "grew", "shrinks": "shrank"}.get(o.action, f"moved {o.action}")
        if rng.random() < 0.5:
            word = "before" if by_time[0] is s else "after"
            found["found"] += f"; {s.name} {'first before' if word == 'before' else 'last after'}"
            q, check = say(rng, "sooner.which", n=n, do=do, m=m, act=act), {"words": [word], "among": ["before", "after"]}
            return Question(q, f"before or after is the {s.name} than the {o.name}", f"{word.capitalize()}, first {f.clause(by_time[0])}.", check, **found)
        q = say(rng, "sooner", "sooner.alike" if s.action == o.action else "sooner.unlike", n=n, do=do, word=word, m=m, act=act, acted=acted)
        answer = f"{'Yes' if yes else 'No'}, first {f.clause(by_time[0])}."
        found["found"] += f"; {one.name} {'first yes' if by_time[0] is one else 'last no'}"
        return Question(q, f"whether the {one.name} is before the {other.name}", answer, {"yes": yes}, **found)
    end = rng.choice(["first", "first", "last"])
    if rng.random() < 0.35:  # "the growth of the star"
        a, b = (say(rng, f"noun.{x.action}", n=name) for x, name in ((s, n), (o, m)))
    else:
        form = gerund if rng.random() < 0.5 else conjugate
        a, b = f"{n} {form(do)}", f"{m} {form(act)}"
    q = say(rng, "sooner.of", f"sooner.of.{end}", end=end, earlier="earlier" if end == "first" else "later", p=f"{n} {do}", r=f"{m} {act}", a=a, b=b)
    best = by_time[0 if end == "first" else 1]
    asked, answer = f"which is {end} of the {s.name} and the {o.name}", f"{end.capitalize()} {f.clause(best)}."
    return Question(q, asked, answer, {"deeds": [[best.name, f.deed(best)]]}, best, **found)


def varied(f, rng, who, end):
    """What is asked of what is `end`, first or last; now and then a request put together of parts, or which of two things that are named it is."""
    q = say(rng, f"order.{end}")
    if len(who) == 2 and rng.random() < 0.3:
        told = lambda s: f"changes {say(rng, 'color')}" if s.action == "turns" and rng.random() < 0.5 else f.deed(s)
        one, other = (f"the {rng.choice(f.callings(s))} {told(s)}" for s in rng.sample(who, 2))
        return say(rng, "order.either", end=end, one=one, other=other)
    if rng.random() < 0.25:
        return requested(rng, "order.things", f"order.things.{end}", manners=("manners.short",), end=end)
    return q
