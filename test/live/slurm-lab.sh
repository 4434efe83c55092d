#!/usr/bin/env bash
# A private Slurm on this machine, for the live tests: the real daemons, reachable over loopback only,
# with all their files in one directory. Needs root, and Debian or a relative (tried on Debian 12).
#
#   slurm-lab.sh up                  install what is missing, start what is not running
#   slurm-lab.sh down [--wipe]       end the jobs, stop the daemons; --wipe also deletes the directory
#   slurm-lab.sh env                 print the line a client needs: eval "$(slurm-lab.sh env)"
#   slurm-lab.sh pause-controller    SIGSTOP slurmctld: it accepts connections and never answers
#   slurm-lab.sh kill-controller     SIGKILL slurmctld: connections are refused
#   slurm-lab.sh start-controller    undo either of the two
#
# Settings, from the environment. A second lab next to the first needs its own SLURM_LAB and
# SLURM_LAB_PORT, and every command on it needs to be given the same SLURM_LAB.
#
#   SLURM_LAB               where everything lives                        ${TMPDIR:-/tmp}/slurm-lab
#   SLURM_LAB_PORT          slurmctld's port; slurmdbd takes the next one,
#                           the nodes those after it                      26817
#   SLURM_LAB_NODES         how many nodes, named n1, n2, ...             4
#   SLURM_LAB_CPUS          how many CPUs each node pretends to have      8
#   SLURM_LAB_ACCOUNTING    on: slurmdbd and mariadb, so that sacct works;
#                           off: neither                                  on
#   SLURM_LAB_REST          on: slurmrestd for labalice on the socket
#                           rest/socket, and for everybody with a token on
#                           port SLURM_LAB_PORT + 60                      off
#   SLURM_LAB_KILLWAIT      seconds from SIGTERM to SIGKILL               5
#   SLURM_LAB_MINJOBAGE     seconds squeue and scontrol know an ended job 300
#   SLURM_LAB_MAXJOBS       how many jobs slurmctld holds at most, and
#                           how many tasks one array                      10000
#   SLURM_LAB_CLUSTER       the name of the cluster                       lab
#   SLURM_LAB_JOBIDS        how many numbers jobs get before the first is
#                           given again; 0 for as many as Slurm has       0
#   SLURM_LAB_RATE_LIMIT    on: slurmctld asks users who ask much to slow
#                           down, with its defaults (Slurm 23.02 or later) off
#   SLURM_LAB_SCRON         on: scrontab                                  off
#   SLURM_LAB_EPILOG_SLEEP  seconds a job stays COMPLETING                0
#
# Jobs are to be run as the users labalice and labbob, which `up` creates and nothing removes.
# Partitions: debug (the default), long (n1 only, up to seven days), held (takes jobs, starts none).
set -euo pipefail

lab=$(realpath -m -- "${SLURM_LAB:-${TMPDIR:-/tmp}/slurm-lab}")
port=${SLURM_LAB_PORT:-26817}
nodes=${SLURM_LAB_NODES:-4}
cpus=${SLURM_LAB_CPUS:-8}
accounting=${SLURM_LAB_ACCOUNTING:-on}
rest=${SLURM_LAB_REST:-off}
killwait=${SLURM_LAB_KILLWAIT:-5}
minjobage=${SLURM_LAB_MINJOBAGE:-300}
maxjobs=${SLURM_LAB_MAXJOBS:-10000}
epilog_sleep=${SLURM_LAB_EPILOG_SLEEP:-0}
cluster=${SLURM_LAB_CLUSTER:-lab}
jobids=${SLURM_LAB_JOBIDS:-0}
rate_limit=${SLURM_LAB_RATE_LIMIT:-off}
scron=${SLURM_LAB_SCRON:-off}

users=(labalice labbob)
host=$(hostname -s)
marker=$lab/.slurm-lab
conf=$lab/etc/slurm.conf
munge_socket=$lab/munge/socket
db_socket=$lab/db/socket
export SLURM_CONF=$conf LC_ALL=C

