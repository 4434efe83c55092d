#!/usr/bin/env bash
# Runs the live tests against real Slurms of their own, as an ordinary user, and takes the Slurms down again. Needs root.
#
#   run.sh                        every live test
#   run.sh test/live/slurm.ts     these only
#   run.sh --bench                what polls and cancellations cost beside Slurm's own programs
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
[ "$(id -u)" = 0 ] || { echo 'run.sh: needs root, to set up a Slurm' >&2; exit 2; }

scratch=$(mktemp -d)
chmod 755 "$scratch"
lab() { env SLURM_LAB="$scratch/lab" SLURM_LAB_PORT=28817 SLURM_LAB_REST=on SLURM_LAB_MAXJOBS=60000 bash test/live/slurm-lab.sh "$@"; }
# Another cluster, which keeps no accounts, forgets a job a few seconds after its end, and soon gives its number again.
bare_lab() {
  env SLURM_LAB="$scratch/bare" SLURM_LAB_PORT=28917 SLURM_LAB_ACCOUNTING=off SLURM_LAB_NODES=1 SLURM_LAB_MINJOBAGE=3 SLURM_LAB_CLUSTER=annex SLURM_LAB_JOBIDS=60 \
    bash test/live/slurm-lab.sh "$@"
}
control_pid=
clean_up() {
  [ -z "$control_pid" ] || kill "$control_pid" 2>/dev/null || true
  bash test/live/ssh-lab.sh "$scratch/ssh" down || true
  lab down --wipe || true
  bare_lab down --wipe || true
  rm -rf -- "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

lab up
bare_lab up
bash test/live/ssh-lab.sh "$scratch/ssh" up labalice 28990 "$scratch/lab/etc/slurm.conf"
# Slurm's wrappers for users of Torque. They are put on PATH, not installed: the machine may have a qstat of its own.
mkdir "$scratch/torque"
(
  cd "$scratch/torque"
  fetch() { apt-get download -q slurm-wlm-torque >/dev/null; }
  fetch || { apt-get update -qq && fetch; }
  dpkg-deb -x slurm-wlm-torque_*.deb .
)
# Only root may stop a controller: the tests ask for it through a pipe.
mkfifo "$scratch/control"
chown labalice "$scratch/control"
(
  while read -r word; do
    case $word in kill-controller | pause-controller | start-controller) lab "$word" || true ;; esac
  done <>"$scratch/control"
) &
control_pid=$!

as() { # as USER COMMAND...
  local user=$1
  shift
  (cd / && runuser -u "$user" -- env -i PATH="$PATH" HOME="/home/$user" USER="$user" LANG=C.UTF-8 "$@")
}
conf=$(eval "$(lab env)" && echo "$SLURM_CONF")
bare_conf=$(eval "$(bare_lab env)" && echo "$SLURM_CONF")
foreign=$(as labbob SLURM_CONF="$conf" sbatch --parsable --chdir=/tmp --output=/dev/null --job-name=bobs --wrap='sleep 3600')

# The ordinary user may not be let into the checkout.
root=$PWD
if ! as labalice test -r "$root/node_modules/tsx/package.json"; then
  root=$scratch/checkout
  mkdir "$root"
  cp -r package.json tsconfig.json node_modules source scripts test "$root"
  [ ! -d dist ] || cp -r dist "$root"
  chmod -R a+rX "$root"
fi
if [ "${1:-}" = --bench ]; then
  run=(test/bench/bench.ts real-slurm "${@:2}")
else
  run=(--test --test-concurrency=1 "$@")
  [ $# -gt 0 ] || run+=(test/live/*.ts)
fi

as labalice PATH="$root/node_modules/.bin:$PATH" CI="${CI:-}" LIVE_SLURM=required SLURM_CONF="$conf" \
  LIVE_SLURM_BARE_CONF="$bare_conf" LIVE_SLURM_TORQUE="$scratch/torque/usr/bin" LIVE_SLURM_FOREIGN_JOB="$foreign" LIVE_SLURM_CONTROL="$scratch/control" \
  LIVE_SLURM_REST_SOCKET="$scratch/lab/rest/socket" LIVE_SLURM_REST_URL=http://127.0.0.1:28877 LIVE_SSH="$scratch/ssh" \
  sh -c 'cd "$0" && exec node --import=tsx "$@"' "$root" "${run[@]}"
