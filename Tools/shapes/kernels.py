"""Compiles kernels.c for the machine at hand, and calls it with torch's tensors."""
import ctypes
import pathlib
import shutil
import subprocess
import tempfile
import time

import torch


def _compiled():
    compiler = shutil.which("cc") or shutil.which("clang")
    if not compiler:
        raise SystemExit("drawing and training need a C compiler, and found neither cc nor clang: install gcc, or put Swift's own clang on the PATH")
    with tempfile.TemporaryDirectory() as folder:
        compiled, library = f"{folder}/kernels.o", f"{folder}/kernels.so"
        subprocess.run([compiler, "-O3", "-march=native", "-ffast-math", "-fPIC", "-c", "-o", compiled, pathlib.Path(__file__).with_name("kernels.c")], check=True)
        subprocess.run([compiler, "-shared", "-o", library, compiled, "-lm"], check=True)  # linked with -ffast-math it would change the whole process's arithmetic
        return ctypes.CDLL(library)


_library = _compiled()
_library.choice.restype = ctypes.c_double


def call(name, *arguments):
    """Tensors by their addresses (they have to be contiguous), None, whole numbers and floats, as the function has them."""
    given = []
    for x in arguments:
        if isinstance(x, torch.Tensor):
            assert x.is_contiguous() and x.dtype in (torch.float32, torch.int64, torch.bool, torch.uint8)
        given.append(ctypes.c_void_p(x.data_ptr()) if isinstance(x, torch.Tensor) else ctypes.c_float(x) if isinstance(x, float) else x if x is None else ctypes.c_long(x))
    return getattr(_library, name)(*given)


def _quicker():
    """Whether this processor multiplies matrices of bf16 faster than those of f32: eight times with AMX, twice on AMD's, on Intel's without AMX more slowly."""
    def spent(kind):
        x, least = torch.randn(512, 512).to(kind), float("inf")
        for _ in range(8):
            start = time.perf_counter()
            x @ x
            least = min(least, time.perf_counter() - start)
        return least
    return spent(torch.bfloat16) < spent(torch.float32)


TILES = hasattr(_library, "ready") and _library.ready() > 0  # attention by tiles of bf16: by AMX, or by AVX-512 where there is none
NARROW = TILES and _quicker()  # the other products in bf16, too