say() { printf 'slurm-lab: %s\n' "$*" >&2; }

# die MESSAGE [LOG...]: give up, with the ends of the logs that may tell why.
die() {
  local log
  say "$1"
  shift
  for log; do
    [ -s "$log" ] || continue
    say "the end of $log:"
    tail -n 15 -- "$log" >&2
  done
  exit 1
}

# pid_of NAME PIDFILE: print the process id in the file, provided that process is program NAME.
# A zombie has no executable any more, and so does not count. Debian's slurmd is really slurmd-wlm.
pid_of() {
  local pid exe
  pid=$(tr -dc 0-9 2>/dev/null <"$2") && [ -n "$pid" ] || return 1
  exe=$(readlink "/proc/$pid/exe") || return 1
  exe=${exe% (deleted)}
  case ${exe##*/} in
    "$1" | "$1"-wlm) echo "$pid" ;;
    *) return 1 ;;
  esac
}

running() { pid_of "$@" >/dev/null; }

# launch LOG COMMAND...: start a daemon with an environment, a working directory and files of its
# own, so that it keeps neither the caller's pipes nor our lock. What it says before it opens its
# LOG, and as its own user it may have to create that, goes to LOG.start.
launch() {
  local log=$1
  shift
  (cd / && exec env -i PATH="$PATH" LC_ALL=C SLURM_CONF="$conf" "$@") </dev/null >"$log.start" 2>&1 9<&- ||
    die "could not start: $*" "$log.start" "$log"
}

# await NAME PIDFILE LOG PROBE...: call PROBE until it succeeds, for a minute; for a quarter of that
# if there is no daemon any more that could make it succeed.
await() {
  local name=$1 pidfile=$2 log=$3 start=$SECONDS patience
  shift 3
  until "$@" >/dev/null 2>&1; do
    patience=15
    ! running "$name" "$pidfile" || patience=60
    [ $((SECONDS - start)) -lt $patience ] || die "$name did not come up" "$log.start" "$log"
    sleep 0.1
  done
}

# stop NAME PIDFILE...: SIGTERM to all, SIGKILL to those still there 20 seconds later.
stop() {
  local name=$1 file pid end=$((SECONDS + 20))
  shift
  for file; do
    pid=$(pid_of "$name" "$file") && kill -TERM "$pid" || true
  done
  for file; do
    while pid=$(pid_of "$name" "$file"); do
      [ "$SECONDS" -lt "$end" ] || kill -KILL "$pid" || true
      sleep 0.1
    done
    rm -f -- "$file"
  done
}

# ---- packages and users ----

install_packages() {
  local wanted=(munge slurmctld slurmd slurm-client) missing=() package
  [ "$rest" = off ] || wanted+=(slurmrestd slurm-wlm-jwt-plugin)
  [ "$accounting" = off ] || wanted+=(slurmdbd slurm-wlm-mysql-plugin mariadb-server)
  for package in "${wanted[@]}"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0

  say "installing ${missing[*]}"
  local log=$lab/log/apt.log policy=/usr/sbin/policy-rc.d
  # Without this the packages would start daemons of their own, open to the network.
  if [ ! -e $policy ]; then
    trap "rm -f $policy" EXIT
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod 755 $policy
  fi
  apt-get update >"$log" 2>&1 9<&- || say "apt-get update failed; trying with the old lists"
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" </dev/null >>"$log" 2>&1 9<&- ||
    die "apt-get could not install ${missing[*]}" "$log"
}

create_users() {
  local user
  for user in "${users[@]}"; do
    id "$user" >/dev/null 2>&1 || useradd --create-home --shell /bin/bash "$user"
  done
}

# ---- configuration ----

