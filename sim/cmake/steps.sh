# For sim/demo.sh and tests/run.sh: commands that stay quiet until something goes wrong.
# shellcheck shell=bash

if [ -t 1 ]; then on_terminal=1; else on_terminal=0; fi
jobs=$(nproc 2>/dev/null || echo 2)

# quietly LOG COMMAND...: output goes to LOG; on a terminal its last line is shown while it runs.
# When the command fails the end of LOG is printed, LOG stays, and its status is returned.
quietly() {
    local log=$1 status=0
    shift
    mkdir -p "$(dirname "$log")"
    if [ "$on_terminal" = 1 ]; then
        local width line
        width=$(tput cols 2>/dev/null || echo 80)
        "$@" 2>&1 | tee "$log" | while IFS= read -r line; do
            printf '\r\033[K%s' "${line:0:width-1}"
        done || status=$?
        printf '\r\033[K'
    else
        "$@" >"$log" 2>&1 || status=$?
    fi
    if [ "$status" -ne 0 ]; then
        tail -n 60 "$log"
        echo "The whole log: $log"
    fi
    return "$status"
}

# build PRESET [TARGET...]
build() {
    local preset=$1
    shift
    local targets=()
    [ $# -eq 0 ] || targets=(--target "$@")
    cmake --preset "$preset" && cmake --build --preset "$preset" --parallel "$jobs" "${targets[@]}"
}
