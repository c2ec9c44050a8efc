"""Measures glimpse and its peers in turn on the shapes of GLM-4.1V-9B, and prints how many times as fast it is.

    python run.py [--quick | --smoke] [--prepare] [--glimpse PROGRAM] [--model FOLDER] [--work FOLDER] [--layers N] [--json FILE]

Run it on a quiet machine: see README.md.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

if "--smoke" in sys.argv:
    os.environ["GLIMPSE_PEERS_SMOKE"] = "1"  # before shapes is read

from glimpse import Glimpse, neighbour
from llama import Llama, run
from report import report, table
from shapes import PROMPT, ROOT, TEXT

HERE = Path(__file__).parent
GROUPS = (128, 32)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="one round, and llama.cpp with 8 and 4 layers instead of 40")
    size.add_argument("--smoke", action="store_true", help="try every piece with tiny sizes: the figures mean nothing")
    parser.add_argument("--prepare", action="store_true", help="build and write what is missing, and measure nothing")
    parser.add_argument("--rounds", type=int, help="how often everything is measured (default 3, with --quick 1)")
    parser.add_argument("--layers", type=int, help="layers of llama.cpp's file (default 40; less is extrapolated from it and its half)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="how many compilers to run at once")
    parser.add_argument("--glimpse", type=Path, default=ROOT / ".build/release/glimpse", help="our program")
    parser.add_argument("--model", type=Path, default=Path("/tmp/glimpse-fullsize"), help="our full-size checkpoint; made if missing")
    parser.add_argument("--work", type=Path, default=ROOT / ".build/peers", help="where peers and their files are kept")
    parser.add_argument("--json", type=Path, help="where the figures go (default: peers.json in the work folder)")
    given = parser.parse_args()
    given.rounds = given.rounds or (1 if given.quick or given.smoke else 3)
    given.layers = given.layers or (2 if given.smoke else 8 if given.quick else TEXT["layers"])
    given.files = given.work / "smoke" if given.smoke else given.work
    given.json = given.json or given.files / "peers.json"
    if not 2 <= given.layers <= TEXT["layers"] or given.rounds < 1:
        parser.error(f"--layers takes 2 to {TEXT['layers']} and --rounds at least 1, and they are {given.layers} and {given.rounds}")
    return given


def turns(given: argparse.Namespace, llama: Llama, glimpse: Glimpse, threads: int) -> dict:
    """Each thing that is measured, by its name. Each runs in processes of its own, and all but ours beside a busy one alone."""
    def openvino(group: int) -> dict:
        command = [sys.executable, HERE / "openvino_layers.py", "time", given.files, group, PROMPT, threads]
        found = json.loads(run(command).stdout)
        prefill, decode = (min(row[key] for row in found.values()) for key in ("prefill_seconds", "decode_seconds"))
        return {"prefill": PROMPT / prefill, "decode": 1 / decode, "precisions": found}

    def transformers(kind: str) -> dict:
        return json.loads(run([sys.executable, HERE / "vision.py", kind, threads]).stdout)

    def beside() -> dict:
        with neighbour():
            return glimpse.bench(whole=not given.smoke)

    return {
        "glimpse": lambda: glimpse.bench(whole=not given.smoke),
        "glimpse_beside": beside,
        "llama_text": llama.text,
        "llama_vision": llama.vision,
        **{f"openvino_{group}": lambda group=group: openvino(group) for group in GROUPS},
        **{f"transformers_{kind}": lambda kind=kind: transformers(kind) for kind in ("f32", "bf16")},
    }


def busy() -> float:
    """The share of the processors that others use, while we wait for two seconds."""
    def ticks() -> tuple[int, int]:
        numbers = [int(word) for word in Path("/proc/stat").read_text().split("\n")[0].split()[1:9]]
        return sum(numbers), numbers[3] + numbers[4]

    before = ticks()
    time.sleep(2)
    after = ticks()
    return 1 - (after[1] - before[1]) / (after[0] - before[0])


def main() -> None:
    given = arguments()
    given.files.mkdir(parents=True, exist_ok=True)
    threads = len(os.sched_getaffinity(0))
    llama = Llama(given.work, given.files, threads, given.layers)
    glimpse = Glimpse(given.glimpse, ROOT / "Models/shapes" if given.smoke else given.model)
    glimpse.prepare()
    llama.prepare(given.jobs)
    subprocess.run([sys.executable, HERE / "openvino_layers.py", "make", given.files, *map(str, GROUPS)], check=True, stdout=sys.stderr)
    if given.prepare:
        return

    rounds, measures = [], turns(given, llama, glimpse, threads)
    for number in range(given.rounds):
        names = list(measures)
        names = names[number % len(names):] + names[: number % len(names)]  # nobody is always first
        found = {"started": time.strftime("%H:%M:%S"), "busy": busy()}
        if found["busy"] > 0.05:
            print(f"before round {number + 1} other programs used {found['busy']:.0%} of the processors, and should use none: "
                  "end them and measure again", file=sys.stderr)
        for name in names:
            start = time.monotonic()
            found[name] = measures[name]()
            print(f"round {number + 1}: {name} took {time.monotonic() - start:.0f} s", file=sys.stderr)
        rounds.append(found)
    whole = report(rounds) | {"threads": threads, "layers": given.layers, "smoke": given.smoke}
    given.json.write_text(json.dumps(whole, indent=2) + "\n")
    print(table(whole))
    print(f"\n{given.json} has every figure." + (" These mean nothing: the sizes were tiny." if given.smoke else ""))


if __name__ == "__main__":
    main()
