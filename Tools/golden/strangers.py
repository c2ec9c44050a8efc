"""Random checkpoints and films for compare.py: everything from one seed."""

import random
import shutil
import subprocess
from pathlib import Path

import torch


def recipe(dice: random.Random) -> dict:
    """A checkpoint of random shape, as checkpoints.py wants it."""
    head = dice.choice([8, 16, 24, 32, 64])
    groups, key_heads = dice.choice([(1, 1), (2, 1), (4, 1), (1, 2), (2, 2), (3, 2), (1, 3)])
    hidden = head * groups * key_heads
    rotary = dice.choice([part for part in (0.25, 0.5, 0.75, 1.0) if int(head * part) % 2 == 0 and int(head * part) >= 6])
    pairs = int(head * rotary) // 2
    first, second = sorted(dice.sample(range(1, pairs), 2))
    vision_head, vision_heads = dice.choice([8, 16, 24, 40]), dice.choice([1, 2, 3])
    text = dict(
        vocab_size=477, hidden_size=hidden, intermediate_size=dice.randint(20, 200), num_hidden_layers=dice.randint(1, 4),
        num_attention_heads=groups * key_heads, num_key_value_heads=key_heads, max_position_embeddings=8192,
        rms_norm_eps=dice.choice([1e-3, 1e-5, 1e-6]), pad_token_id=455,
        rope_parameters={
            "rope_type": "default", "rope_theta": dice.choice([1e3, 1e4, 5e5, 1e6]), "partial_rotary_factor": rotary,
            "mrope_section": [first, second - first, pairs - second],
        },
    )
    if dice.random() < 0.5:
        text["head_dim"] = head
    spelling = dice.choice([4, 5])
    return {
        "seed": dice.randrange(10**6), "spelling": spelling, "text": text,
        "dtype": dice.choice([torch.float32, torch.bfloat16, torch.float16]),
        "shard_size": dice.choice(["50GB", "300KB"]),
        "eos": dice.choice([462, [455, 462, 464]]),
        "vision": dict(
            hidden_size=vision_head * vision_heads, depth=dice.randint(1, 3), num_heads=vision_heads,
            out_hidden_size=hidden, intermediate_size=dice.randint(20, 150), image_size=dice.choice([56, 84, 112, 336]),
            rms_norm_eps=dice.choice([1e-3, 1e-5]),
        ),
        "image_size": {"shortest_edge": 2 * 28 * 28 * dice.randint(1, 6), "longest_edge": 2 * 28 * 28 * dice.randint(8, 30)},
        "video_size": {"shortest_edge": 2 * 28 * 28 * dice.randint(1, 6), "longest_edge": 2 * 28 * 28 * dice.randint(60, 200)},
    }


def wide() -> dict:
    """Two layers of each as wide as the 9B's: 1.3 GB of random numbers."""
    return {
        "seed": 5, "spelling": 4, "dtype": torch.bfloat16, "shard_size": "1GB", "eos": [455, 462, 464],
        "text": dict(
            vocab_size=477, hidden_size=4096, intermediate_size=13696, num_hidden_layers=2, num_attention_heads=32,
            num_key_value_heads=2, max_position_embeddings=65536, rms_norm_eps=1e-5, pad_token_id=455,
            rope_parameters={
                "rope_type": "default", "rope_theta": 10000.0, "partial_rotary_factor": 0.5, "mrope_section": [8, 12, 12],
            },
        ),
        "vision": dict(
            hidden_size=1536, depth=2, num_heads=12, out_hidden_size=4096, intermediate_size=13696, image_size=336,
            rms_norm_eps=1e-5,
        ),
        "image_size": {"shortest_edge": 12544, "longest_edge": 9633792},
        "video_size": {"shortest_edge": 12544, "longest_edge": 47040000},
    }


def film(dice: random.Random, folder: Path, name: str) -> Path:
    """A film of constant rate made by ffmpeg."""
    width, height = dice.randint(16, 160) * 2, dice.randint(16, 120) * 2
    rate = dice.choice(["10", "12", "24000/1001", "24", "25", "30000/1001", "30", "50"])
    count = dice.choice([1, 2, 5, 10, 11, 40, 73, 120, 250])
    suffix, codec = dice.choice([
        ("mp4", ["-c:v", "libx264", "-pix_fmt", "yuv420p"]),
        ("mp4", ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-bf", "0", "-g", "12"]),
        ("mkv", ["-c:v", "ffv1", "-pix_fmt", "bgr0"]),
        ("mp4", ["-c:v", "mpeg4", "-q:v", "3"]),
        ("webm", ["-c:v", "libvpx-vp9", "-pix_fmt", "yuv420p", "-cpu-used", "8", "-deadline", "realtime"]),
    ])
    source = dice.choice(["testsrc2", "testsrc", "mandelbrot", "life=random_seed=7:mold=10:ratio=0.4:death_color=#C83232:life_color=#00ff00"])
    join = ":" if "=" in source else "="
    path = folder / f"{name}.{suffix}"
    command = [shutil.which("ffmpeg") or "ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", f"{source}{join}size={width}x{height}:rate={rate}",
               "-frames:v", str(count), "-threads", "1", *codec, str(path)]
    subprocess.run(command, check=True)
    return path