slurm_conf() {
  local i
  cat <<CONF
ClusterName=$cluster
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmUser=slurm
AuthType=auth/munge
AuthInfo=socket=$munge_socket
CredType=cred/munge
# Daemons and clients listen on all addresses unless told otherwise.
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny

StateSaveLocation=$lab/state
SlurmdSpoolDir=$lab/spool/%n
SlurmctldPidFile=$lab/run/slurmctld.pid
SlurmdPidFile=$lab/run/slurmd.%n.pid
SlurmctldLogFile=$lab/log/slurmctld.log
SlurmdLogFile=$lab/log/slurmd.%n.log

# Nothing that would need systemd or cgroups.
ProctrackType=proctrack/linuxproc
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=5
MpiDefault=none
MailProg=/bin/true

# The size of the nodes is made up: believe the file, not the machine.
SlurmdParameters=config_overrides
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2

SchedulerType=sched/backfill
SchedulerParameters=batch_sched_delay=0,sched_interval=2,bf_interval=5,default_queue_depth=200,max_array_tasks=$maxjobs
PriorityType=priority/multifactor
MaxJobCount=$maxjobs
MaxArraySize=$((maxjobs + 1))
MinJobAge=$minjobage
KillWait=$killwait
SlurmdTimeout=60
CONF
  [ "$jobids" = 0 ] || printf 'FirstJobId=1\nMaxJobId=%s\n' "$jobids"
  [ "$rate_limit" = off ] || echo SlurmctldParameters=rl_enable
  [ "$scron" = off ] || echo ScronParameters=enable
  [ "$epilog_sleep" = 0 ] || echo "Epilog=$lab/etc/epilog"
  if [ "$accounting" = on ]; then
    cat <<CONF
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort=$((port + 1))
AccountingStoragePass=$munge_socket
AccountingStoreFlags=job_comment,job_env,job_script
CONF
  else
    echo "AccountingStorageType=accounting_storage/none"
  fi
  for ((i = 1; i <= nodes; i++)); do
    echo "NodeName=n$i NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 1 + i)) CPUs=$cpus RealMemory=4096"
  done
  cat <<CONF
PartitionName=debug Nodes=ALL Default=YES MaxTime=INFINITE DefaultTime=60
PartitionName=long Nodes=n1 MaxTime=7-0
PartitionName=held Nodes=n1 State=DOWN
CONF
}

slurmdbd_conf() {
  cat <<CONF
AuthType=auth/munge
AuthInfo=socket=$munge_socket
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
DbdHost=$host
DbdAddr=127.0.0.1
DbdPort=$((port + 1))
SlurmUser=slurm
PidFile=$lab/run/slurmdbd.pid
LogFile=$lab/log/slurmdbd.log
StorageType=accounting_storage/mysql
StorageHost=localhost
StorageUser=slurm
StoragePass=slurm
StorageLoc=slurm_acct_db
CONF
}

# Tokens beside munge, for slurmrestd.
jwt_conf() {
  [ "$rest" = off ] || printf 'AuthAltTypes=auth/jwt\nAuthAltParameters=jwt_key=%s\n' "$lab/etc/jwt.key"
}

write_files() {
  umask 022
  mkdir -p "$lab"/{run,state,spool,munge}
  chown slurm: "$lab"/{run,log,state}
  chown munge: "$lab/munge"
  chmod 700 "$lab/state"

  # Running daemons keep to the configuration they were started with.
  { slurm_conf && jwt_conf; } >"$conf.new"
  if ! cmp -s "$conf.new" "$conf"; then
    if running slurmctld "$lab/run/slurmctld.pid"; then
      rm -f "$conf.new"
      die "the lab in $lab runs with other settings: take it down first, or use another SLURM_LAB and SLURM_LAB_PORT"
    fi
  fi
  mv "$conf.new" "$conf"
  printf '#!/bin/sh\nsleep %s\n' "$epilog_sleep" >"$lab/etc/epilog.new"
  chmod 755 "$lab/etc/epilog.new"
  mv "$lab/etc/epilog.new" "$lab/etc/epilog"

  # Left to itself slurmd insists on finding cgroups, even with nothing to use them for. In 22.05
  # naming a version keeps it from looking; later releases can be told to do without.
  case $(slurmctld -V) in
    *' 22.'*) echo CgroupPlugin=cgroup/v1 ;;
    *) echo CgroupPlugin=disabled ;;
  esac >"$lab/etc/cgroup.conf"

  if [ "$accounting" = on ]; then
    { slurmdbd_conf && jwt_conf; } >"$lab/etc/slurmdbd.conf"
    chown slurm: "$lab/etc/slurmdbd.conf"
    chmod 600 "$lab/etc/slurmdbd.conf"
  fi

  if [ ! -s "$lab/munge/key" ]; then
    (umask 077 && head -c 128 /dev/urandom >"$lab/munge/key")
    chown munge: "$lab/munge/key"
  fi

  if [ ! -s "$lab/etc/jwt.key" ]; then
    (umask 077 && head -c 32 /dev/urandom >"$lab/etc/jwt.key")
    chown slurm: "$lab/etc/jwt.key"
  fi

  runuser -u "${users[0]}" -- test -r "$conf" ||
    die "ordinary users cannot read $conf: choose a SLURM_LAB whose parent directories are open to them"
}

