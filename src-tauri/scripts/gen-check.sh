#!/usr/bin/env bash
# Fails when a generated file is stale: when generating again changes ui/src/bindings or .sqlx, or, in CI, when what
# is there is not what was committed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

generated=(ui/src/bindings .sqlx)
mkdir -p target
before=$(mktemp -d target/.gen-check.XXXXXX)
trap 'rm -rf "$before"' EXIT
for dir in "${generated[@]}"; do
    mkdir -p "$before/$dir"
    if [ -d "$dir" ]; then cp -r "$dir/." "$before/$dir"; fi
done

"${MAKE:-make}" --no-print-directory gen

stale=0
for dir in "${generated[@]}"; do
    diff -ru "$before/$dir" "$dir" || stale=1
done
if [ -n "${CI:-}" ] && [ -n "$(git status --porcelain -- "${generated[@]}")" ]; then
    git --no-pager diff --stat -- "${generated[@]}"
    git status --short -- "${generated[@]}"
    stale=1
fi
if [ $stale = 1 ]; then
    echo "gen-check: generated files were stale and are now up to date; look at them and commit them (make gen)." >&2
    exit 1
fi
