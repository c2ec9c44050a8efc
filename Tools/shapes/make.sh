#!/bin/sh
# Trains the small model into the folder $1, from nothing or, with a second argument, on from a checkpoint of phase 2
# (a .pt with Adam's moments, or Tools/shapes/checkpoint.safetensors, which has the weights alone).
# MINUTES0, MINUTES1, MINUTES2 set how long each phase takes (defaults: 40, 30, 170: four hours on two free cores).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$1
python=${PYTHON:-python3}
mkdir -p "$out"
# Freed blocks of some megabytes stay with the process: fresh pages cost more than the arithmetic on them.
export MALLOC_MMAP_THRESHOLD_=8000000000 MALLOC_TRIM_THRESHOLD_=16000000000 MALLOC_TOP_PAD_=500000000
if [ $# -gt 1 ]; then
    case $2 in *.safetensors) from=--from ;; *) from=--resume ;; esac
    "$python" "$here/language.py" "$out/p2.pt" "${MINUTES2:-170}" --phase 2 "$from" "$2"
else
    "$python" "$here/vision.py" "$out/v0.pt" "${MINUTES0:-40}"
    "$python" "$here/language.py" "$out/p1.pt" "${MINUTES1:-30}" --phase 1 --vision "$out/v0.pt"
    "$python" "$here/language.py" "$out/p2.pt" "${MINUTES2:-170}" --phase 2 --from "$out/p1.pt"
fi
"$python" "$here/export.py" "$out/p2.pt" "$out/model"
