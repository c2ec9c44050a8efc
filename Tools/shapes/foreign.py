"""Questions that have nothing to do with simple shapes: a list as people ask them, and a grammar for many more."""
from facts import a
from wordings import say

PLURALS = {"man": "men", "woman": "women", "child": "children", "person": "people", "mouse": "mice", "wolf": "wolves", "knife": "knives", "leaf": "leaves", "tooth": "teeth", "foot": "feet",
           **{n: n for n in ("fish", "sheep", "news")}, **{n: n + "es" for n in ("bus", "church", "beach", "watch", "glass", "dress", "match")},
           **{n: n[:-1] + "ies" for n in ("baby", "butterfly", "city", "country", "story")}}


def invent(rng):
    """A question of the grammar."""
    dog, cat, running, paris, who, love = (say(rng, f"foreign.{part}") for part in ("thing", "thing", "deed", "place", "who", "topic"))
    be, do = ("are", "do") if who in ("the people", "they") else ("is", "does")
    dogs = PLURALS.get(dog, dog + "s")
    about, number, another, of = rng.choice([love, dogs, paris]), rng.randrange(2, 99), rng.randrange(2, 99), rng.choice([paris, "the " + dog])
    return say(rng, "foreign", dog=dog, cat=cat, running=running, paris=paris, who=who, love=love, be=be, do=do, dogs=dogs, an=a(dog), about=about, number=number, another=another, of=of)


def question(rng):
    return say(rng, "foreign.listed") if rng.random() < 0.35 else invent(rng)
