#!/bin/sh
# Trains the small model from nothing into the folder $1; $1/model is the result. Phases 0 and 1 do not need each other and run
# side by side, a core each. MINUTES0 and MINUTES2 set how long they take (defaults: 120 and 90 on two free cores).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$1
python=${PYTHON:-python3}
mkdir -p "$out"
# Freed blocks of some megabytes stay with the process: fresh pages cost more than the arithmetic on them.
export MALLOC_MMAP_THRESHOLD_=8000000000 MALLOC_TRIM_THRESHOLD_=16000000000 MALLOC_TOP_PAD_=500000000
"$python" "$here/vision.py" "$out/v0.pt" "${MINUTES0:-120}" > "$out/v0.log" 2>&1 &
tower=$!
trap 'kill $tower 2> /dev/null || true' EXIT
echo "phases 0 and 1: $out/v0.log, $out/p1.log"
"$python" "$here/language.py" "$out/p1.pt" "${MINUTES0:-120}" --phase 1 > "$out/p1.log" 2>&1
wait $tower
echo "phase 2: $out/p2.log"
"$python" "$here/language.py" "$out/p2.pt" "${MINUTES2:-90}" --phase 2 --from "$out/p1.pt" --vision "$out/v0.pt" --workers 2 --rate 0.2 > "$out/p2.log" 2>&1
"$python" "$here/export.py" "$out/p2.pt" "$out/model"
