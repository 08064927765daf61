#!/bin/sh
# fuzz.sh TIME: runs every fuzz target of the module for TIME, one after the
# other, since go test takes one at once. It ends at the first that fails. An
# input that fails is left in the package's testdata/fuzz: commit it with the
# fix. Minimising is kept short: by default it may take a minute for each input.
set -eu

grep -rlE --include='*_test.go' '^func Fuzz' . | xargs -n1 dirname | sort -u | while read -r dir; do
	targets=$(cd "$dir" && go test -list '^Fuzz' .) # by itself: its failure is the script's
	for target in $(echo "$targets" | grep '^Fuzz'); do
		echo "== $dir $target"
		(cd "$dir" && go test -run '^$' -fuzz "^$target\$" -fuzztime "$1" -fuzzminimizetime 20x .) </dev/null
	done
done
