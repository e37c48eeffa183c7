#!/usr/bin/env bash
# Runs the measurements of `make bench` on a database of their own with fsync on, and keeps what they print in
# target/bench.txt.
#
#   bench.sh            all
#   bench.sh desk       the queue of one PC
#   bench.sh queue      admission under its limits; see the head of benches/queue/main.rs for how to choose
#   bench.sh import     lists of a million rows; see the head of benches/import/main.rs for how to make it smaller
#
# Peers that are not there are left out, and the measurement says so: pgbench comes with Debian's postgresql package;
# pandas and SQLAlchemy are installed into target/peers-venv, if this machine has Python and its pip a network.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
cd "$root"

benches=("$@")
[ $# -gt 0 ] || benches=(desk queue import)
for bench in "${benches[@]}"; do
    case $bench in
        desk | queue | import) ;;
        *)
            echo "usage: $0 [desk|queue|import]..." >&2
            exit 2
            ;;
    esac
done

peers() {
    local venv=$root/target/peers-venv
    if ! "$venv/bin/python" -c 'import pandas, sqlalchemy, psycopg2' 2>/dev/null; then
        echo "bench: installing the peers into $venv" >&2
        python3 -m venv "$venv" >&2 && "$venv/bin/pip" install -q pandas sqlalchemy psycopg2-binary >&2 || return 0
    fi
    CALLBOARD_BENCH_PYTHON=$venv/bin/python
    export CALLBOARD_BENCH_PYTHON
}

PGBENCH=$(command -v pgbench || ls /usr/lib/postgresql/*/bin/pgbench 2>/dev/null | tail -n 1 || true)
export PGBENCH=${PGBENCH:-pgbench}
[[ " ${benches[*]} " != *" import "* ]] || peers
export CALLBOARD_DEV_DB_DURABLE=1
DATABASE_URL=$("$here/dev-db.sh" start)
trap '"$here/dev-db.sh" stop' EXIT
export DATABASE_URL SQLX_OFFLINE=true
{
    echo "$(date -u +%Y-%m-%dT%H:%MZ) · $(nproc) cores · $(uname -m) · load before: $(cut -d' ' -f1 /proc/loadavg)"
    for bench in "${benches[@]}"; do
        cargo bench -q -p callboard-engine --bench "$bench"
    done
} | tee target/bench.txt
