#!/bin/sh
# Installs what the tests need beside Go: Chromium and axe-core for the tests of
# pages, Python as a sender that is not ours, rsyslog, syslog-ng and logger. Run
# it as often as you like; with everything in place it does nothing. `make test`
# runs it first.
#
# Programs are installed with apt-get, which takes root. The two relays are
# only unpacked, into the cache folder where internal/testenv looks for them: a
# test must not change a machine's system logger, and Debian lets only one of
# the two be installed. axe-core, one file of JavaScript, comes by npm into the
# same folder.
#
# What cannot be had, without a network for instance, is told of, and its tests
# are skipped. With CI=true that is a failure, here or in the test.
set -eu

cache=${TARASTAT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tarastat}
relays=$cache/relays
axe=$cache/axe-core
axe_version=4.14.1
axe_sha256=e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745

say() { echo "setup: $*" >&2; }

# fetch_axe needs neither root nor Debian.
fetch_axe() {
	say "fetching axe-core $axe_version"
	got=$(mktemp -d) || return
	(cd "$got" && npm pack --silent "axe-core@$axe_version") >/dev/null &&
		echo "$axe_sha256  $got/axe-core-$axe_version.tgz" | sha256sum --check --quiet &&
		tar -xzf "$got/axe-core-$axe_version.tgz" -C "$got" &&
		mkdir -p "$axe" &&
		cp "$got/package/axe.min.js" "$got/package/LICENSE" "$axe" &&
		echo "$axe_version" >"$axe/version"
	set -- $?
	rm -rf "$got"
	return "$1"
}
if [ "$(cat "$axe/version" 2>/dev/null)" != "$axe_version" ] && ! fetch_axe; then
	say "could not fetch axe-core by npm. Tests that find none are skipped, or fail when CI=true."
fi

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
