"""From seconds and sizes to what the model is given: which frames, how large, which numbers."""
import math

import numpy as np
import torch

IMAGE_AREA = 137000  # longest_edge of preprocessor_config.json: counted over the pair, so at most 84 cells a frame
VIDEO_AREA = 700000  # longest_edge of video_preprocessor_config.json: 446 cells for the whole video
SHORTEST = 12544
MEAN = torch.tensor([0.48145466, 0.4578275, 0.40821073])[:, None, None]
DEVIATION = torch.tensor([0.26862954, 0.26130258, 0.27577711])[:, None, None]


def fit(size, frames=2, area=IMAGE_AREA):
    """(width, height) in pixels, multiples of 28, whose area over all frames is at most `area`."""
    w, h = size
    scale = max(1, 28 / w, 28 / h)
    w, h = int(w * scale), int(h * scale)
    a, b = round(w / 28) * 28, round(h / 28) * 28
    if frames * a * b > area:
        beta = math.sqrt(frames * w * h / area)
        a, b = (max(28, math.floor(n / beta / 28) * 28) for n in (w, h))
    elif frames * a * b < SHORTEST:
        beta = math.sqrt(SHORTEST / (frames * w * h))
        a, b = (math.ceil(n * beta / 28) * 28 for n in (w, h))
    return a, b


def even_times(duration, count, rate=25.0):
    """The times of `count` evenly spaced frames, first and last included, as the app labels them."""
    total = max(1, round(duration * rate))
    indices = dict.fromkeys(np.linspace(0, total - 1, count, dtype=int).tolist())
    return [round(i / rate, 2) for i in indices]


def video_times(duration, rate=25.0):
    """The times of a video's frames, two a second, even in number."""
    total = max(1, round(duration * rate))
    count = max(1, math.floor(total / rate * 2 + 1e-9))
    indices = list(dict.fromkeys(min(total - 1, math.ceil(i * rate / 2)) for i in range(count)))
    if len(indices) % 2:
        indices.append(indices[-1])
    return [i / rate for i in indices]


def normalise(frames):
    """uint8 [..., H, W, 3] -> float [..., 3, H, W]"""
    x = torch.from_numpy(np.ascontiguousarray(frames)).movedim(-1, -3).float() / 255
    return (x - MEAN) / DEVIATION
