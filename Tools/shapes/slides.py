"""Frames that have nothing to do with each other.

In a video each line of the thought is nearly the line before, and a small model learns to copy it long before it learns
to look at the right frame. Here nothing can be copied: each line has to be read off its own frame.
"""
from facts import Facts, Walk, a, join
from questions import Question
from scenes import Scene


class Slides:
    """Looks like a scene and its facts at once: at each time of `walk` another scene."""

    def __init__(self, rng, size, times, paired):
        self.times, self.paired, self.walk = times, paired, times[::2] if paired else times
        shots = [times[k : k + 2] for k in range(0, len(times), 2)] if paired else [[t] for t in times]
        self.facts = [Facts(Scene(rng, size, duration=times[-1] + 1), shot, paired) for shot in shots]
        self.scenes = {t: f.scene for f, shot in zip(self.facts, shots) for t in shot}
        self.scene = self

    def label(self, t):
        return self.facts[0].label(t)

    def at(self, t):
        return self.scenes[t]

    def thought(self):
        walk = Walk()
        for k, f in enumerate(self.facts):
            walk.add(f.lines(numbered=False), k)
        return walk

    def covering(self, k, index):
        return self.facts[k].covering(0, index)

    def question(self, rng):
        """(kind, Question) about one of the frames."""
        k = rng.randrange(len(self.walk))
        f, t = self.facts[k], self.walk[k]
        seen, label = f.seen(t), self.label(t)
        words = f"at {label}" + rng.choice([" s", "s", " seconds"])
        if seen and rng.random() < 0.6:
            s = rng.choice(seen)
            box, name = f.box(s, t), f"{f.scene.state(s, t)[0]} {s.shape}"
            q = rng.choice([f"Where is the {name} {words}?", f"Give the bounding box of the {name} {words}.", f"Locate the {name} {words}."])
            answer = f"The {name} is at <|begin_of_box|>[[{box[0]},{box[1]},{box[2]},{box[3]}]]<|end_of_box|>."
            return "box", Question(q, f"box of the {name} at {label}s near {label}s", answer, {}, None, f.scene.box(s, t), (k, f.shapes.index(s)))
        q, asked = rng.choice([f"What is where {words}?", f"What can you see {words}?", f"What is there {words}?", f"Which shapes are there {words}?"]), f"what is where at {label}s near {label}s"
        if not seen:
            return "what_where", Question(q, asked, "There is nothing.", {}, found=f.line(t))
        return "what_where", Question(q, asked, f"There {'is' if len(seen) == 1 else 'are'} {join([f'{a(f.scene.state(s, t)[0])} {s.shape} at the {f.place(s, t)}' for s in seen])}.", {},
                                      found=f.line(t), lines=tuple((k, o) for o in range(len(f.shapes))))
