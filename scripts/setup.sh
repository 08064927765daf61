#!/bin/sh
# Installs what the tests need beside Go: Chromium for the browser tests,
# Python as a sender that is not ours, rsyslog, syslog-ng and logger. Run it as
# often as you like; with everything in place it does nothing. `make test` runs
# it first.
#
# Programs are installed with apt-get, which takes root. The two relays are
# only unpacked, into the cache folder where internal/relay looks for them: a
# test must not change a machine's system logger, and Debian lets only one of
# the two be installed.
#
# What cannot be had, without a network for instance, is told of, and its tests
# are skipped. With CI=true that is a failure, here or in the test.
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

work=
finish() {
	status=$?
	[ -z "$work" ] || rm -rf "$work"
	if [ $status != 0 ]; then
		say "could not install:$missing."
		[ "${CI:-}" = true ] || { say "Going on: tests that find none are skipped."; status=0; }
	fi
	exit $status
}
trap finish EXIT
trap 'trap - EXIT; rm -rf "$work"; exit 1' INT TERM

export DEBIAN_FRONTEND=noninteractive
say "installing$missing"
apt-get -qq update

# shellcheck disable=SC2086 # one word a package
[ -z "$packages" ] || apt-get -qq -y -o DPkg::Lock::Timeout=120 install --no-install-recommends $packages >/dev/null
[ ! -e "$relays/complete" ] || exit 0

# unpack PACKAGE...: the packages and those of their dependencies that are not
# installed. A simulated installation names them; whatever it would remove stays.
unpack() {
	wanted=$(apt-get -s install --no-install-recommends "$@")
	wanted=$(echo "$wanted" | sed -n 's/^Inst \([^ ]*\) .*/\1/p')
	mkdir "$work/debs"
	# shellcheck disable=SC2086 # one word a package
	(cd "$work/debs" && apt-get -qq -o APT::Sandbox::User=root download "$@" $wanted)
	for deb in "$work"/debs/*.deb; do dpkg-deb -x "$deb" "$work/relays"; done
	rm -rf "$work/debs"
}

work=$relays.$$ # beside it, so that it can be renamed
mkdir -p "$work/relays"
unpack rsyslog rsyslog-openssl rsyslog-gnutls
unpack syslog-ng-core
touch "$work/relays/complete"
rm -rf "$relays"
mv "$work/relays" "$relays"
say "done"
