#!/usr/bin/env bash
# Runs the live tests that want a newer Slurm than that of the machine: a controller that asks to slow down, and scrontab. It comes up
# in a chroot of Debian 13, in namespaces of its own, so that all of it ends with this script, however that ends. Needs root.
# Where the chroot cannot be made it says so in one line, and the tests are skipped.
#
#   NEWER_SLURM_ROOT=DIRECTORY newer-slurm.sh   make the chroot there, or use the one that is there, and keep it
#   LIVE_SLURM_JOBS=40 newer-slurm.sh           with fewer jobs than the 280 of the bulk, which take minutes
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
[ "$(id -u)" = 0 ] || { echo 'newer-slurm.sh: needs root, to set up a Slurm' >&2; exit 2; }

suite=trixie
packages=munge,slurmctld,slurmd,slurm-client
# More than one scancel can send at the pace that the controller allows before its time limit ends it.
export LIVE_SLURM_JOBS=${LIVE_SLURM_JOBS:-280}

skip() {
  echo "newer-slurm.sh: skipped: $*" >&2
  exit 0
}

# ---- inside the namespaces ----

in_root() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 "$@"; }

lab() {
  in_root SLURM_LAB=/lab SLURM_LAB_PORT=29017 SLURM_LAB_CLUSTER=newer SLURM_LAB_ACCOUNTING=off SLURM_LAB_NODES=1 \
    SLURM_LAB_RATE_LIMIT=on SLURM_LAB_SCRON=on bash /jobtop/test/live/slurm-lab.sh "$@"
}

inside() {
  root=$1
  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  printf '127.0.0.1 localhost %s\n' "$(hostname -s)" >"$root/etc/hosts"
  mkdir -p "$root/jobtop"
  mount -t tmpfs tmpfs "$root/jobtop"
  local name
  for name in package.json tsconfig.json node_modules source scripts test dist; do
    [ -e "$name" ] || continue
    if [ -d "$name" ]; then mkdir "$root/jobtop/$name"; else touch "$root/jobtop/$name"; fi
    mount --bind "$(realpath "$name")" "$root/jobtop/$name"
  done
  rm -rf "$root/lab"
  lab up
  # Root is not asked to slow down.
  in_root SLURM_CONF=/lab/etc/slurm.conf LIVE_SLURM_JOBS="$LIVE_SLURM_JOBS" bash -c 'cd /tmp && for n in $(seq "$LIVE_SLURM_JOBS"); do
    sbatch --uid=labalice --hold --output=/dev/null --job-name=bulk --wrap="sleep 600" >/dev/null
  done'
  in_root runuser -u labalice -- env -i PATH=/jobtop/node_modules/.bin:/usr/bin:/bin HOME=/home/labalice USER=labalice LANG=C.UTF-8 \
    LIVE_SLURM_NEWER=required LIVE_SLURM_JOBS="$LIVE_SLURM_JOBS" SLURM_CONF=/lab/etc/slurm.conf \
    sh -c 'cd /jobtop && exec node --import=tsx --test test/live/newer-slurm.ts'
}

if [ "${1:-}" = inside ]; then
  inside "$2"
  exit
fi

# ---- outside ----

scratch=$(mktemp -d)
namespaces=
clean_up() {
  [ -z "$namespaces" ] || kill -KILL "$namespaces" 2>/dev/null || true
  rm -rf --one-file-system -- "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

unshare --mount --pid --fork true 2>/dev/null || skip 'no namespaces can be made here'
root=${NEWER_SLURM_ROOT:-$scratch/root}
if [ ! -e "$root/made" ]; then
  if ! command -v debootstrap >/dev/null; then
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends debootstrap; } \
      </dev/null >"$scratch/log" 2>&1 || skip 'there is no debootstrap, and it could not be installed'
  fi
  # The archive that the packages of the machine come from.
  archive=$(apt-get indextargets --format '$(REPO_URI)' 'Label: Debian' 2>/dev/null | head -n 1)
  [ -n "$archive" ] || skip 'apt-get knows no archive of Debian'
  echo "newer-slurm.sh: making a chroot of $suite"
  rm -rf --one-file-system -- "$root"
  debootstrap --variant=minbase --include=$packages $suite "$root" "$archive" </dev/null >"$scratch/log" 2>&1 ||
    skip "no chroot of $suite could be made: $(tail -n 1 "$scratch/log")"
  touch "$root/made"
fi

unshare --mount --pid --fork --kill-child bash "${BASH_SOURCE[0]}" inside "$(realpath "$root")" &
namespaces=$!
wait $namespaces
namespaces=
