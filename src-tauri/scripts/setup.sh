#!/usr/bin/env bash
# Installs on Debian 12 what building and testing Callboard needs, only what is missing, and checks the Rust and Node
# toolchains. Quick and silent when everything is there.
set -euo pipefail

say() { echo "setup: $*" >&2; }
fail() {
    say "$*"
    exit 1
}

packages=(
    ca-certificates git make util-linux         # setpriv: as root, PostgreSQL runs as nobody
    build-essential pkg-config                  # the linker and the C parts of a few crates
    libwebkit2gtk-4.1-dev librsvg2-dev          # the window
    webkit2gtk-driver xvfb xauth xdotool        # end-to-end tests in the real window, without a screen
    python3-gi gir1.2-gtk-3.0                   # the window that the drag-and-drop test drags from
    fonts-dejavu-core chromium                  # end-to-end tests in the browser
    python3                                     # unpacks PostgreSQL, see stage-pg.sh
)
# psql, of whatever version, for src-tauri/scripts/gen-sqlx.sh.
command -v psql >/dev/null || packages+=(postgresql-client)
# A Python that was not installed by Debian (pyenv) has its own pip.
python3 -m pip --version >/dev/null 2>&1 || packages+=(python3-pip)

if command -v dpkg-query >/dev/null; then
    installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "${packages[@]}" 2>/dev/null | sed -n 's/^installed //p' || true)
    missing=()
    for package in "${packages[@]}"; do
        grep -qx "$package" <<<"$installed" || missing+=("$package")
    done
    if [ ${#missing[@]} -gt 0 ]; then
        sudo=()
        if [ "$(id -u)" != 0 ]; then
            command -v sudo >/dev/null || fail "as root, run: apt-get install ${missing[*]}"
            sudo=(sudo)
        fi
        say "installing ${missing[*]}"
        "${sudo[@]}" apt-get update -qq
        "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
    fi
else
    say "this is not Debian; make sure that these are installed under your system's names: ${packages[*]}"
fi

# at_least <wanted> <found>: compares dotted versions.
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

rust=1.94
found=$(rustc --version 2>/dev/null | cut -d' ' -f2 || true)
[ -n "$found" ] || fail "Rust is missing (Debian's own is too old): install $rust or newer from https://rustup.rs and open a new shell."
at_least "$rust" "$found" || fail "Rust $found is too old, $rust is needed: run rustup update stable."

node=20.19
found=$(node --version 2>/dev/null | tr -d v || true)
[ -n "$found" ] || fail "Node.js is missing (Debian's own is too old): install $node or newer from https://nodejs.org."
at_least "$node" "$found" || fail "Node.js $found is too old, $node is needed: see https://nodejs.org."
command -v npm >/dev/null || fail "npm is missing; it comes with Node.js from https://nodejs.org."
