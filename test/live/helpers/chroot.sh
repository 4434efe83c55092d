# What the labs in a chroot of another Debian share. To be sourced; `root` is the folder of the chroot, `scratch` one for a log, `fail` ends the script with a message.

in_root() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 "$@"; }

# make_chroot SUITE PACKAGE…: makes the chroot, or waits until another process has made it. Where there is a function `before_packages`, it runs before the packages are installed.
make_chroot() {
  local suite=$1 archive
  shift
  mkdir -p "$root"
  exec 9>"$root.lock"
  flock 9
  if [ ! -e "$root/made" ]; then
    if ! command -v debootstrap >/dev/null; then
      { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends debootstrap; } \
        </dev/null >"$scratch/log" 2>&1 || fail 'there is no debootstrap, and it could not be installed'
    fi
    # The archive that the packages of the machine come from.
    archive=$(apt-get indextargets --format '$(REPO_URI)' 'Label: Debian' 2>/dev/null | head -n 1)
    [ -n "$archive" ] || archive=$(apt-get indextargets --format '$(REPO_URI)' | head -n 1)
    [ -n "$archive" ] || fail 'apt-get knows no archive of Debian'
    echo "$(basename "$0"): making a chroot of $suite"
    rm -rf --one-file-system -- "$root"
    debootstrap --variant=minbase "$suite" "$root" "$archive" </dev/null >"$scratch/log" 2>&1 ||
      fail "no chroot of $suite could be made: $(tail -n 1 "$scratch/log")"
    # Nothing is started while it is installed.
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
    chmod 755 "$root/usr/sbin/policy-rc.d"
    ! declare -F before_packages >/dev/null || before_packages
    { in_root apt-get update && in_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"; } \
      </dev/null >"$scratch/log" 2>&1 || fail "$* could not be installed: $(tail -n 1 "$scratch/log")"
    touch "$root/made"
  fi
  flock -u 9
  exec 9>&-
}

# enter_chroot SOURCE: in a mount namespace of its own, makes the chroot usable, and the program of SOURCE there is in /jobtop.
enter_chroot() {
  local source=$1 name
  # Some jobs get mount namespaces of their own, which a root that is no mount point does not allow.
  mount --bind "$root" "$root"
  mount --make-private "$root"
  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  mkdir -p "$root/jobtop"
  mount -t tmpfs tmpfs "$root/jobtop"
  for name in package.json tsconfig.json node_modules source scripts test dist; do
    [ -e "$source/$name" ] || continue
    if [ -d "$source/$name" ]; then mkdir "$root/jobtop/$name"; else touch "$root/jobtop/$name"; fi
    mount --bind "$(realpath "$source/$name")" "$root/jobtop/$name"
  done
  for name in labalice labbob; do
    in_root id "$name" >/dev/null 2>&1 || in_root useradd --create-home --shell /bin/bash "$name"
    chmod 755 "$root/home/$name"
  done
}
