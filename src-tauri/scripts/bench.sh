#!/usr/bin/env bash
# Runs the measurements of `make bench` on a database of their own with fsync on, and keeps what they print in
# target/bench.txt. pgbench comes with Debian's postgresql package; without it that floor is left out and says so.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
cd "$root"

PGBENCH=$(command -v pgbench || ls /usr/lib/postgresql/*/bin/pgbench 2>/dev/null | tail -n 1 || true)
export PGBENCH=${PGBENCH:-pgbench}
export CALLBOARD_DEV_DB_DURABLE=1
DATABASE_URL=$("$here/dev-db.sh" start)
trap '"$here/dev-db.sh" stop' EXIT
export DATABASE_URL SQLX_OFFLINE=true
{
    echo "$(date -u +%Y-%m-%dT%H:%MZ) · $(nproc) cores · $(uname -m) · load before: $(cut -d' ' -f1 /proc/loadavg)"
    cargo bench -q -p callboard-engine --bench desk
} | tee target/bench.txt
