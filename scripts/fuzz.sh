#!/bin/sh
# fuzz.sh TIME: runs every fuzz target of the module for TIME, one after the
# other, since go test takes one at once. An input that fails is left in the
# package's testdata/fuzz: commit it with the fix.
set -eu

grep -rlE --include='*_test.go' '^func Fuzz' . | xargs -n1 dirname | sort -u | while read -r dir; do
	for target in $(cd "$dir" && go test -list '^Fuzz' . | grep '^Fuzz'); do
		echo "== $dir $target"
		(cd "$dir" && go test -run '^$' -fuzz "^$target\$" -fuzztime "$1" .) </dev/null
	done
done
