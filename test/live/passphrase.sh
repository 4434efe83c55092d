#!/usr/bin/env bash
# Runs the built program with a real password store whose passphrase a real pinentry asks for. Needs pass, gpg and pinentry-curses, or root to install them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export PATH="$PWD/node_modules/.bin:$PATH"

if ! { command -v pass && command -v gpg && command -v pinentry-curses; } >/dev/null; then
  [ "$(id -u)" = 0 ] || { echo 'passphrase.sh: pass, gpg or pinentry-curses is missing, and only root may install them' >&2; exit 2; }
  log=$(mktemp)
  { apt-get update || true; } >"$log" 2>&1
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends pass gnupg pinentry-curses </dev/null >>"$log" 2>&1 ||
    { echo 'passphrase.sh: apt-get could not install pass, gpg and pinentry-curses' >&2; tail -n 15 -- "$log" >&2; exit 1; }
  rm -f -- "$log"
fi
LIVE_PASSPHRASE=required node --import=tsx --test --test-concurrency=1 test/live/passphrase.ts
