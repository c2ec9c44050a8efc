"""What all golden scripts share: paths, the picture formula, and a writer whose files are the same bytes every time."""

import json
import os
import struct
from pathlib import Path

os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TRANSFORMERS_VERBOSITY"] = "error"

import numpy as np  # noqa: E402
import torch  # noqa: E402
import torchvision  # noqa: E402
import transformers  # noqa: E402

torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)
transformers.utils.logging.disable_progress_bar()

ROOT = Path(__file__).resolve().parents[2]
GLM = ROOT / "Tests/GLMTests/Golden"
GENERATION = ROOT / "Tests/GenerationTests/Golden"
WORDS = ROOT / "Tools/golden/words"  # the tokenizer, template and special ids of every golden file

VERSIONS = {
    "transformers": transformers.__version__,
    "torch": torch.__version__.split("+")[0],
    "torchvision": torchvision.__version__.split("+")[0],
}


def frame(f: int, width: int, height: int) -> np.ndarray:
    """Frame `f` of the test film, u8 [height, width, 3]: integers only, so that Swift computes the same (see README.md)."""
    y, x, c = np.mgrid[0:height, 0:width, 0:3]
    value = x * x * 3 + y * y * 5 + x * y * 2 + f * 37 + c * 91 + (x * (c + 1) * 7 >> 2) + ((x ^ y) & 15) * 4
    return (value & 255).astype(np.uint8)


def film(first: int, count: int, width: int, height: int) -> np.ndarray:
    """Frames first, first + 1, …: u8 [count, height, width, 3]."""
    return np.stack([frame(first + i, width, height) for i in range(count)])


def write_tensors(path: Path, tensors: dict[str, torch.Tensor | np.ndarray], metadata: dict) -> None:
    """A safetensors file in the order given. Numbers become F32, u8 stays U8.

    The `safetensors` package writes its metadata in the order of a hash table, which differs from run to run.
    """
    arrays = {}
    for name, tensor in tensors.items():
        array = tensor.detach().numpy() if isinstance(tensor, torch.Tensor) else np.asarray(tensor)
        if array.dtype != np.uint8:
            if np.issubdtype(array.dtype, np.integer):
                assert np.abs(array).max(initial=0) < 2**24, f"{name}: not exact in F32"
            array = array.astype(np.float32)
        assert np.isfinite(array).all(), f"{name} is not finite"
        arrays[name] = np.ascontiguousarray(array)

    strings = {key: value if isinstance(value, str) else dump(value) for key, value in metadata.items()}
    header, offset = {"__metadata__": strings}, 0
    for name, array in arrays.items():
        kind = "U8" if array.dtype == np.uint8 else "F32"
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [offset, offset + array.nbytes]}
        offset += array.nbytes
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)

    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(array.tobytes() for array in arrays.values()))


def dump(value) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=False)


def write_json(path: Path, versions: dict, rows: dict[str, list]) -> None:
    """One JSON object; each list in it has one element a line, so that a change of one case shows as one line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    blocks = [f'"versions": {dump(versions)}']
    for key, elements in rows.items():
        blocks.append(f'"{key}": [\n' + ",\n".join("  " + dump(element) for element in elements) + "\n]")
    path.write_text("{\n" + ",\n".join(blocks) + "\n}\n", encoding="utf-8")
