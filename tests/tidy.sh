#!/usr/bin/env bash
# clang-tidy over every .cpp of the repository, remembering what was clean.
# Usage: tests/tidy.sh BUILD_FOLDER   (of clang: it holds compile_commands.json)
#
# A file is looked at again when its text, a project header that it reaches, its compile command, a
# .clang-tidy or the tool itself changed. (An upgrade of system headers alone is not noticed: delete
# BUILD_FOLDER/tidy.)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export build=$1 tidy=${CLANG_TIDY:-clang-tidy-19}
export memory=$build/tidy
jobs=$(nproc 2>/dev/null || echo 2)
mkdir -p "$memory"
rm -f "$memory"/*.key

list() { git ls-files -co --exclude-standard -- "$@" | sort | while IFS= read -r f; do [ ! -f "$f" ] || echo "$f"; done; }
mapfile -t sources < <(list '*.cpp')
mapfile -t all < <(list '*.cpp' '*.h')
rules=$( { list '.clang-tidy' '*/.clang-tidy' | xargs cat; "$tidy" --version; } | sha256sum | cut -c1-64)

# One key per .cpp: the rules, its compile command, and the hashes of all files that it reaches.
# Includes are written from the root of the repository, so no compiler is needed to follow them.
{
    sha256sum -- "${all[@]}" | sed 's/^\([0-9a-f]*\) ./sum \1 /'
    grep -Ho '^[ \t]*#[ \t]*include[ \t]*"[^"]*"' -- "${all[@]}" | sed 's/^\([^:]*\):[^"]*"\([^"]*\)"$/use \1 \2/'
    sed -n 's/^ *"command": "\(.*\)",$/cmd \1/p; s/^ *"file": "\(.*\)",*$/of \1/p' "$build/compile_commands.json"
} | awk -v root="$PWD/" -v rules="$rules" -v memory="$memory" '
    $1 == "sum" { sum[$3] = $2; order[++files] = $3 }
    $1 == "use" { uses[$2] = uses[$2] " " $3 }
    $1 == "cmd" { command = substr($0, 5) }
    $1 == "of"  { if (index($2, root) == 1) commands[substr($2, length(root) + 1)] = command }
    END {
        for (i = 1; i <= files; i++) {
            file = order[i]
            if (file !~ /\.cpp$/) continue
            split("", seen)
            waiting[1] = file; seen[file] = 1; count = 1
            key = rules "\n" commands[file] "\n"
            for (next_one = 1; next_one <= count; next_one++) {
                at = waiting[next_one]
                key = key sum[at] " " at "\n"
                n = split(uses[at], names, " ")
                for (j = 1; j <= n; j++)
                    if ((names[j] in sum) && !(names[j] in seen)) { seen[names[j]] = 1; waiting[++count] = names[j] }
            }
            name = file
            gsub("/", "%", name)
            printf "%s", key > (memory "/" name ".key")
            close(memory "/" name ".key")
        }
    }'

todo=()
for f in "${sources[@]}"; do
    name=$memory/${f//\//%}
    cmp -s "$name.key" "$name.clean" || todo+=("$f")
done
echo "clang-tidy: ${#sources[@]} files, ${#todo[@]} to look at"
[ ${#todo[@]} -gt 0 ] || exit 0

one() {
    local name=$memory/${1//\//%}
    if "$tidy" -p "$build" --quiet "$1" >"$name.log" 2>&1; then
        mv "$name.key" "$name.clean"
        echo "clean: $1"
    else
        rm -f "$name.clean"
        echo "NOT clean: $1"
        grep -vE '^[0-9]+ (warning|error)s? ' "$name.log" || true
        return 1
    fi
}
export -f one
# shellcheck disable=SC2016  # the inner shell expands it
printf '%s\0' "${todo[@]}" | xargs -0 -P "$jobs" -I '{}' bash -c 'one "$1"' one '{}'
