#!/bin/bash
# install.sh: put axe-core where the tests of pages look for it, and say so.
#
# It goes into $SLIPWAY_TOOLS/axe (default /var/cache/slipway/tools/axe). A second run does nothing.
# One npm package under the MPL 2.0, only unpacked: it runs inside the tests' browser, and nothing is passed on with Slipway.
# Exit codes: 0 there, 3 something it needs is missing, 4 a download is not the file we know.
set -euo pipefail

version=4.14.1
known=e6b0ce02b84d892e2e33e403485e7f3d6c29e2be6df65daf44d89ba564139745
into=${SLIPWAY_TOOLS:-/var/cache/slipway/tools}/axe

[ "$(cat "$into/version" 2>/dev/null)" != "$version" ] || exit 0
for program in npm tar sha256sum; do
	command -v $program >/dev/null || {
		echo "install.sh: axe-core needs $program; install it (Debian: npm) and run this again" >&2
		exit 3
	}
done

echo "installing axe-core $version into $into"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd "$work" && npm pack --silent "axe-core@$version" >/dev/null)
archive=$work/axe-core-$version.tgz
echo "$known  $archive" | sha256sum --check --status || {
	echo "install.sh: axe-core@$version is not the archive with SHA-256 $known; look at what npm gives before you trust it" >&2
	exit 4
}
mkdir "$work/new"
tar xzf "$archive" -C "$work/new" --strip-components=1 package/axe.min.js package/LICENSE
echo "$version" >"$work/new/version"
mkdir -p "$(dirname "$into")"
rm -rf "$into"
mv "$work/new" "$into"
