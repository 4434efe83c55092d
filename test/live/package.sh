#!/usr/bin/env bash
# Makes the package and the executable, each twice and in two places, and tries them as an ordinary user who has nothing else. Needs root, to make that user.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
[ "$(id -u)" = 0 ] || { echo 'package.sh: needs root, to make an ordinary user' >&2; exit 2; }
export PATH="$PWD/node_modules/.bin:$PATH"

scratch=$(mktemp -d)
chmod 755 "$scratch"
user=jobtop-trial-$$
clean_up() {
  userdel "$user" 2>/dev/null || true
  chmod -R u+w -- "$scratch"
  rm -rf -- "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# quietly COMMAND...: run it, and tell what it said only if it fails.
quietly() {
  "$@" </dev/null >"$scratch/log" 2>&1 || { echo "package.sh: $* failed" >&2; tail -n 20 -- "$scratch/log" >&2; exit 1; }
}
in_elsewhere() { (cd "$scratch/elsewhere" && "$@"); }

echo 'package.sh: building twice'
mkdir "$scratch/elsewhere" "$scratch/first" "$scratch/second"
cp -r .npmrc package.json tsconfig.json README.md LICENSE patches scripts source docs "$scratch/elsewhere"
# A link to the modules of another checkout is followed: one of the tests removes a file.
cp -alH node_modules "$scratch/elsewhere" 2>/dev/null || { rm -rf "$scratch/elsewhere/node_modules" && cp -aH node_modules "$scratch/elsewhere"; }
quietly npm pack --pack-destination "$scratch/first"
quietly in_elsewhere npm pack --pack-destination "$scratch/second"
quietly node scripts/build-executable.js "$scratch/first"
quietly in_elsewhere node scripts/build-executable.js "$scratch/second"

echo 'package.sh: fetching the oldest Node that it runs on, and one that is too old'
oldest=$(node -p "require('./package.json').engines.node.replace('>=', '') + '.0'")
platform=$(node -p 'process.platform + "-" + process.arch')
for version in "$oldest" 20; do
  quietly npm install --no-save --no-package-lock --prefix "$scratch/node$version" "node-$platform@$version"
  mv "$scratch/node$version/node_modules/node-$platform/bin" "$scratch/node$version/bin"
done
mkdir -p "$scratch/node24/bin"
cp node_modules/node/bin/node "$scratch/node24/bin"
mv "$scratch/node$oldest" "$scratch/oldest"
mv "$scratch/node20" "$scratch/tooold"

useradd --create-home --home-dir "$scratch/home" --shell /bin/sh "$user"
mkdir "$scratch/installed" "$scratch/alone" "$scratch/empty"
chown "$user" "$scratch/installed"
cp "$scratch"/first/jobtop-"$platform" "$scratch/alone/jobtop"
mkdir -p "$scratch/unpacked/bin"
tar -xzf "$scratch"/first/jobtop-*.tgz -C "$scratch/unpacked"
ln -s ../package/dist/jobtop.js "$scratch/unpacked/bin/jobtop"

# No home, no cache, no registry: what is not in the package cannot come from anywhere.
echo 'package.sh: installing'
as_user() { (cd "$scratch/empty" && setpriv --reuid "$user" --regid "$user" --clear-groups env -i "$@"); }
quietly as_user PATH="$scratch/node24/bin:/usr/bin:/bin" "$(command -v npm)" install --global --offline --registry http://127.0.0.1:9 \
  --cache "$scratch/home/cache" --prefix "$scratch/installed" "$scratch"/first/jobtop-*.tgz
chown -R root: "$scratch/installed"
chmod -R a-w "$scratch/installed" "$scratch/unpacked" "$scratch/alone" "$scratch/empty"

LIVE_PACKAGE=required LIVE_PACKAGE_FOLDER="$scratch" LIVE_PACKAGE_USER="$user" \
  node --import=tsx --test test/live/package.ts
