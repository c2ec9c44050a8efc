"""Ratios of one run, as JSON and as a table. A ratio is taken within each round; its median and extremes are told."""

import statistics

FRAMES, QUESTION = 10, 3050  # the question of speed's goals: ten frames of 640x360, and all tokens

# What is told, the measurement of a peer and the goal. Over 1 we are faster.
RATIOS = [
    ("vision", "llama.cpp, f16", "llama_vision", "6"),
    ("vision", "transformers, f32", "transformers_f32", ""),
    ("vision", "transformers, bf16", "transformers_bf16", ""),
    ("prefill", "llama.cpp, Q4_K_M", "llama_text", "4"),
    ("prefill", "OpenVINO, groups of 128", "openvino_128", "1.3"),
    ("prefill", "OpenVINO, groups of 32", "openvino_32", "1.3"),
    ("decode", "llama.cpp, Q4_K_M", "llama_text", "1.8"),
    ("decode", "OpenVINO, groups of 128", "openvino_128", "1"),
    ("decode", "OpenVINO, groups of 32", "openvino_32", "1"),
    ("first token", "llama.cpp, estimated", "llama", "4.5"),
]
SHARES = [("vision", "vision_share", "50 %"), ("prefill", "prefill_share", "55 %"), ("decode", "decode_share", "88 %")]
BESIDE = 0.45  # of our quiet speed, beside a process that is busy on one of our processors
TOGETHER = 2.5  # times as many tokens, four replies at once


def seconds(of: str, found: dict) -> float:
    """Of one frame, of one token, or of ten frames and a prompt."""
    if of == "first token":
        return FRAMES * seconds("vision", found) + QUESTION * seconds("prefill", found)
    return found["vision_seconds"] if of == "vision" else 1 / found[of]


def report(rounds: list[dict]) -> dict:
    for found in rounds:
        found["llama"] = found["llama_text"] | found["llama_vision"]
    ratios = []
    for of, peer, key, goal in RATIOS:
        ours, theirs = ([seconds(of, found[name]) for found in rounds] for name in ("glimpse", key))
        each = [b / a for a, b in zip(ours, theirs)]
        ratios.append({
            "of": of, "peer": peer, "ratio": statistics.median(each), "least": min(each), "most": max(each),
            "goal": float(goal) if goal else None, "our_seconds": statistics.median(ours), "seconds": statistics.median(theirs)})
    shares = [{"of": of, "share": statistics.median(found["glimpse"][key] for found in rounds), "goal": float(goal[:-2]) / 100}
              for of, key, goal in SHARES]
    own = [{"of": "4 replies at once", "than": "one", "goal": TOGETHER, "each": [found["glimpse"]["four"] for found in rounds]}]
    for of in ("vision", "prefill", "decode"):
        each = [seconds(of, found["glimpse"]) / seconds(of, found["glimpse_beside"]) for found in rounds]
        own.append({"of": f"{of} beside a busy process", "than": "quiet", "goal": BESIDE, "each": each})
    return {"ratios": ratios, "shares": shares, "own": own, "rounds": rounds}


def table(found: dict) -> str:
    lines = ["| | against | ours | theirs | times as fast | in the rounds | goal |", "|---|---|---|---|---|---|---|"]
    for row in found["ratios"]:
        ours, theirs = (speed(row["of"], row[key]) for key in ("our_seconds", "seconds"))
        goal = "" if row["goal"] is None else f"{row['goal']:g}"
        lines.append(f"| {row['of']} | {row['peer']} | {ours} | {theirs} | {row['ratio']:.2f} | "
                     f"{row['least']:.2f} to {row['most']:.2f} | {goal} |")
    lines += [f"| {row['of']} | {row['than']} | | | {statistics.median(row['each']):.2f} | {min(row['each']):.2f} to {max(row['each']):.2f} "
              f"| {row['goal']:g} |" for row in found["own"]]
    lines += [f"| {row['of']} | what the machine can do | | | {row['share']:.0%} | | {row['goal']:.0%} |" for row in found["shares"]]
    return "\n".join(lines)


def speed(of: str, seconds: float) -> str:
    return f"{seconds:.2f} s" if of in ("vision", "first token") else f"{1 / seconds:.2f}/s"
