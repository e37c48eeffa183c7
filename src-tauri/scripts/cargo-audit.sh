#!/usr/bin/env bash
# Checks deny.toml: licences, banned crates, sources and, where the database of advisories can be reached, known
# vulnerabilities. A database that cannot be reached is no finding; a finding fails.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if ! command -v cargo-deny >/dev/null; then
    # Four minutes of two cores, once: it stays in cargo's folder of programs.
    echo "cargo-audit: installing cargo-deny" >&2
    cargo install --quiet --locked --version 0.20.2 cargo-deny
fi
cargo deny --log-level warn check licenses bans sources

if cargo deny --log-level off fetch db 2>/dev/null; then
    cargo deny --log-level warn --offline check advisories
else
    echo "cargo-audit: advisories SKIPPED, their database cannot be reached." >&2
fi
