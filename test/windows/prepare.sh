#!/bin/bash
# prepare.sh: see to it that Windows programs run here, and print the settings that wine.sh needs.
#
# It installs Wine and a C compiler for Windows where they are missing, and says so on stderr; makes the one
# library that Debian's Wine lacks; and makes a prefix (Wine's Windows folder) in a cache folder of our own, which
# a second run finds again. Where nothing can be installed it says why and exits 3.
# SLIPWAY_CACHE says where the prefix is kept (/var/cache/slipway).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
say() { echo "test-windows: $*" >&2; }

find_wine() {
	for at in /usr/lib/wine/wine64 /usr/bin/wine64 /usr/bin/wine; do
		if [ -x $at ]; then
			echo $at
			return
		fi
	done
}
missing=()
if [ -z "$(find_wine)" ]; then missing+=(wine64); fi
if ! command -v x86_64-w64-mingw32-gcc >/dev/null; then missing+=(gcc-mingw-w64-x86-64-win32); fi
if [ ${#missing[@]} -gt 0 ]; then
	sudo=()
	if [ "$(id -u)" != 0 ]; then sudo=(sudo -n); fi
	if ! command -v apt-get >/dev/null || { [ ${#sudo[@]} -gt 0 ] && ! sudo -n true 2>/dev/null; }; then
		say "skipped: needs ${missing[*]}, and there is no root, sudo or apt here"
		exit 3
	fi
	say "installing ${missing[*]}"
	export DEBIAN_FRONTEND=noninteractive
	"${sudo[@]}" apt-get update -qq >/dev/null
	"${sudo[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null 2>&1 || {
		say "skipped: apt cannot install ${missing[*]}"
		exit 3
	}
fi

WINE=$(find_wine)
cache=${SLIPWAY_CACHE:-/var/cache/slipway}
mkdir -p "$cache" 2>/dev/null || cache=${XDG_CACHE_HOME:-$HOME/.cache}/slipway
mkdir -p "$cache"
recipe=$({ cat "$here/bcryptprimitives.c" "$0"; "$WINE" --version; } | sha256sum)
export WINEPREFIX=$cache/wine-${recipe:0:12} WINEDEBUG=-all
exec 9>"$cache/wine.lock"
flock 9
if [ ! -e "$WINEPREFIX/ready" ]; then
	say "making a prefix for $("$WINE" --version) in $WINEPREFIX"
	rm -rf "$cache"/wine-????????????
	"$WINE" wineboot -i </dev/null >/dev/null 2>&1 9>&- # its server lives on for a while and must not have the lock
	x86_64-w64-mingw32-gcc -Wall -Wextra -Werror -shared -O2 -s \
		-o "$WINEPREFIX/drive_c/windows/system32/bcryptprimitives.dll" "$here/bcryptprimitives.c" -ladvapi32
	mkdir -p "$WINEPREFIX/drive_c/t"
	touch "$WINEPREFIX/ready"
fi
printf 'export WINE=%q WINEPREFIX=%q\n' "$WINE" "$WINEPREFIX"
