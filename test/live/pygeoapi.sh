#!/usr/bin/env bash
# Runs the live tests against a real pygeoapi of their own, and takes it down again. Needs Python 3, or root to install it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

version=0.21.0
. test/live/helpers/scratch.sh

. test/live/helpers/venv.sh
open_venv
install_packages "pygeoapi==$version"

mkdir "$scratch/lab"
"$scratch/venv/bin/python" test/live/pygeoapi-server.py "$scratch/lab" >"$scratch/server.log" 2>&1 &
server=$!
for ((wait = 0; wait < 600; wait++)); do
  [ ! -e "$scratch/lab/url" ] || break
  kill -0 "$server" 2>/dev/null || die 'pygeoapi did not start' "$scratch/server.log"
  sleep 0.1
done
[ -e "$scratch/lab/url" ] || die 'pygeoapi did not come up' "$scratch/server.log"

PATH="$PWD/node_modules/.bin:$PATH" LIVE_PYGEOAPI=required LIVE_PYGEOAPI_URL=$(cat "$scratch/lab/url") \
  LIVE_PYGEOAPI_FOLDER="$scratch/lab" node --import=tsx --test test/live/pygeoapi.ts ||
  die 'the tests failed' "$scratch/server.log"
