#!/usr/bin/env bash
# The program from outside: exit codes, one-line errors, clean standard output.
# Usage: cli_test.sh PROGRAM
set -uo pipefail
program=$(realpath "$1")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
failures=0

fail() {
    failures=$((failures + 1))
    echo "FAILED  $*"
    sed 's/^/        | /' out err 2>/dev/null | head -n 5
}

# runs EXPECTED_STATUS ARGUMENT...: leaves out and err behind.
runs() {
    local expected=$1 status=0
    shift
    "$program" "$@" >out 2>err </dev/null || status=$?
    if [ "$status" -ne "$expected" ]; then
        fail "synq $*: exit status $status, expected $expected"
        return 1
    fi
}

# refuses PATTERN ARGUMENT...: status 2, one line "synq: error: ..." that matches, nothing on stdout.
refuses() {
    local pattern=$1
    shift
    runs 2 "$@" || return
    [ -s out ] && fail "synq $*: something on standard output"
    [ "$(wc -l <err)" -eq 1 ] || fail "synq $*: $(wc -l <err) lines on standard error"
    grep -qE "^synq: error: .*($pattern)" err || fail "synq $*: no line with '$pattern'"
}

# A run that takes no time: nobody listens, or few do.
cat >small.toml <<'END'
title = "One connection"
[[host]]
name = "server"
[[process]]
name = "server"
host = "server"
program = """
fd = socket(AF_INET, SOCK_STREAM)
bind(fd, 8000)
listen(fd, 1)
c = accept(fd)
close(c)
close(fd)
"""
[[process]]
name = "client"
host = "server"
program = """
fd = socket(AF_INET, SOCK_STREAM)
connect(fd, server:8000)
close(fd)
"""
END
{ cat small.toml; printf '[[expect]]\ncounter = "PassiveOpens"\nhost = "server"\nequals = 1\n'; } >kept.toml
{ cat small.toml; printf '[[expect]]\ncounter = "PassiveOpens"\nhost = "server"\nequals = 2\n'; } >broken.toml
{
    cat small.toml
    printf '[[case]]\nname = "good"\ntitle = "kept"\nset = {}\n'
    printf '[[case.expect]]\ncounter = "PassiveOpens"\nhost = "server"\nequals = 1\n'
    printf '[[case]]\nname = "bad"\ntitle = "broken"\nclock = "exact"\n'
    printf '[[case.expect]]\ncounter = "PassiveOpens"\nhost = "server"\nequals = 7\n'
} >cases.toml
sed 's/^title/titel/' small.toml >misspelt.toml
sed 's/listen(fd, 1)/listn(fd, 1)/' small.toml >misspelt-call.toml
: >empty.toml
mkdir folder

# What works.
runs 0 run small.toml && { grep -q 'connected at once' out || fail "run: no verdict"; }
[ -s err ] && fail "run: something on standard error"
runs 0 run kept.toml && { grep -q '^ok .*PassiveOpens' out || fail "run: expectation not shown"; }
runs 1 run broken.toml && { grep -q '^FAILED .*PassiveOpens.*broken.toml:' out || fail "run: failed expectation not shown"; }
runs 0 run small.toml --quiet && { grep -q -- '-->' out && fail "run --quiet: a ladder"; }
runs 0 run small.toml --segments
runs 0 run small.toml --no-color && { grep -q $'\033' out && fail "run: colours in a pipe"; }
runs 0 list && { grep -q '^six-clients  ' out || fail "list: no six-clients"; }
runs 0 list cases.toml && { grep -q '^good  *kept$' out || fail "list FILE: no case"; }
runs 0 list small.toml && { grep -q 'has no cases' out || fail "list FILE: cases out of nothing"; }
runs 0 run cases.toml --case good && { grep -q '^ok .*PassiveOpens' out || fail "run --case: no expectation"; }
runs 1 run cases.toml --case bad
runs 0 run cases.toml --case bad --clock wheel
runs 1 run cases.toml --cases
grep -q '^good  *1  *1  kept$' out || fail "run --cases: no line for a case that is kept"
grep -q '^bad: FAILED .*PassiveOpens.*found 1 ' out || fail "run --cases: a broken promise is not told"
runs 1 run cases.toml --cases --quiet && { [ "$(wc -l <out)" -eq 1 ] || fail "run --cases --quiet: more than what is broken"; }
runs 1 run cases.toml --cases --out cases.txt && { [ -s cases.txt ] || fail "run --cases --out: no file"; }
runs 0 profiles && { grep -q '^linux-6.18  ' out || fail "profiles: no linux-6.18"; }
[ "$(awk 'length > 100' out | wc -l)" -eq 0 ] || fail "profiles: wider than 100 columns"
for form in text markdown csv; do
    runs 0 profiles --format "$form" && { grep -q 'bsd-4.4' out || fail "profiles --format $form: no bsd-4.4"; }
    runs 0 profiles --format "$form" windows && { grep -q 'KB 113576' out || fail "profiles --format $form NAME: no source"; }