# ---- daemons ----

munge_answers() { timeout 5 munge -n -S "$munge_socket" | timeout 5 unmunge -S "$munge_socket"; }

start_munge() {
  local log=$lab/munge/munged.log
  running munged "$lab/munge/pid" ||
    launch "$log" runuser -u munge -- munged --force --socket="$munge_socket" --key-file="$lab/munge/key" \
      --pid-file="$lab/munge/pid" --seed-file="$lab/munge/seed" --log-file="$log"
  await munged "$lab/munge/pid" "$log" munge_answers
}

sql() { mariadb --no-defaults --socket="$db_socket" --user=root "$@"; }

start_database() {
  local log=$lab/db/mariadb.log
  if [ ! -e "$lab/db/ready" ]; then
    rm -rf "$lab/db"
    # Nobody but the daemons gets in: the database's root has no password.
    install -d -o mysql -g slurm -m 750 "$lab/db"
    mariadb-install-db --no-defaults --user=mysql --datadir="$lab/db/data" --skip-test-db \
      --auth-root-authentication-method=normal >"$log" 2>&1 9<&- || die "mariadb-install-db failed" "$log"
    chown mysql: "$log"
    touch "$lab/db/ready"
  fi
  # What is in it is worth nothing, so let it not wait for the disk.
  running mariadbd "$lab/db/pid" ||
    launch "$log" setsid --fork mariadbd --no-defaults --user=mysql --skip-networking \
      --datadir="$lab/db/data" --socket="$db_socket" --pid-file="$lab/db/pid" --log-error="$log" \
      --innodb-flush-log-at-trx-commit=0 --innodb-lock-wait-timeout=900
  await mariadbd "$lab/db/pid" "$log" sql -e 'SELECT 1'
  sql -e "CREATE DATABASE IF NOT EXISTS slurm_acct_db;
    CREATE USER IF NOT EXISTS slurm@localhost IDENTIFIED BY 'slurm';
    GRANT ALL ON slurm_acct_db.* TO slurm@localhost" 2>>"$log" || die "mariadb refused to set up slurmdbd's database" "$log"
}

dbd_answers() { timeout 10 sacctmgr -n list cluster; }

start_dbd() {
  local log=$lab/log/slurmdbd.log names
  # No setting names the database's socket; the client library looks into this variable.
  running slurmdbd "$lab/run/slurmdbd.pid" ||
    launch "$log" MYSQL_UNIX_PORT="$db_socket" runuser -u slurm -- slurmdbd
  await slurmdbd "$lab/run/slurmdbd.pid" "$log" dbd_answers
  names=$(IFS=, && echo "${users[*]}")
  {
    grep -q . <<<"$(sacctmgr -n list cluster lab)" || sacctmgr -i add cluster lab
    grep -q . <<<"$(sacctmgr -n list account lab)" || sacctmgr -i add account lab
    grep -q . <<<"$(sacctmgr -n list user "$names")" || sacctmgr -i add user "$names" account=lab
  } >>"$lab/log/sacctmgr.log" 2>&1 || die "sacctmgr could not add the cluster and its users" "$lab/log/sacctmgr.log"
}

