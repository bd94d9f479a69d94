#!/bin/bash
# image.sh [path]: make the file tree all test hosts boot from, once, and print where it is.
#
# The folder's name holds a hash of the recipe (image/*, the release, the architecture): another recipe is another image, and a
# folder of that name is always complete. With "path" nothing is made: exit 1 if the image is not there yet.
# The release is the machine's own, and so is the archive: whatever apt on this machine is set up to use.
# SLIPWAY_CACHE says where images are kept (/var/cache/slipway).
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
cache=${SLIPWAY_CACHE:-/var/cache/slipway}
PATH=$PATH:/usr/sbin:/sbin

die() { echo "image.sh: $1" >&2; exit "${2:-1}"; }

. /etc/os-release
case $ID in
debian) keyring=/usr/share/keyrings/debian-archive-keyring.gpg ;;
ubuntu) keyring=/usr/share/keyrings/ubuntu-archive-keyring.gpg ;;
*) die "a test host is made of Debian or Ubuntu packages, and this machine is $ID; use Debian 12 or Ubuntu 22.04 or later" 4 ;;
esac
[ -n "${VERSION_CODENAME:-}" ] || die "/etc/os-release names no VERSION_CODENAME; a test host needs a Debian or Ubuntu release, not sid" 4

recipe=$(cd "$here/image" && sha256sum packages setup.sh sudoers | sha256sum - <(echo "$ID $VERSION_CODENAME $(uname -m)") | sha256sum)
image=$cache/host-image-${recipe:0:12}

if [ -d "$image" ]; then echo "$image"; exit; fi
[ "${1:-}" != path ] || exit 1
[ "$(id -u)" = 0 ] || die "making the host image takes root: run this as root or through sudo" 3
for program in mmdebstrap flock; do
	command -v $program >/dev/null || die "$program is missing; run $here/install.sh first" 4
done

mkdir -p "$cache"
exec 9>"$cache/host-image.lock"
if ! flock -n 9; then
	echo "another run is making the host image; waiting for it" >&2
	flock 9
fi
if [ -d "$image" ]; then echo "$image"; exit; fi

# archives prints this machine's own sources in the one-line form, as apt itself understands them.
archives() {
	apt-get indextargets --format '$(ORIGIN)|$(REPO_URI)|$(RELEASE)|$(CODENAME)|$(COMPONENT)' 'Identifier: Packages' |
		awk -F'|' -v origin="$ID" -v code="$VERSION_CODENAME" '
			tolower($1) == origin && index($4 "-", code "-") == 1 { print "deb " $2 " " $3 " " $5 }' | sort -u
}
sources=$(archives)
if [ -z "$sources" ]; then
	apt-get update -qq >&2 || true
	sources=$(archives)
fi
[ -n "$sources" ] || die "apt on this machine knows no $ID $VERSION_CODENAME archive (apt-get indextargets lists none); add one and run apt-get update"

echo "making the host image from $ID $VERSION_CODENAME: $(paste -sd' ' "$here/image/packages")" >&2
rm -rf "$cache"/host-image-*.part # left by a run that died; the lock says that none is alive
work=$(mktemp -d)
trap 'rm -rf "$work" "$image.part"' EXIT
# mmdebstrap does not read the machine's apt settings: hand over those that decide whether the archive can be reached.
apt-config dump | grep -E '^Acquire::(http|https|Check|Retries|ForceIP)' >"$work/apt.conf" || true
begin=$SECONDS
mmdebstrap --quiet --mode=root --variant=minbase --keyring="$keyring" --aptopt="$work/apt.conf" \
	--include="$(paste -sd, "$here/image/packages")" \
	--dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
	--customize-hook="$here/image/setup.sh \"\$1\"" \
	"$VERSION_CODENAME" "$image.part" - <<<"$sources" >"$work/log" 2>&1 || {
	cat "$work/log" >&2
	die "mmdebstrap could not make the image, see above; nothing was kept"
}
mv "$image.part" "$image"
echo "host image made in $((SECONDS - begin)) s, $(du -sm "$image" | cut -f1) MB" >&2
echo "$image"
