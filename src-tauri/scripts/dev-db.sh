#!/usr/bin/env bash
# The throw-away PostgreSQL of developers and tests, in target/dev-db. The app's own database never lives here.
#
#   dev-db.sh start   starts it if it is not running, prints DATABASE_URL
#   dev-db.sh url     the same
#   dev-db.sh stop    stops it, keeps its data
#   dev-db.sh reset   stops it and deletes its data
# CALLBOARD_DEV_DB_DURABLE=1 names another one, in target/bench-db, that keeps its promises on a crash, for measurements.
#
#   dev-db.sh pg      prints the folder of PostgreSQL's programs that the database's user can reach
#
# Only the answer goes to standard output. As root the server runs as nobody, because PostgreSQL refuses root; when
# nobody cannot reach the checkout, programs and data go to ${TMPDIR:-/tmp}.
set -euo pipefail
umask 022

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
user=postgres
port=5432 # names the socket only: nothing listens on the network

say() { echo "dev-db: $*" >&2; }
fail() {
    say "$*"
    exit 1
}

as_owner() { "$@"; }
if [ "$(id -u)" = 0 ]; then
    command -v setpriv >/dev/null || fail "setpriv (package util-linux) is missing; PostgreSQL cannot run as root without it."
    as_owner() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }
fi

# Where the database's user can get at programs and data.
pg=$root/target/postgres
case ${1-} in
    stop | reset) [ -x "$pg/bin/postgres" ] || exit 0 ;; # nothing was ever started
    *) "$here/stage-pg.sh" >&2 ;;
esac
name=dev-db
[ -z "${CALLBOARD_DEV_DB_DURABLE-}" ] || name=bench-db
base=$root/target/$name
if ! as_owner test -x "$pg/bin/postgres"; then
    base=${TMPDIR:-/tmp}/callboard-$name-$(echo "$root" | sha256sum | cut -c1-12)
    # The folder's name can be guessed: what somebody else prepared there must not be run or trusted.
    mkdir -p "$base"
    [ -O "$base" ] && [ ! -L "$base" ] || fail "$base belongs to somebody else; remove it or set TMPDIR."
    if ! cmp -s "$pg/.stamp" "$base/postgres/.stamp"; then
        rm -rf "$base/postgres"
        cp -r "$pg" "$base/postgres"
    fi
    pg=$base/postgres
    as_owner test -x "$pg/bin/postgres" || fail "the database's user can reach neither $root nor $base; set TMPDIR to a folder open to it."
fi
data=$base/data
sock=$base/sock
# A Unix socket's path holds 103 bytes on every system.
if [ "$(printf %s "$sock/.s.PGSQL.$port" | wc -c)" -gt 103 ]; then
    sock=${TMPDIR:-/tmp}/callboard-$name-$(echo "$root" | sha256sum | cut -c1-12).sock
fi

percent_encoded() {
    local LC_ALL=C text=$1 i c
    for ((i = 0; i < ${#text}; i++)); do
        c=${text:i:1}
        case $c in
            [A-Za-z0-9._~-]) printf %s "$c" ;;
            *) printf '%%%02X' "'$c" ;;
        esac
    done
}
url() { echo "postgres://$user@localhost:$port/postgres?host=$(percent_encoded "$sock")"; }

# The server's process id, if the process that left its id is really a server on this folder.
server_pid() {
    local pid
    pid=$(head -n 1 "$data/postmaster.pid" 2>/dev/null) || return 1
    [ -n "$pid" ] && [ "$(readlink "/proc/$pid/cwd")" = "$(readlink -f "$data")" ] || return 1
    [[ $(readlink "/proc/$pid/exe") == */bin/postgres* ]] || return 1
    echo "$pid"
}
ready() { [ "$(sed -n '8s/ *$//p' "$data/postmaster.pid" 2>/dev/null)" = ready ]; }

run_pg() {
    local program=$1
    shift
    (cd "$base" && as_owner env -u PGDATA LC_ALL=C LD_LIBRARY_PATH="$pg/lib" "$pg/bin/$program" "$@")
}

start() {
    if server_pid >/dev/null && ready; then return; fi
    mkdir -p "$base"
    if ! server_pid >/dev/null; then
        if [ "$(cat "$data/PG_VERSION" 2>/dev/null)" != 18 ]; then
            rm -rf "$data"
            install -d -m 700 "$data" "$sock"
            [ "$(id -u)" != 0 ] || chown 65534:65534 "$data" "$sock"
            # No password: the socket's folder is closed to every other user.
            run_pg initdb -D "$data" -U "$user" -A trust -E UTF8 --locale-provider=builtin --builtin-locale=C.UTF-8 \
                --locale=C --no-instructions --no-sync >"$base/initdb.log" 2>&1 ||
                fail "initdb failed: $(tail -n 3 "$base/initdb.log")"
        fi
        [ -d "$sock" ] || { install -d -m 700 "$sock"; [ "$(id -u)" != 0 ] || chown 65534:65534 "$sock"; }
        # Left by a server that was killed. PostgreSQL sorts that out itself, except when a stranger has the id by now.
        if kill -0 "$(head -n 1 "$data/postmaster.pid" 2>/dev/null)" 2>/dev/null; then rm -f "$data/postmaster.pid"; fi
        # fsync is off because everything here can be made again and tests create hundreds of databases.
        # The embedded server of the app runs with fsync on.
        # Measurements run on a folder of their own with it on (CALLBOARD_DEV_DB_DURABLE).
        local durability=(-c fsync=off -c synchronous_commit=off -c full_page_writes=off)
        [ "$name" = dev-db ] || durability=(-c fsync=on -c synchronous_commit=on -c full_page_writes=on)
        # What is measured has the settings of the embedded server.
        local log_size=(-c max_wal_size=512MB)
        [ "$name" = dev-db ] || log_size=(-c max_wal_size=4GB -c checkpoint_timeout=15min)
        (
            cd "$base"
            as_owner env -u PGDATA LC_ALL=C LD_LIBRARY_PATH="$pg/lib" setsid "$pg/bin/postgres" -D "$data" -p "$port" \
                -c listen_addresses= -c "unix_socket_directories=\"$sock\"" -c unix_socket_permissions=0700 \
                "${durability[@]}" \
                -c wal_level=minimal -c max_wal_senders=0 -c max_connections=200 -c shared_buffers=256MB \
                "${log_size[@]}" -c jit=off -c timezone=UTC -c log_timezone=UTC \
                </dev/null >>"$base/server.log" 2>&1 9>&- &
        )
    fi
    local i
    for ((i = 0; i < 300; i++)); do
        if server_pid >/dev/null && ready; then return; fi
        sleep 0.1
    done
    fail "the server did not become ready in 30 s: $(tail -n 3 "$base/server.log")"
}

stop() {
    local pid i
    pid=$(server_pid) || return 0
    kill -INT "$pid"
    for ((i = 0; i < 300; i++)); do
        server_pid >/dev/null || return 0
        sleep 0.1
    done
    fail "the server (process $pid) did not stop in 30 s."
}

mkdir -p "$root/target"
exec 9>"$root/target/.$name.lock"
flock 9
case ${1-} in
    start | url)
        start
        url
        ;;
    stop) stop ;;
    reset)
        stop
        rm -rf "$data" "$sock"
        ;;
    pg) echo "$pg" ;;
    *) fail "usage: $0 start|url|stop|reset|pg" ;;
esac