controller_answers() { timeout 10 scontrol ping | grep -q 'is UP'; }

start_controller() {
  local log=$lab/log/slurmctld.log pid
  if pid=$(pid_of slurmctld "$lab/run/slurmctld.pid"); then
    kill -CONT "$pid"
  else
    launch "$log" runuser -u slurm -- slurmctld
  fi
  await slurmctld "$lab/run/slurmctld.pid" "$log" controller_answers
}

# An asterisk is how sinfo marks a node that has not answered yet.
node_answers() {
  local state
  state=$(timeout 10 sinfo -h -n "$1" -o %T) && [ -n "$state" ] && ! grep -qE 'unknown|down|\*' <<<"$state"
}

start_nodes() {
  local i
  for ((i = 1; i <= nodes; i++)); do
    mkdir -p "$lab/spool/n$i"
    running slurmd "$lab/run/slurmd.n$i.pid" || launch "$lab/log/slurmd.n$i.log" slurmd -N "n$i"
  done
  for ((i = 1; i <= nodes; i++)); do
    await slurmd "$lab/run/slurmd.n$i.pid" "$lab/log/slurmd.n$i.log" node_answers "n$i"
  done
}

# launch_rest NAME USER AUTH ADDRESS [VARIABLE]: start it in the background and write the pid file that it does not write.
launch_rest() {
  local user=$2 auth=$3 address=$4 more=${5:-LC_ALL=C} log=$lab/log/rest-$1.log pidfile=$lab/run/rest-$1.pid
  running slurmrestd "$pidfile" && return
  (
    cd / && exec setsid setpriv --reuid="$user" --regid="$user" --init-groups \
      env -i PATH="$PATH" LC_ALL=C HOME="/home/$user" SLURM_CONF="$conf" SLURM_BITSTR_LEN=0 "$more" \
      slurmrestd -a "$auth" "$address" </dev/null >"$log" 2>&1 9<&-
  ) &
  echo $! >"$pidfile"
}

rest_answers() { exec 3<>"/dev/tcp/127.0.0.1/$((port + 60))"; }

# Neither root nor Slurm's own user may run slurmrestd. At the socket it lets in the user that it runs as, and root.
start_rest() {
  mkdir -p "$lab/rest"
  chown "${users[0]}:" "$lab/rest"
  running slurmrestd "$lab/run/rest-socket.pid" || rm -f "$lab/rest/socket"
  launch_rest socket "${users[0]}" rest_auth/local "unix:$lab/rest/socket"
  launch_rest port "${users[1]}" rest_auth/jwt "127.0.0.1:$((port + 60))" SLURM_JWT=daemon
  await slurmrestd "$lab/run/rest-socket.pid" "$lab/log/rest-socket.log" test -S "$lab/rest/socket"
  await slurmrestd "$lab/run/rest-port.pid" "$lab/log/rest-port.log" rest_answers
}

# ---- the way down ----

