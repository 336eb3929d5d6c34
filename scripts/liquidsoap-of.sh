#!/usr/bin/env bash
# Runs tests with the Liquidsoap of another Debian release: scripts/liquidsoap-of.sh [SUITE [DIRECTORY [TEST…]]]
# They are those of the plan and of going live unless others are named. It is installed into a root directory of its own,
# by default Debian 13's (2.3.2) into /var/tmp/awaz-trixie: some 700 MB at the first run. As root, after `make setup-test`.
set -euo pipefail
cd "$(dirname "$0")/.."

suite=${1:-trixie}
root=${2:-/var/tmp/awaz-$suite}
shift $(($# > 2 ? 2 : $#))
[ $# -gt 0 ] || set -- tests/component/test_plan.py tests/system/test_{playout,going_live,recordings,microphone}.py
[ "$(id -u)" -eq 0 ] || { echo "awaz: run this as root" >&2; exit 1; }

if ! [ -x "$root/usr/bin/liquidsoap" ]; then
  scripts/apt-install.sh debootstrap libcap2-bin
  # The mirror that this machine's own packages come from.
  mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' | sed -n 1p)
  debootstrap --variant=minbase "$suite" "$root" "$mirror"
  chroot "$root" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends liquidsoap ffmpeg
fi

wrapper=$(mktemp -d)
trap 'rm -rf "$wrapper"' EXIT
# Pipelines run as a user of their own, who may not change the root directory without this.
cp "$(command -v chroot)" "$wrapper"
setcap cap_sys_chroot+ep "$wrapper/chroot"
printf '#!/bin/sh\nexec %s/chroot %s /usr/bin/liquidsoap "$@"\n' "$wrapper" "$root" >"$wrapper/liquidsoap"
chmod 755 "$wrapper" "$wrapper/liquidsoap"

mkdir -p "$root$PWD"
# The mounts are seen by these processes alone, and go with them.
unshare --mount sh -euc '
  mount --bind /tmp "$1/tmp"
  mount --bind "$PWD" "$1$PWD"
  mount -t proc proc "$1/proc"
  mount --rbind /dev "$1/dev"
  PATH="$2:$PATH"
  liquidsoap --version | sed -n 1p
  shift 2
  .venv/bin/python -m pytest "$@"
' sh "$root" "$wrapper" "$@"
