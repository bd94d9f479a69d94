#!/bin/bash
# install.sh: put the grammar of PowerShell where the tests look for it, and say so.
#
# It goes into $SLIPWAY_TOOLS/powershell (default /var/cache/slipway/tools/powershell). A second run does nothing.
# Two npm packages under the MIT licence, only unpacked: nothing of them is run here, and nothing is passed on with Slipway.
# Exit codes: 0 there, 3 something it needs is missing, 4 a download is not the file we know.
set -euo pipefail

# package, version, SHA-256 of its archive, the files we need of it
packages=(
	"web-tree-sitter 0.27.1 7346db659eb870a5284242851ab7aedea41d7397b8c7e95ff8d9ec5b5a80270f web-tree-sitter.js web-tree-sitter.wasm LICENSE"
	"tree-sitter-powershell 0.26.4 92f0ce6497f1456248eb1a2d74c567cdfb1328cccd573c1a48d1b7c4e76b53e3 tree-sitter-powershell.wasm LICENSE"
)
into=${SLIPWAY_TOOLS:-/var/cache/slipway/tools}/powershell
versions=$(printf '%s\n' "${packages[@]}")

for program in node npm tar sha256sum; do
	command -v $program >/dev/null || {
		echo "install.sh: the grammar of PowerShell needs $program; install it (Debian: nodejs, npm) and run this again" >&2
		exit 3
	}
done
[ "$(cat "$into/versions" 2>/dev/null)" != "$versions" ] || exit 0

echo "installing the grammar of PowerShell (web-tree-sitter, tree-sitter-powershell) into $into"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/new"
for line in "${packages[@]}"; do
	read -r package version known files <<<"$line"
	(cd "$work" && npm pack --silent "$package@$version" >/dev/null)
	archive=$work/$package-$version.tgz
	echo "$known  $archive" | sha256sum --check --status || {
		echo "install.sh: $package@$version is not the archive with SHA-256 $known; look at what npm gives before you trust it" >&2
		exit 4
	}
	mkdir "$work/new/$package"
	for file in $files; do
		tar xzf "$archive" -C "$work/new/$package" --strip-components=1 "package/$file"
	done
done
# Node takes the loader for a module only if a package says so.
echo '{ "type": "module" }' >"$work/new/package.json"
echo "$versions" >"$work/new/versions"
mkdir -p "$(dirname "$into")"
rm -rf "$into"
mv "$work/new" "$into"
