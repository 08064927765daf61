#!/bin/sh
# gotest.sh ARGUMENTS: go test -json of every package of every module here, with
# the arguments. gotestsum reads it, so that one line counts them all.
status=0
for mod in go.mod $(git ls-files '*/go.mod'); do
	(cd "$(dirname "$mod")" && go test -json "$@" ./...) || status=1
done
exit $status
