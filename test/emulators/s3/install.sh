#!/bin/bash
# install.sh: build versitygw, the S3 server of the tests, into $SLIPWAY_TOOLS, and say so.
#
# With versitygw there it does nothing. Without a network it says what will be skipped.
set -euo pipefail
version=v1.8.0
tools=${SLIPWAY_TOOLS:-/var/cache/slipway/tools}

[ -x "$tools/versitygw" ] && exit 0
echo "installing for the tests: versitygw $version into $tools (some minutes)"
mkdir -p "$tools"
beside=$(mktemp -d "$tools/.versitygw-XXXXXX")
trap 'rm -rf "$beside"' EXIT
# -trimpath and no VCS stamp so that the build cache is shared with ours
if ! GOFLAGS="-trimpath -buildvcs=false" CGO_ENABLED=0 GOBIN=$beside go install -ldflags '-s -w' "github.com/versity/versitygw/cmd/versitygw@$version"; then
	echo "tests on S3 will be skipped: versitygw $version could not be built"
	exit 1
fi
mv "$beside/versitygw" "$tools/versitygw"
