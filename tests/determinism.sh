#!/usr/bin/env bash
# Equal input, equal bytes: every program given runs every case twice, and all outputs must be the same.
# Usage: tests/determinism.sh PROGRAM...   (tests/run.sh gives g++ -O0, g++ -O3 and clang -O3)
set -euo pipefail
[ $# -gt 0 ] || { echo "usage: tests/determinism.sh PROGRAM..."; exit 2; }
programs=("$@")
for program in "${programs[@]}"; do
    [ -x "$program" ] || { echo "there is no program $program"; exit 2; }
done
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# Every shipped scenario under both clocks and another seed, and the six clients with other parameters.
cases=()
for file in "$root"/sim/scenarios/*.toml; do
    name=$(basename "$file" .toml)
    cases+=("$name" "$name --clock exact" "$name --clock wheel --seed 7")
done
for clock in exact wheel; do
    for set in accept_after=5s backlog=5 "rtt=20ms" "rtt=20ms --set syncookies=0" \
        "rtt=50ms --set stagger=3ms --set clients=40" "abort_on_overflow=1 --set rtt=10ms"; do
        cases+=("six-clients --clock $clock --set $set")
    done
done

runs=0 wrong=0 bytes=0
for case in "${cases[@]}"; do
    read -ra words <<<"$case"
    first=
    for program in "${programs[@]}"; do
        for again in 1 2; do
            status=0
            "$program" run "${words[@]}" --format json --segments >"$scratch/now" 2>"$scratch/said" || status=$?
            runs=$((runs + 1))
            # 1 is a scenario's expectation that these parameters do not meet: an answer like any other.
            if [ "$status" -gt 1 ] || [ ! -s "$scratch/now" ]; then
                echo "FAILED $program run $case: exit status $status, $(wc -c <"$scratch/now") bytes"
                head -n 5 "$scratch/said"
                wrong=$((wrong + 1))
                continue
            fi
            echo "exit status $status" >>"$scratch/now"
            if [ -z "$first" ]; then
                first="$program, run $again"
                mv "$scratch/now" "$scratch/first"
                size=$(wc -c <"$scratch/first")
                bytes=$((bytes + size))
                sum=$(sha256sum <"$scratch/first" | cut -c1-12)
            elif ! cmp -s "$scratch/first" "$scratch/now"; then
                echo "DIFFERENT $case: $program, run $again, against $first"
                diff "$scratch/first" "$scratch/now" | cut -c1-200 | head -n 10 || true
                wrong=$((wrong + 1))
            fi
        done
    done
    [ -z "$first" ] || echo "$sum  $size bytes  synq run $case"
done
echo "${#cases[@]} cases x ${#programs[@]} programs x 2 = $runs runs, $bytes bytes compared, $wrong wrong"
[ "$wrong" -eq 0 ]
