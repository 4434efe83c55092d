#!/usr/bin/env bash
# Runs the live tests against a real pygeoapi of their own, and takes it down again. Needs Python 3, or root to install it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

version=0.21.0
scratch=$(mktemp -d)
server=
clean_up() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  rm -rf -- "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# die MESSAGE LOG: give up, with the end of the log that may tell why.
die() {
  echo "pygeoapi.sh: $1" >&2
  tail -n 15 -- "$2" >&2 || true
  exit 1
}

make_venv() { python3 -m venv "$scratch/venv" >"$scratch/venv.log" 2>&1; }

# Debian keeps what makes a virtual environment in a package of its own.
if ! make_venv; then
  [ "$(id -u)" = 0 ] || die 'Python 3 with its venv is missing, and only root may install it' "$scratch/venv.log"
  rm -rf -- "$scratch/venv"
  { apt-get update || true; } >"$scratch/apt.log" 2>&1
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3 python3-venv \
    </dev/null >>"$scratch/apt.log" 2>&1 || die 'apt-get could not install python3-venv' "$scratch/apt.log"
  make_venv || die 'there is no virtual environment to be had' "$scratch/venv.log"
fi
"$scratch/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check "pygeoapi==$version" >"$scratch/pip.log" 2>&1 ||
  die "pip could not install pygeoapi $version" "$scratch/pip.log"

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
