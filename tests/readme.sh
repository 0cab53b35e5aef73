#!/usr/bin/env bash
# A document is true: every command in its ```console blocks runs as printed and prints what is
# shown. A line "..." stands for lines left out.
# Usage: tests/readme.sh README PROGRAM
set -euo pipefail
readme=$1
program=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# compare SHOWN GOT: the shown text, with "..." lines as gaps, against what was printed.
compare() {
    awk -v shown="$1" '
        BEGIN {
            while ((getline line < shown) > 0) want[++wanted] = line
            at = 1
        }
        {
            if (want[at] == "...") {
                if (at < wanted && $0 == want[at + 1]) at += 2
                next
            }
            if ($0 != want[at]) { print "expected: " want[at]; print "printed:  " $0; bad = 1; exit 1 }
            at++
        }
        END {
            if (bad) exit 1
            if (want[at] == "...") at++
            if (at <= wanted) { print "missing:  " want[at]; exit 1 }
        }' "$2"
}

commands=0 wrong=0 command=
check() {
    [ -n "$command" ] || return 0
    commands=$((commands + 1))
    local status=0
    # The program under test stands in for the one that the README names.
    sh -c "${command//build\/release\/synq/$program}" >"$work/got" 2>&1 || status=$?
    sed -i 's/[[:space:]]*$//' "$work/got" "$work/shown"
    if ! compare "$work/shown" "$work/got"; then
        echo "FAILED (exit status $status): $command"
        wrong=$((wrong + 1))
    fi
}

inside=0
while IFS= read -r line; do
    if [ "$line" = '```console' ]; then
        inside=1 command=
    elif [ "$inside" = 1 ] && [ "$line" = '```' ]; then
        check
        inside=0
    elif [ "$inside" = 1 ] && [[ $line == '$ '* ]]; then
        check
        command=${line#\$ }
        : >"$work/shown"
    elif [ "$inside" = 1 ]; then
        printf '%s\n' "$line" >>"$work/shown"
    fi
done <"$readme"
echo "$commands commands of $(basename "$readme"), $wrong wrong"
[ "$wrong" -eq 0 ] && [ "$commands" -gt 0 ]
