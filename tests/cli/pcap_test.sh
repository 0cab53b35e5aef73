#!/usr/bin/env bash
# Every case of every shipped scenario as a capture: tshark finds nothing malformed, no wrong
# checksum, and takes for retransmissions exactly what the model sent again.
# Usage: pcap_test.sh PROGRAM
set -uo pipefail
program=$(realpath "$1")
if ! command -v tshark >/dev/null 2>&1; then
    echo "skipped: there is no tshark"
    exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
export HOME=$work # tshark's settings of whoever runs this are not wanted
failures=0
captures=0

fail() {
    failures=$((failures + 1))
    echo "FAILED  $*"
}

# One line for each packet: is it malformed, checksums' verdicts, what tshark's TCP analysis thinks of
# it, our comment, and whose it is.
read_capture() {
    tshark -n -r run.pcapng -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE -T fields \
        -e _ws.malformed -e ip.checksum.status -e tcp.checksum.status \
        -e tcp.analysis.retransmission -e tcp.analysis.fast_retransmission \
        -e tcp.analysis.spurious_retransmission -e frame.comment \
        -e tcp.stream -e tcp.srcport -e tcp.flags.syn -e tcp.flags.ack \
        -E separator='|' 2>tshark.err
}

look_at() {
    local scenario=$1 name=$2
    shift 2
    "$program" run "$scenario" "$@" --quiet --pcap run.pcapng >out 2>err || {
        fail "$name: synq run fails: $(head -n 1 err)"
        return
    }
    captures=$((captures + 1))
    read_capture >packets || fail "$name: tshark cannot read it: $(grep -v root tshark.err | head -n 1)"
    [ -s packets ] || fail "$name: no packets"
    awk -F'|' '
        function on(flag) { return flag == 1 || flag == "True" }  # 4.0 and later
        $1 != "" { print "packet " NR " is malformed: " $1; bad = 1 }
        ($2 != "" && $2 != 1) || $3 != 1 { print "packet " NR ": a checksum is wrong"; bad = 1 }
        {
            theirs = $4 != "" || $5 != "" || $6 != ""
            ours = $7 ~ /sent again/
            # A SYN-ACK after a SYN of the same end is a simultaneous open, not a SYN sent again.
            if (on($10) && !on($11)) opened[$8, $9] = 1
            if (on($10) && on($11) && ($8, $9) in opened) next
            if (theirs != ours) { print "packet " NR ": sent again? tshark " theirs ", synq " ours; bad = 1 }
        }
        END { exit bad }' packets >findings || fail "$name: $(head -n 3 findings)"
}

for scenario in $("$program" list | awk 'NR > 1 { print $1 }'); do
    look_at "$scenario" "$scenario"
    for case_name in $("$program" list "$scenario" | awk 'NR > 1 { print $1 }'); do
        look_at "$scenario" "$scenario, $case_name" --case "$case_name"
    done
done

[ "$captures" -ge 81 ] || fail "only $captures captures"
[ "$failures" -eq 0 ] || exit 1
echo "$captures captures, all as tshark expects"
