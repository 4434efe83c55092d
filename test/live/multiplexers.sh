#!/usr/bin/env bash
# Runs the built program inside real terminal multiplexers. Needs tmux and GNU screen, or root to install them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export PATH="$PWD/node_modules/.bin:$PATH"

if ! { command -v tmux && command -v screen; } >/dev/null; then
  [ "$(id -u)" = 0 ] || { echo 'multiplexers.sh: tmux or screen is missing, and only root may install them' >&2; exit 2; }
  log=$(mktemp)
  { apt-get update || true; } >"$log" 2>&1
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends tmux screen </dev/null >>"$log" 2>&1 ||
    { echo 'multiplexers.sh: apt-get could not install tmux and screen' >&2; tail -n 15 -- "$log" >&2; exit 1; }
  rm -f -- "$log"
fi
LIVE_MULTIPLEXERS=required node --import=tsx --test --test-concurrency=1 test/live/multiplexers.ts
