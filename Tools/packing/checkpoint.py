"""Reads and writes safetensors, as far as the scripts here need it."""

import json
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np


def tensors(path: Path) -> Iterator[tuple[str, dict, bytes]]:
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    for name, info in json.loads(data[8 : 8 + length]).items():
        if name != "__metadata__":
            start, end = info["data_offsets"]
            yield name, info, data[8 + length + start : 8 + length + end]


def matrices(folder: Path) -> Iterator[tuple[str, np.ndarray]]:
    """Every bf16 tensor of two dimensions or more, as f32 [rows, columns]."""
    for name, info, data in tensors(folder / "model.safetensors"):
        if info["dtype"] == "BF16" and len(info["shape"]) > 1:
            wide = np.frombuffer(data, np.uint16).astype(np.uint32) << 16
            yield name, wide.view(np.float32).reshape(info["shape"][0], -1)


def write(path: Path, entries: list[tuple[str, str, tuple[int, ...], bytes]], metadata: dict[str, str]) -> None:
    header, end = {"__metadata__": metadata}, 0
    for name, dtype, shape, data in entries:
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [end, end + len(data)]}
        end += len(data)
    text = json.dumps(header).encode()
    text += b" " * (-(8 + len(text)) % 64)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(data for *_, data in entries))
