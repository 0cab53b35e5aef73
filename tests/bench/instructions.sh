#!/usr/bin/env bash
# Instructions and bytes per connection. Instructions are counted by valgrind, so they are the same
# on every run and whatever else the machine does; two lengths are run, and their difference is
# divided, so that start-up does not count.
set -euo pipefail
bench=$1

count() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$bench" "$1" 2>&1 >/dev/null |
        sed -n 's/.*Collected : *\([0-9]*\).*/\1/p'
}

if command -v valgrind >/dev/null; then
    few=$(count 1000)
    many=$(count 3000)
    echo "instructions per connection lifecycle, both ends: $(((many - few) / 2000))"
else
    echo "instructions per connection lifecycle: not measured, valgrind is not installed"
fi
"$bench" bytes
"$bench" 100000
