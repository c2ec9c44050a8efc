"""Two short films, made anew for each run of the tests: 640 by 360, 25 frames a second, H.264."""

import atexit
import pathlib
import subprocess
import tempfile

FOLDER = tempfile.TemporaryDirectory()
atexit.register(FOLDER.cleanup)


def make(name, seconds, background, colour, way):
    """A square of a colour that goes its way over a background."""
    path = pathlib.Path(FOLDER.name, name)
    plane = f"color={background}:s=640x360:r=25:d={seconds}"
    square = f"color={colour}:s=96x96:r=25:d={seconds}"
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", plane, "-f", "lavfi", "-i", square, "-filter_complex", f"overlay={way}"]
    subprocess.run([*command, "-pix_fmt", "yuv420p", "-movflags", "faststart", path], check=True)
    return path


FALLS = make("blue-square-falls.mp4", 5, "0xece0c6", "0x2a4fdb", "x=120:y=8+48*t")
LEAVES = make("red-square-leaves.mp4", 4, "0x3c3c46", "0xc23b3b", "x=80+120*t:y=130")
