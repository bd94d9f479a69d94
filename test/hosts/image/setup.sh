#!/bin/bash
# setup.sh ROOT: turn a fresh Debian tree into the host that the NGINX tutorial starts from.
# Runs once, at the end of the image's making; sudoers lies beside it.
set -euo pipefail
root=$1
here=$(dirname "$(readlink -f "$0")")

# The user the tutorial deploys as. 0711 lets the web server's own user pass through the home folder to
# files and sockets below it without being able to list it.
chroot "$root" useradd --create-home --home-dir /home/Octopus --shell /bin/bash octopus
chmod 0711 "$root/home/Octopus"
install -m 0440 "$here/sudoers" "$root/etc/sudoers.d/slipway"
chroot "$root" visudo -cq

# The default site is as the distribution ships it, moved from 80 to 4444 by hand as the tutorial asks.
sed -i -E 's/^(\s*listen\s+(\[::\]:)?)80 default_server;/\14444 default_server;/' "$root/etc/nginx/sites-available/default"
grep -q 'listen 4444 default_server;' "$root/etc/nginx/sites-available/default"
# An empty web root shows configurations that only work because a welcome page happens to lie there.
for web in usr/share/nginx/html var/www/html; do
	rm -rf "${root:?}/$web"
	mkdir -p "$root/$web"
done

# unicorn's own unit fails without a configuration; the timers would only reach for a network that is not there.
chroot "$root" systemctl disable -q unicorn.service
chroot "$root" systemctl mask -q apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer
chroot "$root" systemctl enable -q nginx.service ssh.service

# Every host gets an identity and keys of its own before it boots.
rm -f "$root"/etc/ssh/ssh_host_* "$root/etc/machine-id" "$root/var/lib/dbus/machine-id"
echo LANG=C.UTF-8 >"$root/etc/default/locale"
: >"$root/etc/resolv.conf"

# Neither the machine's archive nor its proxy stays behind in the image.
rm -rf "$root"/etc/apt/sources.list "$root"/etc/apt/sources.list.d/* "$root"/etc/apt/apt.conf.d/99mmdebstrap \
	"$root"/var/lib/apt/lists/* "$root"/var/cache/apt/*
