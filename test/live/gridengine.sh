#!/usr/bin/env bash
# Runs the live tests against a real Grid Engine of Debian 12, as an ordinary user. It comes up in a chroot, in namespaces of its own, so
# that all of it ends with this script, however that ends, and no machine of the network sees it. Needs root. Where it cannot come up, the
# script fails.
#
#   gridengine.sh                                    make the chroot, run the tests, remove the chroot
#   GRIDENGINE_ROOT=DIRECTORY gridengine.sh          make the chroot there, or use the one that is there, and keep it
#   GRIDENGINE_ROOT=DIRECTORY gridengine.sh make     make it only; a second one waits until it is made
#   GRIDENGINE_ROOT=DIRECTORY gridengine.sh COMMAND… run this command there as the ordinary user, in place of the tests
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
[ "$(id -u)" = 0 ] || { echo 'gridengine.sh: needs root, to set up a Grid Engine' >&2; exit 2; }

fail() {
  echo "gridengine.sh: $*" >&2
  exit 1
}

. test/live/helpers/chroot.sh

# Its installation makes a cell, for which the host needs an address.
before_packages() { printf '127.0.0.1 localhost\n127.0.1.1 %s\n' "$(hostname)" >"$root/etc/hosts"; }

# ---- inside the namespaces ----

sge() { in_root SGE_ROOT=/var/lib/gridengine SGE_CELL=default "$@"; }

queue() {
  printf '%s\n' 'qname all.q' 'hostlist lab' 'qtype BATCH INTERACTIVE' "slots ${GRIDENGINE_SLOTS:-16}" 'notify 00:00:03' \
    'shell /bin/sh' 'shell_start_mode posix_compliant' 'tmpdir /tmp' 'rerun FALSE' 'seq_no 0' 'nsuspend 1' 'suspend_interval 00:05:00' \
    'priority 0' 'min_cpu_interval 00:05:00' 'processors UNDEFINED' 'pe_list NONE' 'initial_state default'
  local key
  for key in load_thresholds suspend_thresholds ckpt_list prolog epilog starter_method suspend_method resume_method terminate_method \
    owner_list user_lists xuser_lists subordinate_list complex_values projects xprojects calendar; do echo "$key NONE"; done
  for key in rt cpu fsize data stack core rss vmem; do echo "s_$key INFINITY" "h_$key INFINITY" | xargs -n 2; done
}

# How late the accounts know of an end.
flush_every() {
  sge qconf -sconf | grep -v '^#' |
    sed -e "s/^reporting_params .*/reporting_params accounting=true reporting=false flush_time=00:00:$1 accounting_flush_time=00:00:$1/" \
      -e '/^ .*\(flush_time\|joblog\|sharelog\)/d' -e 's/^finished_jobs .*/finished_jobs 100/' >"$root/tmp/global"
  sge sh -c 'cd /tmp && qconf -Mconf global'
}

# Only root may stop a qmaster: the tests ask for it through a pipe.
serve_control() {
  local word
  while read -r word; do
    case $word in
    stop-qmaster) sge qconf -km ;;
    start-qmaster) sge sge_qmaster ;;
    pause-qmaster) kill -STOP "$(in_root pgrep -x sge_qmaster | head -n 1)" ;;
    continue-qmaster) kill -CONT "$(in_root pgrep -x sge_qmaster | head -n 1)" ;;
    late-accounts) flush_every 15 ;;
    prompt-accounts) flush_every 01 ;;
    esac >/dev/null 2>&1 || true
    echo "$word" >>"$root/run/control-done"
  done <>"$root/run/control"
}

inside() {
  root=$1
  shift
  enter_chroot "$here"
  # A network of its own: its daemons listen on every address.
  hostname lab
  printf '127.0.0.1 localhost\n10.99.0.1 lab\n' >"$root/etc/hosts"
  in_root ip link set lo up
  in_root ip address add 10.99.0.1/32 dev lo
  # A cell of its own each time.
  [ -e "$root/var/lib/cell.tar" ] || in_root tar -C /var -cf /var/lib/cell.tar lib/gridengine spool/gridengine
  in_root sh -c 'rm -rf /var/lib/gridengine /var/spool/gridengine && tar -C /var -xf /var/lib/cell.tar'
  echo lab >"$root/var/lib/gridengine/default/common/act_qmaster"
  sge sge_qmaster >/dev/null 2>&1 || true
  local tries
  for tries in $(seq 1 120); do
    ! sge qconf -sh >/dev/null 2>&1 || break
    sleep 0.5
  done
  { sge qconf -ah lab && sge qconf -as lab; } >/dev/null 2>&1 || true
  sge sge_execd >/dev/null 2>&1 || true
  queue >"$root/tmp/queue"
  sge qconf -Aq /tmp/queue >/dev/null || fail 'there is no queue'
  sge qconf -ssconf | sed -e 's/^schedule_interval .*/schedule_interval 0:0:1/' -e 's/^flush_submit_sec .*/flush_submit_sec 1/' \
    -e 's/^flush_finish_sec .*/flush_finish_sec 1/' -e 's/^schedd_job_info .*/schedd_job_info true/' >"$root/tmp/scheduler"
  sge qconf -Msconf /tmp/scheduler >/dev/null
  flush_every 01 >/dev/null
  for tries in $(seq 1 120); do
    ! sge qstat -f | grep -q 'lx-amd64 *$' || break
    sleep 0.5
  done
  sge qstat -f | grep -q 'lx-amd64 *$' || fail "no Grid Engine came up: $(sge qstat -f 2>&1 | tail -n 3)"
  rm -f "$root/run/control" "$root/run/control-done"
  mkfifo "$root/run/control"
  touch "$root/run/control-done"
  in_root chown labalice /run/control
  serve_control &
  local foreign
  foreign=$(sge runuser -u labbob -- sh -c 'cd && qsub -terse -N bobs -b y -o /dev/null -j y sleep 3600')
  local run=(sh -c 'cd /jobtop && exec node --import=tsx --test --test-concurrency=1 test/live/gridengine.ts')
  [ $# = 0 ] || run=("$@")
  in_root runuser -u labalice -- env -i PATH=/jobtop/node_modules/.bin:/usr/bin:/bin HOME=/home/labalice USER=labalice LANG=C.UTF-8 \
    SGE_ROOT=/var/lib/gridengine SGE_CELL=default LIVE_GRIDENGINE=required LIVE_GRIDENGINE_FOREIGN_JOB="$foreign" \
    LIVE_GRIDENGINE_CONTROL=/run/control "${run[@]}"
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

root=${GRIDENGINE_ROOT:-$scratch/root}
make_chroot bookworm gridengine-master gridengine-exec gridengine-client iproute2 procps
[ "${1:-}" != make ] || exit 0

unshare --mount --pid --net --uts --fork --kill-child bash "${BASH_SOURCE[0]}" inside "$(realpath "$root")" "$@" &
namespaces=$!
code=0
wait $namespaces || code=$?
namespaces=
exit $code
