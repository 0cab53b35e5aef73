#!/usr/bin/env bash
# Installs a build into a scratch folder and builds tests/package against it.
# Usage: check.sh CMAKE BUILD_FOLDER SCRATCH COMPILER COMPILER_FLAGS   (ctest calls it)
set -euo pipefail
cmake=$1 build=$2 scratch=$3 compiler=$4 flags=$5
source=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

rm -rf "$scratch"
"$cmake" --install "$build" --prefix "$scratch/prefix" >/dev/null
"$cmake" -S "$source" -B "$scratch/build" -G Ninja -DCMAKE_PREFIX_PATH="$scratch/prefix" \
    -DCMAKE_CXX_COMPILER="$compiler" -DCMAKE_CXX_FLAGS="$flags" >/dev/null
"$cmake" --build "$scratch/build"
"$scratch/build/with_model"
"$scratch/build/with_sim"

# The installed program finds its scenarios without the repository and away from it.
cd /
for file in "$scratch"/prefix/share/synq/scenarios/*.toml; do
    name=$(basename "$file" .toml)
    status=0
    "$scratch/prefix/bin/synq" run "$name" --quiet >/dev/null || status=$?
    if [ "$status" -ne 0 ]; then
        echo "the installed synq run $name ended with $status"
        exit 1
    fi
done