done
runs 0 profiles linux-abort && { grep -q '^linux-6.18-abort$' out || fail "profiles: an alias is not known"; }
refuses "unknown profile 'linux-6.19' .*did you mean 'linux-6.18'" profiles linux-6.19
refuses "'htm' is none of text, markdown, csv" profiles --format htm
# Every profile runs the shipped scenario, and says which settings it has no choice about.
"$program" profiles --format csv | tail -n +2 | cut -d, -f1 >names
[ "$(wc -l <names)" -ge 15 ] || fail "profiles: too few"
while read -r name; do
    runs 0 run six-clients --quiet --profile "$name" && { grep -q '^ended at' out || fail "run --profile $name: no end"; }
done <names
runs 0 run six-clients --quiet && { [ -s err ] && fail "run: something on standard error"; }
"$program" run six-clients --quiet --profile linux-cookie >out 2>err || true
grep -q 'tcp_syncookies stays 2 with profile linux-6.18-cookies, not 1' err || fail "run: fixed setting not told"
runs 0 --version
version=$(sed -n 's/^project(synq VERSION \([0-9.]*\).*/\1/p' "$here/../../CMakeLists.txt" 2>/dev/null)
[ -z "$version" ] || [ "$(cat out)" = "synq $version" ] || fail "--version: not $version"

# Every example of --help works as printed (diff's needs the kernel, which may say no).
for command in "" run list profiles states; do
    runs 0 ${command:+"$command"} --help || continue
    example=$(sed -n '/^Example:/,$ { s/^  *synq //p }' out)
    [ -n "$example" ] || fail "synq $command --help: no example"
    read -ra words <<<"$example"
    runs 0 "${words[@]}"
done
runs 0 diff --help

# JSON: one object and nothing else, the same bytes each time.
runs 0 run small.toml --format json --segments
cp out first.json
if command -v node >/dev/null; then
    node -e 'const o = JSON.parse(require("fs").readFileSync("out", "utf8"));
             if (o.processes.length !== 2 || o.segments.length === 0) process.exit(1)' ||
        fail "run --format json: not the object that was promised"
fi
runs 0 run small.toml --format json --segments
cmp -s out first.json || fail "run: two runs, two results"
runs 1 run broken.toml --format json && { grep -q PassiveOpens err || fail "json: failed expectation not told"; }

# The tables: every form, by profile, state and event.
runs 0 states && { grep -q '^# Transition tables, linux-6.18$' out || fail "states: no title"; }
cp out default.md
runs 0 states --format markdown --profile linux-6.18 && { cmp -s out default.md || fail "states: not the default profile"; }
runs 0 states --profile all && { grep -q '^# Transition tables, every profile$' out || fail "states --profile all: no title"; }
for form in markdown csv matrix dot mermaid svg; do
    runs 0 states --format "$form" && { grep -q 'CLOSE-WAIT' out || fail "states --format $form: no CLOSE-WAIT"; }
    cp out all
    runs 0 states --format "$form" --state last-ack --event Close
    { [ -s out ] && [ "$(wc -c <out)" -lt "$(wc -c <all)" ]; } || fail "states --format $form: not less with filters"
    runs 0 states --format "$form" --out states.txt
    [ -s out ] && fail "states --format $form --out: something on standard output"
    cmp -s states.txt all || fail "states --format $form --out: not the same as on standard output"
done
runs 0 states --format csv --state syn-recv && { grep -q '(active),SEND' out && grep -q '(request),any segment' out || fail "states --state syn-recv: not both kinds"; }
runs 0 states --format csv --state ESTAB --event FIN --state CLOSE-WAIT && { [ "$(wc -l <out)" -eq 6 ] || fail "states: two states, one event"; }
refuses "unknown state 'CLOSE-WIAT' .*did you mean 'CLOSE-WAIT'" states --state CLOSE-WIAT
refuses "unknown state 'zzz' .*states: CLOSED, " states --state zzz
refuses "unknown event 'FINN' .*did you mean 'FIN'" states --format svg --event FINN
refuses "unknown profile 'linux-6.19' .*did you mean 'linux-6.18'" states --profile linux-6.19
refuses "'svgg' is none of .*did you mean 'svg'" states --format svgg
refuses "No such file or directory" states --out missing/states.md

