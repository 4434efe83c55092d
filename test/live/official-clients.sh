#!/usr/bin/env bash
# Runs the official clients of TensorPool, Tapis and Ionworks on `jobtop demo --serve`: list, get, cancel, follow. Needs a build, and Python 3.11 or root to install it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

. test/live/helpers/scratch.sh

. test/live/helpers/venv.sh
export PATH="$PWD/node_modules/.bin:$PATH"

[ -e dist/jobtop.js ] || npm run --silent build
open_venv
install_packages tapipy==25.4.0 tensorpool==0.0.9
# What it needs to speak of jobs; the solvers that it also asks for are 500 MB, and are never loaded.
install_packages pandas==3.1.1 polars==2.1.0 numpy==2.4.6 scipy==1.17.1 pyarrow==26.0.1 pydantic==2.14.4 requests==2.34.2
install_packages --no-deps ionworks-api==0.38.0

# At ten times the speed of life a cancellation takes seconds, and jobs of minutes are still there to be cancelled.
node dist/jobtop.js demo --serve --jobs 60 --speed 10 --seed clients >"$scratch/demo.toml" 2>"$scratch/demo.log" &
server=$!
for ((wait = 0; wait < 600; wait++)); do
  ! grep -q 'Ctrl-C' "$scratch/demo.log" || break
  kill -0 "$server" 2>/dev/null || die 'the demo did not start' "$scratch/demo.log"
  sleep 0.1
done

# Clients that would call home find no way out: what is not on loopback goes to a port where nobody listens.
run_client() {
  env -i PATH="$scratch/venv/bin:$PATH" HOME="$scratch" LANG=C.UTF-8 DEMO_CONFIG="$scratch/demo.toml" \
    http_proxy=http://127.0.0.1:9 https_proxy=http://127.0.0.1:9 no_proxy=127.0.0.1 PYTHONDONTWRITEBYTECODE=1 \
    timeout 300 "$scratch/venv/bin/python" "test/live/official-clients/$1" 2>"$scratch/client.log" ||
    die "$1 failed" "$scratch/client.log"
}
for client in tensorpool_client.py tapis_client.py ionworks_client.py; do run_client "$client"; done
