#!/bin/sh
# Installs the Debian packages that are missing, and nothing else; no service of theirs is started.
#   install-packages.sh             install
#   install-packages.sh --missing   only print what would be installed
#   FOR_TESTS=1                     with what the tests use besides
set -eu

POLICY=/usr/sbin/policy-rc.d
CLUSTERS=/etc/postgresql-common/createcluster.conf

# Packages whose program is absent; packages/engines/src/packages.ts has the engines' half of this list.
missing() {
  while read -r program package; do
    [ -e "$program" ] || echo "$package"
  done <<'LIST'
/usr/lib/postgresql/15/bin/postgres postgresql-15
/usr/bin/etcd etcd-server
/usr/sbin/nats-server nats-server
/usr/bin/docker-registry docker-registry
/usr/sbin/dockerd docker.io
/usr/sbin/iptables iptables
/usr/sbin/ip iproute2
/usr/bin/skopeo skopeo
LIST
  # The other busybox of Debian, at the same path, needs shared libraries.
  if [ ! -e /bin/busybox ] || head -c 4096 /bin/busybox | grep -q /ld-linux; then echo busybox-static; fi
  command -v node >/dev/null || echo nodejs
  command -v npx >/dev/null || echo npm
  if [ -n "${FOR_TESTS:-}" ]; then test_tools; fi
}

# What only the tests use.
test_tools() {
  command -v openssl >/dev/null || echo openssl
  command -v curl >/dev/null || echo curl
  command -v ssh-keygen >/dev/null || echo openssh-client
  command -v chromium >/dev/null || echo chromium
}

say() { echo "install-packages: $*"; }

restore() {
  rm -f "$POLICY"
  if [ -e "$POLICY.thecloud" ]; then mv "$POLICY.thecloud" "$POLICY"; fi
}

# Debian's maintainer scripts ask this program before they start a service; 101 means "do not".
forbid_services() {
  if [ -e "$POLICY" ] && [ ! -e "$POLICY.thecloud" ]; then mv "$POLICY" "$POLICY.thecloud"; fi
  trap restore EXIT
  trap 'exit 130' INT TERM
  printf '#!/bin/sh\nexit 101\n' >"$POLICY"
  chmod 755 "$POLICY"
}

# Without it, installing PostgreSQL would also make a database cluster of the machine's own.
forbid_default_cluster() {
  if [ -e "$CLUSTERS" ]; then return; fi
  mkdir -p "${CLUSTERS%/*}"
  echo 'create_main_cluster = false' >"$CLUSTERS"
}

# Nor shall the next boot start what was just installed: The Cloud starts its engines itself.
disable_services() {
  command -v systemctl >/dev/null || return 0
  for package in $packages; do
    case $package in
      postgresql-15) units=postgresql ;;
      etcd-server) units=etcd ;;
      nats-server | docker-registry) units=$package ;;
      docker.io) units='docker.service docker.socket containerd.service' ;;
      *) continue ;;
    esac
    for unit in $units; do
      systemctl --quiet disable "$unit" || say "could not disable $unit; it will start at the next boot"
    done
  done
}

apt() {
  for attempt in 1 2 3; do
    if DEBIAN_FRONTEND=noninteractive apt-get -y -q -o DPkg::Lock::Timeout=120 \
      -o Dpkg::Options::=--force-confold "$@"; then return 0; fi
    if [ "$attempt" -lt 3 ]; then say "apt-get $1 failed, trying again"; sleep 5; fi
  done
  say "apt-get $1 failed three times. Check the network and /etc/apt/sources.list, then run this again." >&2
  return 1
}

packages=$(missing | tr '\n' ' ')
if [ "${1:-}" = --missing ]; then
  echo "$packages"
  exit 0
fi
if [ -z "$packages" ]; then
  say 'nothing is missing'
  exit 0
fi
if [ "$(id -u)" -ne 0 ]; then
  say "must be root to install: $packages" >&2
  say 'run it again as root, for example with sudo' >&2
  exit 1
fi
if ! command -v apt-get >/dev/null; then
  say "this is no Debian: install these by hand: $packages" >&2
  exit 1
fi

say "installing: $packages"
forbid_services
forbid_default_cluster
apt update
# Word splitting is meant: one argument a package.
# shellcheck disable=SC2086
apt install --no-install-recommends $packages
disable_services
still=$(missing | tr '\n' ' ')
if [ -n "$still" ]; then
  say "still missing after the installation: $still" >&2
  exit 1
fi
say 'done'