# --out: the file instead of standard output, complete or not at all.
runs 0 run small.toml --format json --segments --out result.json
[ -s out ] && fail "--out: something on standard output"
cmp -s result.json first.json || fail "--out: not the same as on standard output"
refuses 'Is a directory' run small.toml --out folder
refuses 'No such file or directory' run small.toml --out missing/result.txt
refuses 'No space left on device' run small.toml --out /dev/full

# --pcap: beside what is printed, and the same each time. What it holds: tests/cli/pcap_test.sh.
runs 0 run small.toml --format json --segments --pcap small.pcapng
cmp -s out first.json || fail "--pcap: changes what is printed"
cp small.pcapng again.pcapng
runs 0 run small.toml --quiet --pcap small.pcapng
cmp -s small.pcapng again.pcapng || fail "--pcap: not the same the second time"
refuses 'No such file or directory' run small.toml --pcap missing/small.pcapng
refuses 'No space left on device' run small.toml --pcap /dev/full
refuses 'same file, both.txt' run small.toml --pcap both.txt --out both.txt
refuses 'does not go with --pcap' run cases.toml --cases --pcap small.pcapng
[ "$(find . -name '*unfinished*' | wc -l)" -eq 0 ] || fail "--out, --pcap: left something behind"

# What does not work.
refuses "titel.*title" run misspelt.toml
refuses "misspelt-call.toml:[0-9]+:[0-9]+: .*listn.*listen" run misspelt-call.toml
refuses "empty.toml" run empty.toml
refuses "folder.*directory" run folder
refuses "missing.toml" run missing.toml
refuses "six-clients" run six-client
refuses "unknown command 'rnu' .*run" rnu
refuses "no command" 
refuses "needs a scenario" run
refuses "unknown option '--profil' .*--profile" run small.toml --profil 3
refuses "unexpected argument" run small.toml small.toml
refuses "linux-7.99" run small.toml --profile linux-7.99
refuses "is not NAME=VALUE" run small.toml --set backlog
refuses "backlgo.*backlog" run six-clients --set backlgo=2
refuses "--seed" run small.toml --seed many
refuses "--seed needs a value" run small.toml --seed
refuses "--clock" run small.toml --clock late
refuses "--format" run small.toml --format xml
refuses "no case 'god' .*did you mean 'good'" run cases.toml --case god
refuses "has no cases" run small.toml --cases
refuses "does not go with --case" run cases.toml --cases --case good
refuses "does not go with --set" run cases.toml --cases --set a=1
refuses "unknown option '--cases'" diff cases.toml --cases

# The peer: lines in, answers out.
# talks EXPECTED_STATUS LINES ARGUMENT...: LINES as printf takes them; leaves out and err behind.
talks() {
    local expected=$1 lines=$2 status=0
    shift 2
    printf "$lines" | "$program" peer "$@" >out 2>err || status=$?
    [ "$status" -eq "$expected" ] || fail "peer: '$lines' gives exit status $status"
}
says() {
    printf "$1" | cmp -s - out || fail "peer does not say '$1'"
}
talks 0 'CALL LISTEN\r\nSTATE\nSEG SYN 1000 0 0'
sed -i -E 's/SYN\+ACK [0-9]+/SYN+ACK N/' out
says 'END\nSTATE LISTEN\nOUT SYN+ACK N 1001 0\nEND\n'
talks 0 ''
says ''
talks 0 '\nSTATE \0\nSTATE\n'
says 'ERR an empty line\nERR an octet that is not printable ASCII\nSTATE CLOSED\n'
talks 0 'CALL LISTEN\nSEG SYN 1 0 0\nRESET\nCALL LISTEN\nSEG SYN 1 0 0\n'
[ "$(sed -n 2p out)" = "$(sed -n 6p out)" ] || fail "peer: not the same after RESET"
[ "$(grep -c '^OUT SYN+ACK' out)" = 2 ] || fail "peer: two SYN+ACKs expected"
# One refusal is a reply to an invalid segment: with the usual limit the second one is missing.
lines='CALL CONNECT\nSEG SYN 1 0 0\nSEG SYN 9 0 0\nSEG SYN 9 0 0\n'
talks 0 "$lines" && plain=$(grep -c ^OUT out)
talks 0 "$lines" --set net.ipv4.tcp_invalid_ratelimit=500 && limited=$(grep -c ^OUT out)
[ "$limited" -lt "$plain" ] || fail "peer: --set net.ipv4.tcp_invalid_ratelimit changes nothing"
refuses "linux-7.99.*linux-6.18" peer --profile linux-7.99
refuses "tcp_sak.*net.ipv4.tcp_sack" peer --set net.ipv4.tcp_sak=1
refuses "from 0 to 1, not '2'" peer --set net.ipv4.tcp_sack=2
refuses "from 0 to 1, not 'x'" peer --set net.ipv4.tcp_sack=x
refuses "unexpected argument" peer lines.txt
"$program" peer <. >out 2>err
[ $? -eq 2 ] || fail "peer: a folder as input is not exit status 2"

