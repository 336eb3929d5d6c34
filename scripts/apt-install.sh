#!/usr/bin/env bash
# Installs the Debian packages named as arguments that are not there yet, without starting any service they bring.
set -euo pipefail

missing=()
for package in "$@"; do
  [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

say() { printf '  %s\n' "$*"; }
fail() { printf 'awaz: %s\n' "$*" >&2; exit 1; }

command -v apt-get >/dev/null || fail "missing ${missing[*]}, and apt-get is not here: install them yourself, then run again."
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || fail "missing ${missing[*]}: run as root, or install sudo first."
  as_root=(sudo)
fi

log=$(mktemp)
policy=/usr/sbin/policy-rc.d
made_policy=no
finish() {
  rm -f "$log"
  [ "$made_policy" = no ] || "${as_root[@]}" rm -f "$policy"
}
trap finish EXIT

# Debian starts a service as soon as its package is unpacked; a distribution Icecast would take our port.
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
  "${as_root[@]}" chmod 755 "$policy"
  made_policy=yes
fi

say "system packages: ${missing[*]} (a minute or two)"
apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=120 "$@"; }
# A stale or broken third-party list must not stop us: what counts is whether the install works.
apt update >"$log" 2>&1 || true
if ! apt install --no-install-recommends "${missing[@]}" >>"$log" 2>&1; then
  fail "apt could not install ${missing[*]}; is the network up? It said: $(grep -m1 '^E:' "$log" || tail -n 1 "$log")"
fi
for service in icecast2 liquidsoap postgresql redis-server; do
  case " ${missing[*]} " in
    *" $service "*) command -v systemctl >/dev/null && "${as_root[@]}" systemctl disable "$service" >/dev/null 2>&1 || true ;;
  esac
done
