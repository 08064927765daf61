#!/bin/sh
# Installs what the tests need beside Go: Chromium for the browser tests,
# rsyslog and syslog-ng for the relay tests. Run it as often as you like; with
# everything in place it does nothing. `make test` runs it first.
#
# Chromium is installed with apt-get, which takes root. The two relays are
# only unpacked, into the cache folder where internal/relay looks for them: a
# test must not change a machine's system logger, and Debian lets only one of
# the two be installed. With CI=true a test whose program is missing fails.
set -eu

cache=${TARASTAT_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tarastat}
relays=$cache/relays

say() { echo "setup: $*" >&2; }

have_chromium() { command -v chromium || command -v chromium-browser || command -v google-chrome; }

missing=
have_chromium >/dev/null || missing="$missing chromium"
[ -e "$relays/complete" ] || missing="$missing relays"
command -v logger >/dev/null || missing="$missing logger"
[ -n "$missing" ] || exit 0

if [ ! -e /etc/debian_version ] || ! command -v apt-get >/dev/null; then
	say "missing:$missing. This is not Debian, so install them yourself: chromium, rsyslog with its" \
		"OpenSSL driver, syslog-ng, logger (util-linux). Tests that find none are skipped, or fail when CI=true."
	exit 0
fi
if [ "$(id -u)" != 0 ]; then
	say "missing:$missing. Run 'sudo make setup' or 'apt-get install chromium' as root." \
		"Tests that find none are skipped, or fail when CI=true."
	exit 0
fi

export DEBIAN_FRONTEND=noninteractive
say "installing$missing"
apt-get -qq update

case $missing in *chromium*) apt-get -qq -y install --no-install-recommends chromium >/dev/null ;; esac
case $missing in *logger*) apt-get -qq -y install --no-install-recommends bsdutils >/dev/null ;; esac

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

case $missing in
*relays*)
	partial=$relays.$$
	mkdir -p "$partial"
	unpack rsyslog rsyslog-openssl rsyslog-gnutls
	unpack syslog-ng-core
	touch "$partial/complete"
	rm -rf "$relays"
	mv "$partial" "$relays"
	;;
esac
say "done"