# The example of its help works as printed.
runs 0 peer --help
example=$(sed -n '/^Example:/,$p' out | sed -n '2s/^ *//p')
PATH="$(dirname "$program"):$PATH" sh -c "$example" >out 2>err || fail "peer: '$example' fails"
grep -q '^OUT SYN+ACK [0-9]* 1001 0$' out || fail "peer: '$example' prints something else"

# An answer comes before the next line is written; an interrupt ends the waiting.
coproc PEER { exec "$program" peer 2>err; }
peer=$PEER_PID
for i in 1 2 3; do
    echo STATE >&"${PEER[1]}"
    read -r answer <&"${PEER[0]}"
    [ "$answer" = "STATE CLOSED" ] || fail "peer: no answer while input goes on"
done
kill -INT "$peer"
wait "$peer"
[ $? -eq 130 ] || fail "peer: SIGINT is not exit status 130"
[ -s err ] && fail "peer: SIGINT leaves something on standard error"

# A reader that goes away, and none at all.
status=$( { { yes STATE | "$program" peer 2>err; echo "${PIPESTATUS[1]}" >&3; } | head -n 1 >/dev/null; } 3>&1)
[ "$status" = 0 ] || fail "peer | head -n 1: exit status $status"
[ -s err ] && fail "peer | head -n 1: something on standard error"
echo STATE | "$program" peer >&- 2>err || fail "peer >&-: exit status $?"
"$program" peer <&- >out 2>err || fail "peer <&-: exit status $?"
if [ -e /dev/full ]; then
    echo STATE | "$program" peer >/dev/full 2>err
    [ $? -eq 2 ] || fail "peer >/dev/full: not exit status 2"
fi

# A reader that goes away, and no standard output at all: quiet, and the run's own exit code.
status=$( { { "$program" run six-clients 2>err; echo $? >&3; } | head -n 1 >/dev/null; } 3>&1)
[ "$status" = 0 ] || fail "run | head -n 1: exit status $status"
[ -s err ] && fail "run | head -n 1: something on standard error"
"$program" run small.toml >&- 2>err || fail "run >&-: exit status $?"
[ -s err ] && fail "run >&-: something on standard error"
if [ -e /dev/full ]; then
    "$program" run small.toml >/dev/full 2>err
    [ $? -eq 2 ] || fail "run >/dev/full: not exit status 2"
fi

# Ctrl-C during a long run: what happened until then.
cat >long.toml <<'END'
[[host]]
name = "server"
[[process]]
name = "server"
host = "server"
program = """
fd = socket(AF_INET, SOCK_STREAM)
loop {
    sleep(1ms)
    shutdown(fd, SHUT_RD)
}
"""
END
# timeout waits for real time, but nothing here depends on how much of it passes.
# --foreground: one signal, as from a key; otherwise timeout sends it to the group as well, and a
# second one ends the program at once.
timeout --foreground --signal=INT 1 "$program" run long.toml --quiet >out 2>err
status=$?
grep -q '^interrupted at ' out || fail "SIGINT: no partial result (status $status)"
timeout --foreground --preserve-status --signal=INT 1 "$program" run long.toml --quiet >out 2>err
[ $? -eq 130 ] || fail "SIGINT: not exit status 130"

if [ "$failures" -ne 0 ]; then
    echo "$failures failed"
    exit 1
fi
echo "all passed"
