#!/usr/bin/env bash
# Everything that is checked, on one machine, in one command.
# Usage: tests/run.sh [--quick]     --quick: the sanitized build and its tests only
# The last line counts ctest's tests and this script's own checks: "N passed, N failed, N skipped".
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. sim/cmake/steps.sh

quick=0
case ${1-} in
    "") ;;
    --quick) quick=1 ;;
    *) echo "usage: tests/run.sh [--quick]"; exit 2 ;;
esac
passed=0 failed=0 skipped=0
logs=build/logs

# check NAME COMMAND...: one check of this script.
check() {
    local name=$1 started=$SECONDS
    shift
    if quietly "$logs/$name.log" "$@"; then
        passed=$((passed + 1))
        echo "ok      $name ($((SECONDS - started)) s)"
    else
        failed=$((failed + 1))
        echo "FAILED  $name ($((SECONDS - started)) s)"
        return 1
    fi
}

# run_ctest PRESET [OPTION...]: its tests, counted from ctest's own lines.
run_ctest() {
    local preset=$1
    shift
    local log=$logs/ctest-$preset.log started=$SECONDS status=0 total good left
    local line='^ *[0-9]+/[0-9]+ +Test +#[0-9]+: .*'
    quietly "$log" ctest --preset "$preset" --parallel "$jobs" --no-tests=error "$@" || status=$?
    total=$(grep -cE "$line" "$log" || true)
    good=$(grep -cE "$line [. ]+Passed " "$log" || true)
    left=$(grep -cE "$line\*\*\*(Skipped|Not Run \(Disabled\))" "$log" || true)
    passed=$((passed + good))
    skipped=$((skipped + left))
    failed=$((failed + total - good - left))
    echo "ctest   $preset: $good of $total passed, $left skipped ($((SECONDS - started)) s)"
    # Why a test was skipped stands in its output.
    grep -hE '^(skipped: )' "build/$preset/Testing/Temporary/LastTest.log" 2>/dev/null | sort | uniq -c || true
    if [ "$status" -ne 0 ] && [ $((total - good - left)) -eq 0 ]; then
        failed=$((failed + 1)) # ctest itself did not get as far as the tests
    fi
}

formatted() {
    git ls-files -co --exclude-standard -z -- '*.h' '*.cpp' |
        xargs -0 -r clang-format-19 --dry-run -Werror
}
tidy() {
    cmake --preset clang && tests/tidy.sh build/clang
}

if ! sim/setup.sh test; then
    echo "The tools are not complete, so nothing was checked."
    echo "0 passed, 1 failed, 0 skipped"
    exit 1
fi

# The cheap and likely failures first; the long looks of clang-tidy last.
if [ "$quick" = 0 ]; then
    check format formatted || true
fi
if check build-dev build dev; then run_ctest dev; fi
if [ "$quick" = 0 ]; then
    # What Catch2 tests has been tested under sanitizers; of the release only what it is used for.
    if check build-release build release synq; then
        run_ctest release --tests-regex '^(rooms|package|readme|cli)$'
    fi
    if check build-o0 build o0 synq && check build-clang-release build clang-release synq; then
        if check determinism tests/determinism.sh \
            build/o0/synq build/release/synq build/clang-release/synq; then
            tail -n 1 "$logs/determinism.log"
        fi
    fi
    check tidy tidy || true
fi

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
