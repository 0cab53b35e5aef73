#!/usr/bin/env bash
# Installs what is missing to build and run synq, or also to test it. Does nothing, in milliseconds
# and without a network, where everything is there.
# Usage: sim/setup.sh run|test
#   SYNQ_SETUP_YES=1               go on even if apt removes packages of yours
#   SYNQ_BOOST_INCLUDE_DIR=folder  Boost >= 1.77 headers of your own: no Boost package is installed
# Exit: 0 all there, 1 stopped or failed, 2 not a machine for which this script knows the way
set -euo pipefail

say() { printf 'setup: %s\n' "$*" >&2; }

case ${1-} in
    run | test) set_name=$1 ;;
    *) say "usage: sim/setup.sh run|test"; exit 2 ;;
esac

# Looks for the thing itself rather than for a package: it may have come another way.
has_command() { command -v "$1" >/dev/null 2>&1; }
has_header() { [ -e "/usr/include/$1" ] || [ -e "/usr/local/include/$1" ]; }
has_boost() {
    local folder version
    for folder in ${SYNQ_BOOST_INCLUDE_DIR:+"$SYNQ_BOOST_INCLUDE_DIR"} /usr/include /usr/local/include; do
        [ -r "$folder/boost/version.hpp" ] || continue
        version=$(sed -n 's/^#define BOOST_VERSION \([0-9]*\).*/\1/p' "$folder/boost/version.hpp")
        [ "${version:-0}" -ge 107700 ] && return 0
    done
    return 1
}
has_sanitizers() { compgen -G '/usr/lib/llvm-19/lib/clang/19/lib/linux/libclang_rt.asan*.a' >/dev/null; }

missing=()
need() {  # PACKAGE CHECK...
    local package=$1
    shift
    "$@" || missing+=("$package")
}
need g++ has_command g++
need cmake has_command cmake
need ninja-build has_command ninja
need libboost1.81-dev has_boost
need libfmt-dev has_header fmt/core.h
need libcli11-dev has_header CLI/CLI.hpp
need libtomlplusplus-dev has_header toml++/toml.h
need nlohmann-json3-dev has_header nlohmann/json.hpp
if [ "$set_name" = test ]; then
    need git has_command git
    need catch2 has_header catch2
    need clang-19 has_command clang++-19
    need clang-tidy-19 has_command clang-tidy-19
    need clang-format-19 has_command clang-format-19
    need libclang-rt-19-dev has_sanitizers
    need valgrind has_command valgrind
    need tshark has_command tshark
fi
[ ${#missing[@]} -gt 0 ] || exit 0

say "missing: ${missing[*]}"
if ! has_command apt-get; then
    say "this is not a Debian-like system: please install the equivalent of these packages (Debian's names)."
    exit 2
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
    has_command sudo || { say "neither root nor sudo: run as root: apt-get install ${missing[*]}"; exit 2; }
    as_root=(sudo)
fi

# Debian 12's libboost-dev is 1.74, so the version is in the name; later releases have only newer ones.
choose_boost() {
    local i
    for i in "${!missing[@]}"; do
        if [ "${missing[i]}" = libboost1.81-dev ] && ! apt-cache show libboost1.81-dev >/dev/null 2>&1 &&
            apt-cache show libboost-dev >/dev/null 2>&1; then
            missing[i]=libboost-dev
        fi
    done
}
plan() {
    choose_boost
    LC_ALL=C apt-get -s install --no-install-recommends "${missing[@]}" 2>&1
}
update() {
    say "refreshing the package lists"
    "${as_root[@]}" apt-get update -q >/dev/null
}

if ! planned=$(plan); then
    update
    if ! planned=$(plan); then
        say "apt cannot install them here:"
        printf '%s\n' "$planned" | tail -n 8 >&2
        exit 1
    fi
fi
removed=$(printf '%s\n' "$planned" | sed -n 's/^Remv \([^ ]*\).*/\1/p' | tr '\n' ' ')
if [ -n "$removed" ] && [ "${SYNQ_SETUP_YES-}" != 1 ]; then
    say "apt would remove packages that you have: $removed"
    case " ${missing[*]} " in
        *boost*) say "(Debian allows one set of Boost headers at a time, and 1.74 is too old for Boost.MSM with C++20.)"
            say "Keep yours and give other headers:  SYNQ_BOOST_INCLUDE_DIR=/folder/with/boost-1.77+ $0 $set_name" ;;
    esac
    say "To let apt remove them:  SYNQ_SETUP_YES=1 $0 $set_name"
    exit 1
fi

install() {
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends "${missing[@]}" >&2
}
# Old lists name files that the archive no longer has: once more with fresh ones.
install || { update; install; }
