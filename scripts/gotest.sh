#!/bin/sh
# gotest.sh ARGUMENTS: go test -json of every package of every module here, with
# the arguments. gotestsum reads it, so that one line counts them all. A nested
# module's tests look at files of this one, of which the cache of results does not
# know: they always run.
status=0
for mod in go.mod $(git ls-files '*/go.mod'); do
	[ "$mod" = go.mod ] || set -- -count=1 "$@"
	(cd "$(dirname "$mod")" && go test -json "$@" ./...) || status=1
done
exit $status
