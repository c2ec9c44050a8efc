"""llama.cpp: built from the source package of PyPI's llama-cpp-python, and timed by its own programs."""

import json
import re
import subprocess
import sys
import tarfile
from pathlib import Path

import numpy as np

from gguf_files import write_text, write_vision
from shapes import PROMPT, RESIZED, TEXT, VISION

VERSION = "0.3.36"
PROGRAMS = ("llama-bench", "llama-mtmd-cli")
OPTIONS = {
    "CMAKE_BUILD_TYPE": "Release", "GGML_NATIVE": "ON", "LLAMA_OPENSSL": "OFF", "LLAMA_BUILD_TESTS": "OFF",
    "LLAMA_BUILD_EXAMPLES": "OFF", "LLAMA_BUILD_SERVER": "OFF", "LLAMA_BUILD_APP": "OFF",
}
STEPS = 16
ENCODED = re.compile(r"batch encoding done in (\d+) ms")


class Llama:
    """`folder` has the sources and programs, `models` what they run on."""

    def __init__(self, folder: Path, models: Path, threads: int, layers: int) -> None:
        self.folder, self.models, self.threads, self.layers = folder, models, threads, layers
        self.programs = folder / "llama.cpp/bin"

    def prepare(self, jobs: int) -> None:
        if not all((self.programs / name).exists() for name in PROGRAMS):
            self.build(jobs)
        for path, write in self.files().items():
            if not path.exists():
                print(f"writing {path}", file=sys.stderr)
                write(path)

    def build(self, jobs: int) -> None:
        package = self.folder / f"llama_cpp_python-{VERSION}"
        archive = Path(f"{package}.tar.gz")
        if not archive.exists():
            subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", "llama-cpp-python",
                            "--dest", self.folder, f"llama-cpp-python=={VERSION}"], check=True)
        if not package.exists():
            with tarfile.open(archive) as files:
                wanted = [file for file in files if file.name.startswith(f"{package.name}/vendor/llama.cpp/")]
                files.extractall(self.folder, filter="data", members=wanted)
        cmake, build = Path(sys.executable).with_name("cmake"), self.folder / "llama.cpp"
        options = [f"-D{name}={value}" for name, value in OPTIONS.items()]
        subprocess.run([cmake, "-S", package / "vendor/llama.cpp", "-B", build, *options], check=True, stdout=sys.stderr)
        subprocess.run([cmake, "--build", build, "-j", str(jobs), "--target", *PROGRAMS], check=True, stdout=sys.stderr)

    def text_file(self, layers: int) -> Path:
        return self.models / f"text-{layers}.gguf"

    @property
    def depths(self) -> tuple[int, ...]:
        """All layers; or two numbers of them, so that what lies beside the layers can be told apart."""
        return (self.layers,) if self.layers == TEXT["layers"] else (self.layers // 2, self.layers)

    def files(self) -> dict:
        return {
            **{self.text_file(n): lambda path, n=n: write_text(path, n) for n in self.depths},
            # llama-mtmd-cli wants a text model as wide as the tower's tokens: one layer, few words.
            self.models / "text-beside-vision.gguf": lambda path: write_text(path, 1, vocabulary=512),
            self.models / "vision.gguf": lambda path: write_vision(path, VISION["depth"]),
            self.models / "small.ppm": lambda path: write_picture(path, 112, 112),
            self.models / "frame.ppm": lambda path: write_picture(path, *RESIZED),
        }

    def text(self) -> dict:
        """Tokens a second of a prompt, and one by one after nothing, at the 9B's depth."""
        found = [self.bench(layers) for layers in self.depths]
        if len(found) == 1:
            prefill, decode = found[0]
        else:
            scale = (TEXT["layers"] - self.depths[0]) / (self.depths[1] - self.depths[0])
            prefill, decode = (less + (more - less) * scale for less, more in zip(*found))
        return {"prefill": PROMPT / prefill, "decode": 1 / decode, "layers": self.layers}

    def bench(self, layers: int) -> tuple[float, float]:
        """Seconds of a prompt and of a token."""
        command = [self.programs / "llama-bench", "-m", self.text_file(layers), "-t", self.threads, "-p", PROMPT, "-n", STEPS,
                   "-r", 1, "-o", "json"]
        rows = {(row["n_prompt"], row["n_gen"]): row["avg_ts"] for row in json.loads(run(command).stdout)}
        return PROMPT / rows[PROMPT, 0], 1 / rows[0, STEPS]

    def vision(self) -> dict:
        """Seconds of the tower for one frame. A small picture goes before it, so that the weights are in memory."""
        command = [self.programs / "llama-mtmd-cli", "-m", self.models / "text-beside-vision.gguf",
                   "--mmproj", self.models / "vision.gguf", "--image", self.models / "small.ppm",
                   "--image", self.models / "frame.ppm", "-p", "a", "-n", 1, "-t", self.threads, "-c", 2048, "--no-warmup",
                   "--jinja"]
        result = run(command)
        times = ENCODED.findall(result.stdout + result.stderr)
        if len(times) != 2:
            sys.exit(f"llama-mtmd-cli should say twice how long a picture took, and said it {len(times)} times:\n"
                     f"{(result.stdout + result.stderr)[-3000:]}\nIts messages may have changed: see ENCODED in llama.py.")
        small, frame = (int(time) / 1000 for time in times)
        return {"vision_seconds": frame, "small_seconds": small}


def run(command: list) -> subprocess.CompletedProcess:
    command = [str(part) for part in command]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{' '.join(command)} should have succeeded and ended with {result.returncode}:\n"
                 f"{(result.stdout + result.stderr)[-3000:]}")
    return result


def write_picture(path: Path, width: int, height: int) -> None:
    noise = np.random.default_rng(1).integers(0, 256, width * height * 3, np.uint8)
    path.write_bytes(f"P6 {width} {height} 255\n".encode() + noise.tobytes())
