#!/usr/bin/env bash
# Runs the live tests against a real HTCondor of Debian 13, as an ordinary user. It comes up in a chroot, in namespaces of its own, so that
# all of it ends with this script, however that ends. Needs root. Where it cannot come up, the script fails.
#
#   htcondor.sh                                  make the chroot, run the tests, remove the chroot
#   HTCONDOR_ROOT=DIRECTORY htcondor.sh          make the chroot there, or use the one that is there, and keep it
#   HTCONDOR_ROOT=DIRECTORY htcondor.sh make     make it only; a second one waits until it is made
#   HTCONDOR_ROOT=DIRECTORY htcondor.sh COMMAND… run this command there as the ordinary user, in place of the tests
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
[ "$(id -u)" = 0 ] || { echo 'htcondor.sh: needs root, to set up an HTCondor' >&2; exit 2; }

suite=trixie
port=${HTCONDOR_PORT:-29618}

fail() {
  echo "htcondor.sh: $*" >&2
  exit 1
}

. test/live/helpers/chroot.sh

# ---- inside the namespaces ----

configuration() {
  cat <<CONF
NETWORK_INTERFACE = 127.0.0.1
BIND_ALL_INTERFACES = False
ENABLE_IPV6 = False
CONDOR_HOST = 127.0.0.1
COLLECTOR_HOST = 127.0.0.1:$port
SHARED_PORT_PORT = $port
NUM_CPUS = 16
MEMORY = 16384
NEGOTIATOR_INTERVAL = 2
NEGOTIATOR_CYCLE_DELAY = 1
NEGOTIATOR_MIN_INTERVAL = 1
SCHEDD_INTERVAL = 2
PERIODIC_EXPR_INTERVAL = 3
BASE_CGROUP =
USE_PID_NAMESPACES = False
DISCARD_SESSION_KEYRING_ON_STARTUP = False
START = TRUE
SUSPEND = FALSE
PREEMPT = FALSE
CONF
}

# Only root may stop a schedd: the tests ask for it through a pipe.
serve_control() {
  local word pid
  while read -r word; do
    pid=$(in_root pgrep -x condor_schedd | head -n 1 || true)
    case $word in
    stop-schedd) in_root condor_off -schedd -fast ;;
    start-schedd) in_root condor_on -schedd ;;
    pause-schedd) kill -STOP "$pid" ;;
    continue-schedd) kill -CONT "$pid" ;;
    esac >/dev/null 2>&1 || true
  done <>"$root/run/control"
}

inside() {
  root=$1
  shift
  enter_chroot "$here"
  printf '127.0.0.1 localhost %s\n' "$(hostname -s)" >"$root/etc/hosts"
  configuration >"$root/etc/condor/config.d/99-lab"
  # A queue of its own each time. `/var/run` is a link to `/run`: from outside it would lead out of the chroot.
  in_root rm -rf /var/spool/condor /var/lib/condor/execute /var/log/condor
  in_root mkdir -p /run/condor /run/lock/condor /var/spool/condor /var/lib/condor/execute /var/log/condor
  in_root chown -R condor: /run/condor /run/lock/condor /var/spool/condor /var/lib/condor /var/log/condor
  in_root condor_master
  local tries
  for tries in $(seq 1 240); do
    [ -z "$(in_root condor_status -af Name 2>/dev/null)" ] || break
    sleep 0.5
  done
  [ -n "$(in_root condor_status -af Name 2>/dev/null)" ] || fail "no HTCondor came up: $(tail -n 3 "$root/var/log/condor/MasterLog")"
  rm -f "$root/run/control"
  mkfifo "$root/run/control"
  in_root chown labalice /run/control
  serve_control &
  local foreign
  foreign=$(in_root runuser -u labbob -- sh -c 'cd && printf "executable=/bin/sleep\narguments=3600\nbatch_name=bobs\nqueue\n" | condor_submit -terse -' | sed 's/ .*//')
  local run=(sh -c 'cd /jobtop && exec node --import=tsx --test --test-concurrency=1 test/live/htcondor.ts')
  [ $# = 0 ] || run=("$@")
  in_root runuser -u labalice -- env -i PATH=/jobtop/node_modules/.bin:/usr/bin:/bin HOME=/home/labalice USER=labalice LANG=C.UTF-8 \
    LIVE_HTCONDOR=required LIVE_HTCONDOR_FOREIGN_JOB="$foreign" LIVE_HTCONDOR_CONTROL=/run/control "${run[@]}"
}

here=$PWD
if [ "${1:-}" = inside ]; then
  inside "${@:2}"
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

root=${HTCONDOR_ROOT:-$scratch/root}
make_chroot $suite minicondor condor procps
[ "${1:-}" != make ] || exit 0

unshare --mount --pid --fork --kill-child bash "${BASH_SOURCE[0]}" inside "$(realpath "$root")" "$@" &
namespaces=$!
code=0
wait $namespaces || code=$?
namespaces=
exit $code
