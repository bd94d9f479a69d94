#!/bin/bash
# boot.sh NAME IMAGE: be the machine around one test host; only host.sh starts this, in a mount and a network namespace of its own.
#
# Everything a host consists of hangs on the processes in its control group: its disk (an overlay in memory) is mounted only in
# this mount namespace, its network card exists only in this network namespace. When they end, both are gone without clean-up.
#   TERM  shut down properly and end      USR1  switch on again after a power cut
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/common.sh"
name=$1 image=$2
home=$state/$name

for group in $(cgroups "$name"); do
	mkdir -p "$group"
	echo $$ >"$group/cgroup.procs"
done

# The empty folder stays on the machine: removing it would unmount what other hosts have mounted there.
# systemd-nspawn removes its propagation folder after a shutdown only if that lies in memory; /run does not on every machine.
mkdir -p /run/systemd/nspawn
mount -t tmpfs slipway-host /run/systemd/nspawn
mkdir -p "$home/disk"
mount -t tmpfs slipway-host "$home/disk"
mkdir "$home/disk/"{upper,work,root}
mount -t overlay slipway-host -o "lowerdir=$image,upperdir=$home/disk/upper,workdir=$home/disk/work" "$home/disk/root"

root=$home/disk/root
echo "$name" >"$root/etc/hostname"
printf '127.0.0.1 localhost\n127.0.1.1 %s\n' "$name" >"$root/etc/hosts"
tr -d - </proc/sys/kernel/random/uuid >"$root/etc/machine-id"
install -m 0600 "$home/ssh_host_ed25519_key" "$home/ssh_host_ed25519_key.pub" "$root/etc/ssh/"
user=$(stat -c %u:%g "$root/home/Octopus")
install -d -m 0700 -o "${user%:*}" -g "${user#*:}" "$root/home/Octopus/.ssh"
install -m 0600 -o "${user%:*}" -g "${user#*:}" "$home/authorized_keys" "$root/home/Octopus/.ssh/authorized_keys"

ending= child=
trap 'ending=1; [ -z "$child" ] || kill -TERM "$child" 2>/dev/null || true' TERM
trap ':' USR1
echo $$ >"$home/boot.pid"
until ip link show host0 2>/dev/null | grep -q UP; do sleep 0.02; done

# await CHILD: its exit code, however many signals interrupt the waiting.
await() {
	local rc=0
	wait "$1" || rc=$?
	while kill -0 "$1" 2>/dev/null; do
		rc=0
		wait "$1" || rc=$?
	done
	return $rc
}

while [ -z "$ending" ]; do
	systemd-nspawn --quiet --directory="$root" --machine="$name" --boot --register=no --keep-unit --console=pipe \
		--resolv-conf=off --link-journal=no --network-namespace-path=/proc/self/ns/net --kill-signal=SIGRTMIN+3 &
	child=$! rc=0
	await $child || rc=$?
	child=
	[ $rc != 133 ] || continue # the host asked for a reboot
	[ -z "$ending" ] || break
	echo "host is off (systemd-nspawn: $rc)"
	touch "$home/off"
	sleep infinity & # until a signal comes
	sleeper=$!
	wait $sleeper || true
	kill $sleeper 2>/dev/null || true
	wait $sleeper 2>/dev/null || true
done
