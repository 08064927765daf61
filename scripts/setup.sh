#!/bin/sh
# Installs what the tests need beside Go: Chromium for the browser tests,
# Python as a sender that is not ours, rsyslog, syslog-ng and logger. Run it as
# often as you like; with everything in place it does nothing. `make test` runs
# it first.
#
# Programs are installed with apt-get, which takes root. The two relays are
# only unpacked, into the cache folder where internal/relay looks for them: a
# test must not change a machine's system logger, and Debian lets only one of
# the two be installed. With CI=true a test whose program is missing fails.
set -eu

cache=${TARASTAT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tarastat}
relays=$cache/relays

say() { echo "setup: $*" >&2; }

packages=
need() { command -v "$1" >/dev/null || packages="$packages $2"; }
need chromium chromium
need logger bsdutils
need python3 python3

missing=$packages
[ -e "$relays/complete" ] || missing="$missing rsyslog syslog-ng"
[ -n "$missing" ] || exit 0

if [ ! -e /etc/debian_version ] || ! command -v apt-get >/dev/null; then
	say "missing:$missing. This is not Debian, so install them yourself, rsyslog with its OpenSSL driver." \
		"Tests that find none are skipped, or fail when CI=true."
	exit 0
fi
if [ "$(id -u)" != 0 ]; then
	say "missing:$missing. Run 'make setup' as root to get them." \
		"Tests that find none are skipped, or fail when CI=true."
	exit 0
fi

export DEBIAN_FRONTEND=noninteractive
say "installing$missing"
apt-get -qq update

# shellcheck disable=SC2086 # one word a package
[ -z "$packages" ] || apt-get -qq -y -o DPkg::Lock::Timeout=120 install --no-install-recommends $packages >/dev/null
[ ! -e "$relays/complete" ] || exit 0

# unpack PACKAGE...: the packages and those of their dependencies that are not
# installed. A simulated installation names them; whatever it would remove stays.
unpack() {
	wanted=$(apt-get -s install --no-install-recommends "$@" | sed -n 's/^Inst \([^ ]*\) .*/\1/p')
	debs=$(mktemp -d)
	# shellcheck disable=SC2086 # one word a package
	(cd "$debs" && apt-get -qq -o APT::Sandbox::User=root download "$@" $wanted)
	for deb in "$debs"/*.deb; do dpkg-deb -x "$deb" "$partial"; done
	rm -rf "$debs"
}

partial=$relays.$$
trap 'rm -rf "$partial"' EXIT
mkdir -p "$partial"
unpack rsyslog rsyslog-openssl rsyslog-gnutls
unpack syslog-ng-core
touch "$partial/complete"
rm -rf "$relays"
mv "$partial" "$relays"
say "done"
