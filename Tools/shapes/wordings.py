"""The wordings: `wordings/*.txt`, one a line, in sections, with words in braces that are filled in.

What is in braces is given by whoever asks for a wording, or follows from what is given: `{N}` is `{n}` with a capital letter; `{bare}`, `{short}` and
`{an}` are other forms of a name `{n}` ("the red star": "red star", "Red star", "a red star"), `{bare_m}` one of `{m}`; `{does}` is the third person
of a verb `{do}`, `{acts}` of `{act}`. Anything else, such as `{video}`, is drawn from the section of that name, anew wherever it stands. A wording
that stands twice is twice as likely.
"""
import functools
import pathlib
import re

from facts import a

FOLDER = pathlib.Path(__file__).with_name("wordings")
TITLE = re.compile(r"\[([a-z][a-z_. ]*)\]")


def short(n):
    """A shape's name as it stands before a single word: "Red star color?", "Its color?"."""
    return "Its" if n == "it" else n.removeprefix("the ").capitalize()


def bare(n):
    """A shape's name as a search has it: "red circle"."""
    return n.removeprefix("the ")


def conjugate(verb):
    first, _, rest = verb.partition(" ")
    first = {"go": "goes", "vanish": "vanishes", "do": "does", "switch": "switches"}.get(first, first + "s")
    return f"{first} {rest}".strip()


def gerund(verb):
    first, _, rest = verb.partition(" ")
    stem = {"pop": "popp", "get": "gett", "drop": "dropp", "run": "runn"}.get(first, first.removesuffix("e"))
    return f"{stem}ing {rest}".strip()


# What follows from a given word: how, and from which.
FORMS = {"short": (short, "n"), "an": (lambda n: a(bare(n)), "n"), "bare": (bare, "n"), **{f"bare_{n}": (bare, n) for n in "nmab"}, "does": (conjugate, "do"), "acts": (conjugate, "act")}


@functools.cache
def sections():
    """All wordings: a list of lines by the name of its section."""
    found = {}
    for path in sorted(FOLDER.glob("*.txt")):
        section = None
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if title := TITLE.fullmatch(line):
                if title[1] in found:
                    raise ValueError(f"{path}:{number}: a section [{title[1]}] stands before this one")
                section = found[title[1]] = []
            elif line and not line.startswith("#"):
                if section is None:
                    raise ValueError(f"{path}:{number}: a wording outside of any section")
                section.append(line)
    return found


@functools.cache
def lines(*names):
    """The wordings of these sections, as they stand in the files."""
    for name in names:
        if not sections().get(name):
            raise LookupError(f"no wordings in a section [{name}] of {FOLDER}")
    return tuple(line for name in names for line in sections()[name])


class Words(dict):
    """What stands in the braces of a wording: what is given, forms of it, else what is drawn."""

    def __init__(self, rng, given):
        super().__init__(given)
        self.rng = rng

    def __missing__(self, word):
        if word in FORMS:
            form, of = FORMS[word]
            return form(self[of])
        if word[0].isupper():
            return self[word.lower()].capitalize()
        if word not in sections():
            raise LookupError(f"{{{word}}} is not given, and there is no section [{word}]")
        return say(self.rng, word)


def say(rng, *names, **given):
    """One of the wordings of these sections, each as likely as the others, filled in."""
    wording = rng.choice(lines(*names))
    try:
        return wording.format_map(Words(rng, given))
    except (LookupError, ValueError) as error:
        raise LookupError(f"the wording {wording!r} of {', '.join(names)}: {error}") from None
