#!/usr/bin/env python3
"""Makes Tests/MediaTests/Golden: tiny clips, and what OpenCV, numpy, Python and ffmpeg say about them.

usage: media.py OUTDIR        needs: ffmpeg, opencv-python-headless, numpy, pillow

clips.json   per clip: frame count, upright size, and per frame its time and the mean colours of a 4x4 grid of tiles,
             taken from `ffmpeg -pix_fmt rgb24` (which turns pictures upright). Means, not hashes: swscale's last bit
             differs between versions and machines.
numbers.json numpy's linspace indices, and Python's round(x, 2) and repr.
"""

import json, random, subprocess, sys
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

OUT = Path(sys.argv[1])
X264 = ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-g", "12"]


def ffmpeg(*arguments):
    return subprocess.run(
        ["ffmpeg", "-nostdin", "-v", "error", "-y", *map(str, arguments)], check=True, capture_output=True
    ).stdout


def source(size="64x48", rate="10", seconds="3"):
    return ["-f", "lavfi", "-i", f"testsrc2=size={size}:rate={rate}:duration={seconds}"]


def make(name, *arguments):
    ffmpeg(*arguments, "-threads", "1", "-fflags", "+bitexact", "-flags:v", "+bitexact", OUT / name)


def times_of(path):
    """Presentation times, in order, of the frames that ffprobe decodes."""
    text = subprocess.run(
        [
            "ffprobe",
            "-v",
            "error",
            "-select_streams",
            "v:0",
            "-show_entries",
            "frame=best_effort_timestamp_time",
            "-of",
            "csv=p=0",
            path,
        ],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    times = [float(line.strip(",")) for line in text.split()]
    return [round(t - times[0], 2) for t in times]


def tiles(path, width, height):
    raw = ffmpeg("-i", path, "-vsync", "passthrough", "-f", "rawvideo", "-pix_fmt", "rgb24", "-")
    frames = np.frombuffer(raw, np.uint8).reshape(-1, height, width, 3).astype(float)
    rows, columns = np.linspace(0, height, 5, dtype=int), np.linspace(0, width, 5, dtype=int)
    return [
        [
            round(float(f[rows[i] : rows[i + 1], columns[j] : columns[j + 1], c].mean()), 2)
            for i in range(4)
            for j in range(4)
            for c in range(3)
        ]
        for f in frames
    ]


def clips():
    make("bframes.mp4", *source(), *X264, "-bf", "3")
    # Pyramids of B-frames under a chain of P-frames that leans on one picture, on five, and on B-frames too.
    pyramid = ["-bf", "5", "-b_strategy", "0", "-g", "60"]
    make("pyramid1.mp4", *source(seconds="6"), *X264, *pyramid, "-preset", "veryfast")
    make("pyramid5.mkv", *source(seconds="6"), *X264, *pyramid, "-preset", "slow", "-x264-params", "b-pyramid=normal")
    make("pyramid-strict.ts", *source(seconds="6"), *X264, *pyramid, "-x264-params", "b-pyramid=strict:ref=2:slices=2")
    make("pyramid-open.mp4", *source(seconds="6"), *X264, "-bf", "3", "-g", "15", "-x264-params", "open-gop=1:ref=1")

    make("ntsc.mkv", *source(rate="30000/1001"), *X264, "-g", "30")
    make("fragmented.mp4", *source(), *X264, "-movflags", "+frag_keyframe+empty_moov")
    make("transport.ts", *source(), *X264, "-muxdelay", "0")
    make(
        "hevc.mp4",
        *source(),
        "-c:v",
        "libx265",
        "-preset",
        "fast",
        "-x265-params",
        "log-level=none:keyint=10:open-gop=1:pools=1",
    )
    make(
        "ten-bit.mkv",
        *source(),
        "-c:v",
        "libx265",
        "-preset",
        "fast",
        "-pix_fmt",
        "yuv420p10le",
        "-x265-params",
        "log-level=none:pools=1",
    )
    make(
        "bt709.mp4",
        *source(),
        *X264,
        "-vf",
        "scale=out_color_matrix=bt709",
        "-colorspace",
        "bt709",
        "-color_primaries",
        "bt709",
        "-color_trc",
        "bt709",
    )
    make("full-range.mov", *source(), "-c:v", "mjpeg", "-pix_fmt", "yuvj420p")
    make("odd.mkv", *source("33x25"), "-c:v", "ffv1", "-pix_fmt", "yuv444p")
    make("gray.mkv", *source(), "-c:v", "ffv1", "-pix_fmt", "gray")
    make("vp9.webm", *source(), "-c:v", "libvpx-vp9", "-cpu-used", "8", "-deadline", "realtime", "-g", "12")
    make(
        "vp8.webm",
        *source(),
        "-c:v",
        "libvpx",
        "-auto-alt-ref",
        "1",
        "-lag-in-frames",
        "16",
        "-g",
        "12",
        "-b:v",
        "200k",
    )
    make(
        "av1.mp4",
        *source("64x64", "8", "1"),
        "-c:v",
        "libaom-av1",
        "-cpu-used",
        "8",
        "-usage",
        "realtime",
        "-pix_fmt",
        "yuv420p",
    )
    make("mpeg4.avi", *source(), "-c:v", "mpeg4", "-g", "12")
    make("animated.gif", *source(seconds="1"))
    make("variable.mp4", *source(rate="30"), "-vf", "select='lt(mod(n,30),3)+eq(n,7)+gt(n,70)'", "-vsync", "vfr", *X264)
    make("late.mkv", *source(), *X264, "-output_ts_offset", "86400")
    make("negative.mkv", *source(), *X264, "-output_ts_offset", "-1", "-avoid_negative_ts", "disabled")
    make("one.mp4", *source(), *X264, "-frames:v", "1")
    make("edited.mp4", "-ss", "0.55", "-i", OUT / "bframes.mp4", "-c", "copy")
    for angle in (90, 180, 270):
        make(f"turned{angle}.mp4", "-i", OUT / "bframes.mp4", "-c", "copy", "-metadata:s:v:0", f"rotate={angle}")
    make("still.png", *source(), "-frames:v", "1")
    make("still.jpg", *source(), "-frames:v", "1")
    make(
        "alpha.png",
        "-f",
        "lavfi",
        "-i",
        "testsrc2=size=64x48:rate=1:duration=1,format=rgba,colorchannelmixer=aa=0.5",
        "-frames:v",
        "1",
    )
    make("still.webp", *source(), "-frames:v", "1", "-c:v", "libwebp", "-lossless", "1")

    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: turn a quarter to the right
    Image.open(OUT / "still.png").convert("RGB").save(OUT / "turned90.jpg", exif=exif, quality=90)

    constant = {
        "bframes.mp4",
        "ntsc.mkv",
        "fragmented.mp4",
        "hevc.mp4",
        "ten-bit.mkv",
        "bt709.mp4",
        "full-range.mov",
        "odd.mkv",
        "gray.mkv",
        "vp9.webm",
        "vp8.webm",
        "av1.mp4",
        "mpeg4.avi",
        "turned90.mp4",
    }  # not late.mkv: OpenCV counts 864030 frames there
    golden = {}
    for path in sorted(OUT.iterdir()):
        if path.suffix == ".json":
            continue
        width, height = (
            int(x)
            for x in subprocess.run(
                [
                    "ffprobe",
                    "-v",
                    "error",
                    "-select_streams",
                    "v:0",
                    "-show_entries",
                    "stream=width,height",
                    "-of",
                    "csv=p=0:s=x",
                    path,
                ],
                check=True,
                capture_output=True,
                text=True,
            )
            .stdout.split()[0]
            .split("x")[:2]
        )
        if "turned90" in path.name or "turned270" in path.name:
            width, height = height, width
        if path.suffix in (".png", ".jpg", ".webp"):
            times = [0.0]
        elif path.name == "negative.mkv":  # libavformat gives no times below 0, so that frames are counted
            times = [round(i / 10, 2) for i in range(30)]
        else:
            times = times_of(path)
        if path.name in constant:  # by OpenCV's count and rate, which is what the original app prints
            video = cv2.VideoCapture(str(path))
            fps = video.get(cv2.CAP_PROP_FPS)
            times = [round(i / fps, 2) for i in range(int(video.get(cv2.CAP_PROP_FRAME_COUNT)))]
        golden[path.name] = dict(width=width, height=height, times=times, tiles=tiles(path, width, height))
        assert len(times) == len(golden[path.name]["tiles"]), (path, len(times), len(golden[path.name]["tiles"]))
    (OUT / "clips.json").write_text(json.dumps(golden, separators=(",", ":")))


def numbers():
    rng = random.Random(1)
    cases = [
        (n, total)
        for n in (1, 2, 3, 7, 10, 16, 40)
        for total in (1, 2, 9, 10, 11, 100, 300, 301, 8999, 18000, 123457)
        if n <= total
    ]
    linspace = [dict(n=n, total=t, indices=np.linspace(0, t - 1, n, dtype=int).tolist()) for n, t in cases]
    xs = [i / 30 for i in range(400)] + [i / 29.97 for i in range(400)] + [k / 1000 for k in range(0, 2000, 5)]
    xs += [rng.uniform(0, 1e6) for _ in range(300)] + [0.005, 0.015, 0.025, 1.005, 2.675, 0.125, 0.375, 1e15]
    rounded = [dict(x=x, rounded=round(x, 2), repr=repr(round(x, 2))) for x in xs]
    (OUT / "numbers.json").write_text(json.dumps(dict(linspace=linspace, rounded=rounded), separators=(",", ":")))


OUT.mkdir(parents=True, exist_ok=True)
clips()
numbers()
