#!/bin/bash
# install.sh: get the programs a test host needs onto this Debian or Ubuntu machine.
#
# Only what is missing is installed, and it is named first; with nothing missing the script says nothing and needs no rights.
# Exit codes: 0 all there, 3 neither root nor sudo, 4 no apt on this machine, else apt's own.
set -euo pipefail

# program it brings : package
needs=(
	systemd-nspawn:systemd-container
	mmdebstrap:mmdebstrap
	ip:iproute2
	ssh-keygen:openssh-client
	flock:util-linux
	nsenter:util-linux
	ps:procps
)

missing=()
for need in "${needs[@]}"; do
	PATH=$PATH:/usr/sbin:/sbin command -v "${need%%:*}" >/dev/null || missing+=("${need#*:}")
done
# mmdebstrap checks the archive's signatures with the keyring of the release it builds.
. /etc/os-release
case $ID in
debian) [ -e /usr/share/keyrings/debian-archive-keyring.gpg ] || missing+=(debian-archive-keyring) ;;
ubuntu) [ -e /usr/share/keyrings/ubuntu-archive-keyring.gpg ] || missing+=(ubuntu-keyring) ;;
esac
[ ${#missing[@]} -gt 0 ] || exit 0

mapfile -t missing < <(printf '%s\n' "${missing[@]}" | sort -u)
if ! command -v apt-get >/dev/null; then
	echo "install.sh: test hosts need ${missing[*]}, and this machine has no apt-get to install them; use Debian 12 or Ubuntu 22.04 or later" >&2
	exit 4
fi

sudo=()
if [ "$(id -u)" != 0 ]; then
	if ! sudo -n true 2>/dev/null && ! { [ -t 0 ] && sudo -v; }; then
		echo "install.sh: test hosts need ${missing[*]}; installing them takes root: run this as root, or as a user who may use sudo" >&2
		exit 3
	fi
	sudo=(sudo)
fi

echo "installing with apt: ${missing[*]}"
install=("${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}")
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# The package lists are refreshed only when the first attempt shows that they are missing or too old.
if ! "${install[@]}" >"$log" 2>&1; then
	"${sudo[@]}" apt-get update -qq >>"$log" 2>&1 || true
	"${install[@]}" >"$log" 2>&1 || { rc=$?; cat "$log" >&2; exit $rc; }
fi
