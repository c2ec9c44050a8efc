"""Where wrong answers went wrong: compares each thought with the true one, step by step, and counts the first step that differs. And of all
thoughts, whatever was asked and answered, what they tell otherwise than the film: each mistake is to be seen beside its opposite.

usage: blame.py scores.json [--show N]      (of evaluate.py; N cases of each step are printed)
"""
import argparse
import collections
import json
import pathlib
import re

NAME = r"\w+ (?:circle|square|triangle|star)"


def steps(thought):
    """{step: what a thought says there}: which shapes the first frame shows, what each does, what was asked."""
    lines, _, rest = thought.removeprefix("<think>").split("</think>")[0].partition(" So:")
    deeds, _, asked = rest.partition(" Asked:")
    return {
        "shapes in the first frame": sorted(re.findall(NAME, lines.split(". ")[0])),
        "what they do": sorted(re.findall(rf": (the {NAME}[a-z ]*?)(?: at [\d.]+s?)?(?=[;.])", deeds)),
        "what was asked": asked.split(" So:")[0].strip(" ."),
    }


def blame(result):
    """The first step that differs from the true thought; "the answer" where none does."""
    got, true = steps(result["raw"]), steps(result["thought"])
    return next((step for step in true if got[step] != true[step]), "the answer")


def deeds(thought):
    """[(shape, what it does)] as a thought has found it."""
    found = thought.split("</think>")[0].partition(" So:")[2].partition(" Asked:")[0]
    return [(name, re.sub(r"^turns .*", "turns", deed)) for name, deed in re.findall(rf": the ({NAME}) ([a-z ]*?)(?: at [\d.]+s?)?(?=[;.])", found)]


def mistake(got, true):
    """What two lists of `deeds` differ in, in words; nothing where they do not."""
    missing, extra = list((collections.Counter(true) - collections.Counter(got)).elements()), list((collections.Counter(got) - collections.Counter(true)).elements())
    turned = lambda one, two: len(one) == 1 and len(two) == 2 and one[0][1] == "turns"
    if len(missing) == len(extra) == 1:
        (name, deed), (other, done) = missing[0], extra[0]
        same = [a == b for a, b in zip(name.split(), other.split())]
        return f"{deed} told as {done}" if all(same) else "colour" if same[1] else "kind" if same[0] else "colour and kind"
    if len(missing) + len(extra) == 1:
        return f"{'forgotten' if missing else 'made up'}: {(missing or extra)[0][1]}"
    return "turns told as two" if turned(missing, extra) else "two told as one that turns" if turned(extra, missing) else "several" if missing or extra else ""


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("scores"), p.add_argument("--show", type=int, default=0)
    a = p.parse_args()
    for name, results in json.loads(pathlib.Path(a.scores).read_text()).items():
        results = [r for r in results if r["thought"]]
        cases = collections.defaultdict(list)
        for r in results:
            if r["score"] < 0.5:
                cases[blame(r)].append(r)
        print(f"{name}: {sum(map(len, cases.values()))} wrong of {len(results)}")
        for step, wrong in sorted(cases.items(), key=lambda c: -len(c[1])):
            print(f"  {len(wrong)} from {step}: {dict(collections.Counter(r['layout'] for r in wrong))}")
            for r in wrong[: a.show]:
                there = lambda text: steps(text).get(step, "")
                print(f"    {r['file']} {r['layout']}: {r['question']}\n      want {there(r['thought'])} {r['want']}\n      got  {there(r['raw'])} {r['said']}")
        told = [(deeds(r["raw"]), deeds(r["thought"])) for r in results]
        wrong = collections.Counter(filter(None, (mistake(got, true) for got, true in told if true)))
        print(f"  thoughts that tell another film: {sum(wrong.values())} of {sum(bool(true) for _, true in told)}")
        for what, count in wrong.most_common():
            print(f"    {count} {what}")


if __name__ == "__main__":
    main()
