"""The error of a weight in our formats and in llama.cpp's, as a root mean square in units of the weights' own.

    python Tools/packing/errors.py

On normal weights, on weights with heavy tails (Student's t with four degrees of freedom) and on the bundled model's, which
were trained. PyPI's gguf can read Q4_K but not write it, so that llama.cpp's own quantiser is built from the source package
of llama-cpp-python (77 MB, kept in .build/ggml); gguf reads what it wrote.
"""

import ctypes
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import numpy as np
from gguf import GGMLQuantizationType, quants

from checkpoint import matrices
from kernels import ROOT, pack, unpack

CACHE = ROOT / ".build/ggml"
GGML = {"Q4_0": (18, 32), "Q4_1": (20, 32), "Q4_K": (144, 256), "Q8_0": (34, 32)}  # bytes and weights of a block


def ggml() -> ctypes.CDLL:
    library = CACHE / "libggml.so"
    if not library.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        if not any(CACHE.glob("*.tar.gz")):
            subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", "llama-cpp-python",
                            "--dest", CACHE, "llama-cpp-python==0.3.36"], check=True)
        with tarfile.open(next(CACHE.glob("*.tar.gz"))) as archive:
            archive.extractall(CACHE, filter="data", members=[m for m in archive if "/llama.cpp/ggml/" in m.name])
        source = next(CACHE.glob("*/vendor/llama.cpp/ggml"))
        (CACHE / "ggml-version.h").write_text('#define GGML_VERSION "0"\n#define GGML_COMMIT "0"\n')
        files = [source / "src" / name for name in ("ggml-quants.c", "ggml.c", "ggml-alloc.c")]
        includes = [f"-I{path}" for path in (CACHE, source / "include", source / "src", source / "src/ggml-cpu")]
        # What of the rest of ggml they name is never called.
        subprocess.run(["gcc", "-O2", "-w", "-shared", "-fPIC", *includes, *files, "-lm", "-o", library,
                        "-Wl,--unresolved-symbols=ignore-all", "-Wl,-z,lazy"], check=True)
    return ctypes.CDLL(str(library), mode=os.RTLD_LAZY)


def theirs(library: ctypes.CDLL, w: np.ndarray, name: str) -> np.ndarray:
    size, block = GGML[name]
    w = np.ascontiguousarray(w, np.float32)
    packed = np.zeros(w.size // block * size, np.uint8)
    quantise = getattr(library, f"quantize_row_{name.lower().replace('_k', '_K')}_ref")
    quantise.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64]
    quantise(w.ctypes.data, packed.ctypes.data, w.size)
    return quants.dequantize(packed, GGMLQuantizationType[name]).reshape(w.shape)


def error(found: np.ndarray, w: np.ndarray) -> float:
    return float(np.sqrt(((found - w) ** 2).mean() / (w**2).mean()))


def main() -> None:
    rng, library = np.random.default_rng(20261124), ggml()
    # Their rows of 128 and 384 are laid end to end: Q4_K wants blocks of 256.
    layers = [w for name, w in matrices(ROOT / "Models/shapes") if ".layers." in name and w.size % 512 == 0]
    trained = np.concatenate([w.reshape(-1) for w in layers]).reshape(-1, 512)
    samples = {
        "normal": rng.standard_normal((512, 4096)) * 0.02,
        "heavy tails": rng.standard_t(4, (512, 4096)) * 0.02,
        "trained (the bundled model's language layers)": trained,
    }
    bits = {"q4": 4.5, "q8": 8.25} | {name: 8 * size / block for name, (size, block) in GGML.items()}
    print(f"{'bits a weight':48}" + "".join(f"{name} {bits[name]:<6}" for name in bits))
    for title, w in samples.items():
        w = w.astype(np.float32)
        found = {name: error(unpack(pack(w, name), name, w.shape), w) for name in ("q4", "q8")}
        found |= {name: error(theirs(library, w, name), w) for name in GGML}
        print(f"{title:48}" + "".join(f"{found[name]:<{len(name) + 7}.5f}" for name in bits))


if __name__ == "__main__":
    main()
