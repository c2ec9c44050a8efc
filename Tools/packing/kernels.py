"""Our packing, called from Python: the C of Sources/CKernels built as a library."""

import ctypes
import subprocess
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
FORMATS = {"q8": (3, 2112), "q4": (4, 1152)}  # glm_format, bytes of a block


class Table(ctypes.Structure):
    names = "linear attention rms_norm swiglu add quantise linear_packed pack peak".split()
    _fields_ = [("name", ctypes.c_char_p)] + [(name, ctypes.c_void_p) for name in names]


def build() -> ctypes.CDLL:
    source = ROOT / "Sources/CKernels"
    library = Path(tempfile.mkdtemp()) / "kernels.so"
    # Clang, because it alone understands how each file asks for its instruction set.
    subprocess.run(["clang", "-O3", "-fPIC", "-shared", f"-I{source}/include", *map(str, source.glob("*.c")), "-lm",
                    "-o", library], check=True)
    return ctypes.CDLL(str(library))


LIBRARY = build()
LIBRARY.glm_kernels_available.restype = ctypes.POINTER(Table)
TABLE = LIBRARY.glm_kernels_available(0).contents
PACK = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_int, *[ctypes.c_size_t] * 4)(TABLE.pack)


def pack(w: np.ndarray, name: str) -> np.ndarray:
    """f32 [n, k] → bytes [strips, blocks, bytes of a block]"""
    kind, size = FORMATS[name]
    (n, k), w = w.shape, np.ascontiguousarray(w, np.float32)
    out = np.zeros((-(-n // 16), -(-k // 128), size), np.uint8)
    PACK(out.ctypes.data, kind, w.ctypes.data, 0, n, k, 0, out.shape[0])
    return out


def unpack(packed: np.ndarray, name: str, shape: tuple[int, int]) -> np.ndarray:
    w = np.zeros(shape, np.float32)
    for row in range(shape[0]):
        LIBRARY.glm_unpack_row(ctypes.c_void_p(w[row].ctypes.data), ctypes.c_void_p(packed.ctypes.data),
                               FORMATS[name][0], ctypes.c_size_t(row), ctypes.c_size_t(shape[1]))
    return w
