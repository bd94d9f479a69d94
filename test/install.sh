#!/bin/bash
# install.sh: get what the tests need onto this Debian or Ubuntu machine, and say what.
#
# With nothing missing it says nothing and needs no rights. Without root, sudo or apt it says what will be skipped.
set -euo pipefail
here=$(dirname "$0")

needs=(nginx:nginx-light sshd:openssh-server chromium:chromium java:default-jre-headless node:nodejs npm:npm
	mono:mono-devel mcs:mono-mcs fastcgi-mono-server4:mono-fastcgi-server4 nuget:nuget)
missing=()
for need in "${needs[@]}"; do
	PATH=$PATH:/usr/sbin:/sbin command -v "${need%%:*}" >/dev/null || missing+=("${need#*:}")
done
[[ " ${missing[*]} " == *" chromium "* ]] && missing+=(fonts-dejavu-core)
# The same browser without windows takes half the processor. Where there is no such package, the whole one does.
wanted=()
command -v chromium-headless-shell >/dev/null || [ -z "$(apt-cache pkgnames chromium-headless-shell 2>/dev/null)" ] || wanted+=(chromium-headless-shell)

if [ ${#missing[@]} -gt 0 ] || [ ${#wanted[@]} -gt 0 ]; then
	sudo=()
	if [ "$(id -u)" != 0 ]; then sudo=(sudo -n); fi
	if ! command -v apt-get >/dev/null || { [ ${#sudo[@]} -gt 0 ] && ! sudo -n true 2>/dev/null; }; then
		[ ${#missing[@]} = 0 ] || echo "tests will skip what needs: ${missing[*]} (no root, sudo or apt here)"
	else
		echo "installing for the tests: ${missing[*]} ${wanted[*]}"
		export DEBIAN_FRONTEND=noninteractive
		# a service that starts by itself would take port 80 of this machine
		policy=/usr/sbin/policy-rc.d
		if [ ! -e $policy ]; then
			printf '#!/bin/sh\nexit 101\n' | "${sudo[@]}" tee $policy >/dev/null
			"${sudo[@]}" chmod +x $policy
			trap '"${sudo[@]}" rm -f $policy' EXIT
		fi
		"${sudo[@]}" apt-get update -qq >/dev/null || [ ${#missing[@]} = 0 ]
		[ ${#missing[@]} = 0 ] || "${sudo[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
		[ ${#wanted[@]} = 0 ] || "${sudo[@]}" apt-get install -y -qq --no-install-recommends --no-remove "${wanted[@]}" >/dev/null ||
			echo "not installed: ${wanted[*]}; tests do without"
	fi
fi
"$here/hosts/install.sh" || echo "tests on real hosts will be skipped"
"$here/emulators/dynamodb/install.sh" || echo "tests on DynamoDB will be skipped"
"$here/emulators/s3/install.sh" || echo "tests on S3 will be skipped"
"$here/powershell/install.sh" || echo "the grammar check of PowerShell will be skipped"
"$here/browser/install.sh" || echo "the check of the pages by axe will be skipped"
