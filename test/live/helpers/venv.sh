# A virtual environment of Python for the live tests; sourced. The script that sources it sets `scratch`, its temporary folder.

# die MESSAGE [LOG]: give up, with the end of the log that may tell why.
die() {
  echo "$(basename "$0"): $1" >&2
  [ -z "${2:-}" ] || tail -n 15 -- "$2" >&2 || true
  exit 1
}

make_venv() { python3 -m venv "$scratch/venv" >"$scratch/venv.log" 2>&1; }

# open_venv: makes "$scratch/venv", and installs what that needs where it is missing and that is allowed.
open_venv() {
  # Debian keeps what makes a virtual environment in a package of its own.
  if ! make_venv; then
    [ "$(id -u)" = 0 ] || die 'Python 3 with its venv is missing, and only root may install it' "$scratch/venv.log"
    rm -rf -- "$scratch/venv"
    { apt-get update || true; } >"$scratch/apt.log" 2>&1
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends python3 python3-venv \
      </dev/null >>"$scratch/apt.log" 2>&1 || die 'apt-get could not install python3-venv' "$scratch/apt.log"
    make_venv || die 'there is no virtual environment to be had' "$scratch/venv.log"
  fi
}

# install_packages PARAMETER...: what pip is to install into it, within ten minutes.
install_packages() {
  timeout 600 "$scratch/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check "$@" >"$scratch/pip.log" 2>&1 ||
    die "pip could not install $*" "$scratch/pip.log"
}
