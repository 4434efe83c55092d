#!/usr/bin/env bash
# A private sshd on loopback for the live tests, beside whatever sshd the machine has. Needs root.
#
#   ssh-lab.sh FOLDER up USER PORT SLURM_CONF   install it if need be, and start it
#   ssh-lab.sh FOLDER down                      stop it
#
# FOLDER/bin/ssh is an ssh that knows these hosts: `login` lets USER in; `stranger` is the same with a
# host key that nobody knows here; `keyless` is asked with a key that it does not take; `nobody` is a
# port at which nobody listens.
set -euo pipefail

folder=$1 command=$2
pid_of_sshd() { [ -s "$folder/pid" ] && [ "$(readlink "/proc/$(cat "$folder/pid")/exe")" = /usr/sbin/sshd ] && cat "$folder/pid"; }

if [ "$command" = down ]; then
  if pid=$(pid_of_sshd); then kill "$pid"; fi
  exit
fi
user=$3 port=$4 slurm_conf=$5

if [ ! -x /usr/sbin/sshd ]; then
  policy=/usr/sbin/policy-rc.d
  # Without this the package would start an sshd that is open to the network.
  if [ ! -e $policy ]; then
    trap 'rm -f $policy' EXIT
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod 755 $policy
  fi
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends openssh-server </dev/null >/dev/null
fi

mkdir -p "$folder/bin" /run/sshd
for name in host key other; do
  [ -e "$folder/$name" ] || ssh-keygen -q -t ed25519 -N '' -f "$folder/$name"
done
cp "$folder/key.pub" "$folder/authorized"
chown "$user:" "$folder/key" "$folder/other"
cat >"$folder/sshd_config" <<CONF
Port $port
ListenAddress 127.0.0.1
HostKey $folder/host
PidFile $folder/pid
AuthorizedKeysFile $folder/authorized
# The folder is below /tmp, which others may write to.
StrictModes no
UsePAM yes
PasswordAuthentication no
KbdInteractiveAuthentication no
SetEnv SLURM_CONF=$slurm_conf
CONF
echo "lab-host $(cut -d' ' -f1-2 "$folder/host.pub")" >"$folder/known"
cat >"$folder/config" <<CONF
Host nobody
  HostName 127.0.0.1
  Port 1
Host keyless
  IdentityFile $folder/other
Host * !keyless
  IdentityFile $folder/key
Host stranger
  UserKnownHostsFile /dev/null
Host *.invalid
  HostName %h
Host *
  HostName 127.0.0.1
  HostKeyAlias lab-host
  Port $port
  User $user
  IdentitiesOnly yes
  UserKnownHostsFile $folder/known
CONF
printf '#!/bin/sh\nexec /usr/bin/ssh -F %s/config "$@"\n' "$folder" >"$folder/bin/ssh"
chmod 755 "$folder/bin/ssh"
chmod 644 "$folder/config" "$folder/known"
pid_of_sshd >/dev/null || /usr/sbin/sshd -f "$folder/sshd_config" -E "$folder/log"