# The processes of this lab's jobs and epilogs, and the slurmstepd that watch over them.
job_processes() {
  local dir pid env
  for dir in /proc/[0-9]*; do
    pid=${dir#/proc/}
    case $(readlink "$dir/exe") in
      */slurmstepd*) [[ $(readlink "$dir/cwd") != "$lab"/* ]] || echo "$pid" ;;
      *)
        env=$(tr '\0' '\n' <"$dir/environ") || continue
        if grep -qxF "SLURM_CONF=$conf" <<<"$env" && grep -q '^SLURM_JOB_ID=' <<<"$env"; then echo "$pid"; fi
        ;;
    esac
  done 2>/dev/null
}

end_jobs() {
  local end=$((SECONDS + killwait + 10)) left state
  compgen -G "$lab/run/slurmd.*.pid" >/dev/null || return 0
  printf '#!/bin/sh\n' >"$lab/etc/epilog"
  if (start_controller); then
    # Pending ones first, or they would take the places of those ended.
    for state in pending suspended running; do
      timeout 120 scancel -Q --state=$state || true
    done
    while left=$(timeout 10 squeue -h -o %i) && [ -n "$left" ] && [ "$SECONDS" -lt "$end" ]; do sleep 0.2; done
  fi
}

stop_nodes() {
  local files=() left round
  mapfile -t files < <(compgen -G "$lab/run/slurmd.*.pid")
  stop slurmd "${files[@]}"
  # Jobs a killed slurmctld had no time to write down, and epilogs. More than once, since what is
  # about to be killed may still start something.
  for round in 1 2 3 4 5; do
    mapfile -t left < <(job_processes)
    [ ${#left[@]} -gt 0 ] || return 0
    [ "$round" -gt 1 ] || say "killing ${#left[@]} processes that jobs left behind"
    kill -KILL "${left[@]}" 2>/dev/null || true
    sleep 0.1
  done
}

# ---- commands ----

up() {
  [[ $lab =~ ^[A-Za-z0-9/._-]+$ ]] || die "Slurm could not cope with this path: $lab"
  case $accounting in on | off) ;; *) die "SLURM_LAB_ACCOUNTING is on or off, not $accounting" ;; esac
  command -v apt-get >/dev/null || die "needs apt-get"
  [ -e "$marker" ] || [ -z "$(ls -A "$lab" 2>/dev/null)" ] || die "$lab is not empty, and not a lab"
  mkdir -p "$lab"/{etc,log}
  [ -O "$lab" ] || die "$lab belongs to someone else"
  chmod 755 "$lab"
  touch "$marker"

  install_packages
  create_users
  write_files
  say "starting munged"
  start_munge
  if [ "$accounting" = on ]; then
    say "starting mariadb and slurmdbd"
    start_database
    start_dbd
  fi
  say "starting slurmctld"
  start_controller
  say "starting $nodes slurmd"
  start_nodes
  if [ "$rest" = on ]; then
    say "starting slurmrestd"
    start_rest
  fi
  say "up in $SECONDS s, $nodes nodes, SLURM_CONF=$conf"
}

down() {
  local wipe=no
  case ${1:-} in
    '') ;;
    --wipe) wipe=yes ;;
    *) usage ;;
  esac
  if [ ! -e "$marker" ]; then
    say "no lab in $lab"
    return
  fi
  say "ending the jobs"
  end_jobs
  say "stopping the daemons"
  stop_nodes
  stop slurmrestd "$lab/run/rest-socket.pid" "$lab/run/rest-port.pid"
  stop slurmctld "$lab/run/slurmctld.pid"
  stop slurmdbd "$lab/run/slurmdbd.pid"
  stop mariadbd "$lab/db/pid"
  stop munged "$lab/munge/pid"
  [ $wipe = no ] || rm -rf -- "$lab"
  say "down in $SECONDS s"
}

signal_controller() {
  local pid
  pid=$(pid_of slurmctld "$lab/run/slurmctld.pid") || die "no slurmctld runs in $lab"
  kill "-$1" "$pid"
  while [ "$1" = KILL ] && running slurmctld "$lab/run/slurmctld.pid"; do sleep 0.05; done
}

usage() {
  say "usage: slurm-lab.sh up | down [--wipe] | env | pause-controller | kill-controller | start-controller"
  exit 2
}

command=${1:-}
[ $# -eq 0 ] || shift
case $command in
  env)
    printf 'export SLURM_CONF=%q\n' "$conf"
    exit
    ;;
  up | down | pause-controller | kill-controller | start-controller) ;;
  *) usage ;;
esac
[ "$(id -u)" = 0 ] || die "needs root"

# One at a time, whatever the lab: apt-get would get in its own way.
exec 9<"${BASH_SOURCE[0]}"
flock 9

case $command in
  up) up ;;
  down) down "$@" ;;
  pause-controller) signal_controller STOP ;;
  kill-controller) signal_controller KILL ;;
  start-controller)
    [ -e "$conf" ] || die "no lab in $lab"
    start_controller
    ;;
esac
