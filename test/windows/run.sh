#!/bin/bash
# run.sh: the tests of everything that behaves otherwise on Windows, built for windows/amd64 and run under Wine.
#
#   test/windows/run.sh | go run ./test/count
#
# What is printed is the stream of `go test -json`; what is left out is said on stderr. Exits 3 where Wine cannot be
# had. Arguments go to `go test`.
set -euo pipefail
cd "$(dirname "$0")/../.."
settings=$(test/windows/prepare.sh)
eval "$settings"
lines() { grep -v '^\(#\|$\)' "test/windows/$1"; }

# one run at a time, which begins without what an earlier one may have left
exec 8>"$WINEPREFIX/run.lock"
flock 8
rm -rf "$WINEPREFIX"/drive_c/users/*/Temp/* "$WINEPREFIX"/drive_c/t/*

# the program as hosts get it, for those tests that are about the program
built=$(mktemp -d "$WINEPREFIX/drive_c/t/built-XXXXXX")
trap 'rm -rf "$built"' EXIT
GOOS=windows GOARCH=amd64 CGO_ENABLED=0 go build -ldflags '-s -w' -o "$built/slipway-executor.exe" ./functions/executor
export SLIPWAY_EXECUTOR="C:\\t\\${built##*/}\\slipway-executor.exe"

lines left-out | while read -r folder needs tests; do
	echo "test-windows: left out, as it needs ${needs//-/ }: $folder ${tests// /, }" >&2
done
failed=0
while read -r folder; do
	skip=$(lines left-out | awk -v at="$folder" '$1 == at { for (i = 3; i <= NF; i++) printf "%s%s", n++ ? "|" : "", $i }')
	# One program at a time: all share one Wine server, and tests that count on time would wait for each other.
	GOOS=windows GOARCH=amd64 CGO_ENABLED=0 go test -json -p 1 -timeout 20m -exec "$PWD/test/windows/wine.sh" \
		${skip:+-skip "^($skip)\$"} "$@" "./$folder" || failed=1
done < <(lines packages)
exit $failed
