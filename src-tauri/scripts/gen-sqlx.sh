#!/usr/bin/env bash
# Regenerates .sqlx, the committed description of every query, so that building needs no database. Applies the
# migrations to a fresh database and has sqlx's macros check each query against it. Leaves .sqlx as it was if that fails.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
cd "$root"
command -v psql >/dev/null || {
    echo "gen-sqlx: psql is missing; run src-tauri/scripts/setup.sh." >&2
    exit 1
}

server=$("$here/dev-db.sh" url)
database=gen_sqlx_$$
url=${server/\/postgres\?//$database?}
new=$(mktemp -d "$root/target/.gen-sqlx.XXXXXX")
sql() { psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 "$@"; }
finish() {
    rm -rf "$new"
    sql "$server" -c "drop database if exists $database with (force)"
}
trap finish EXIT

sql "$server" -c "create database $database"
# sqlx makes this table before the first migration, and some queries read it.
sql "$url" -c 'create table _sqlx_migrations (
    version bigint primary key, description text not null, installed_on timestamptz not null default now(),
    success boolean not null, checksum bytea not null, execution_time bigint not null)'
for migration in migrations/*.sql; do
    # As sqlx does: each in a transaction of its own, unless its first line opts out.
    transaction=(--single-transaction)
    if head -n 1 "$migration" | grep -q '^-- no-transaction'; then transaction=(); fi
    sql "$url" ${transaction[@]+"${transaction[@]}"} -f "$migration"
done

# The macros run when the compiler does, and cargo runs the compiler only for files that changed.
find src-tauri/crates/db -name '*.rs' -exec touch {} +
SQLX_OFFLINE=false SQLX_OFFLINE_DIR=$new DATABASE_URL=$url cargo check --quiet -p callboard-db --all-targets

mkdir -p .sqlx
changed=0
for file in .sqlx/query-*.json; do
    if [ -e "$file" ] && [ ! -e "$new/${file##*/}" ]; then
        rm "$file"
        changed=$((changed + 1))
    fi
done
for file in "$new"/query-*.json; do
    if [ -e "$file" ] && ! cmp -s "$file" ".sqlx/${file##*/}"; then
        install -m 644 "$file" .sqlx/
        changed=$((changed + 1))
    fi
done
echo "gen-sqlx: $(find "$new" -name 'query-*.json' | wc -l) queries, $changed files of .sqlx changed."
