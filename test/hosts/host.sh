#!/bin/bash
# host.sh: real target hosts on this machine, each a container with systemd, OpenSSH, NGINX and Ruby. Needs root.
#
#   up NAME IP|auto PUBKEYFILE   boot a clean host and wait until it is ready; prints its address
#   down NAME [poweroff]         shut it down (poweroff: at once) and remove every trace of it
#   list                         name, address and state (running, off) of each host
#   address NAME | hostkey NAME  its address; its public SSH host key
#   exec NAME COMMAND...         run a command in it as root, without SSH
#   reboot NAME                  restart it and wait until it is ready
#   poweroff NAME | poweron NAME cut the power, the disk stays as it is; boot again
#   freeze NAME | thaw NAME      stop every process in it; let them go on
#   linkdown NAME | linkup NAME  pull the network cable; put it back
#
# The deploying user is octopus (/home/Octopus); PUBKEYFILE may log in as that user. Traffic stays between machine and hosts.
# With SLIPWAY_HOST_OWNER=PID a host belongs to that process: the next "up" or "list" removes it once the process is gone.
# common.sh lists the other settings, image.sh makes what hosts boot from.
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
. "$here/common.sh"

die() { echo "host.sh: $1" >&2; exit "${2:-1}"; }

usage() { sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0" >&2; exit 2; }

# with_lock COMMAND...: one at a time on this machine. The folder of the lock goes with the last host, so what
# has been locked must still be what others find there.
with_lock() {
	while :; do
		mkdir -p "$state"
		exec 9>"$state/.lock" || continue
		flock 9
		[ ! "/proc/self/fd/9" -ef "$state/.lock" ] || break
	done
	"$@"
	exec 9>&-
}

# processes NAME: every process of the host, and of the machine around it.
processes() {
	local group
	for group in $(cgroups "$1"); do
		[ ! -d "$group" ] || find "$group" -name cgroup.procs -exec cat {} + 2>/dev/null || true
	done | sort -un
}

# inside NAME: those of its processes that run in the host, each as "PID PID-IN-THE-HOST".
inside() {
	local pid
	for pid in $(processes "$1"); do
		awk '/^NSpid:/ && NF > 2 { print $2, $NF }' "/proc/$pid/status" 2>/dev/null || true
	done
}

leader() { inside "$1" | awk '$2 == 1 { print $1; exit }'; }

born() { local stat; stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1; stat=${stat##*) }; set -- $stat; echo "${20}"; }

# veth IP: the machine's end of the cable to the host with that address.
veth() { local IFS=.; set -- $1; printf 'slip%02x%02x%02x%02x' "$@"; }

known() {
	[[ $1 =~ ^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$ ]] || die "host name '$1': letters, digits and inner hyphens only, 63 at most" 2
	[ -e "$state/$1/ip" ] || die "there is no host $1; 'host.sh list' shows those there are"
}

address() { cat "$state/$1/ip"; }

run() {
	local name=$1 pid
	shift
	pid=$(leader "$name")
	[ -n "$pid" ] || die "host $name is off; 'host.sh poweron $name' boots it again"
	nsenter --target "$pid" --mount --uts --ipc --net --pid --root --wd -- env -i HOME=/root USER=root LOGNAME=root \
		LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
}

# await_ready NAME [OLD]: until the host, under a first process other than OLD, has booted and lets users in.
await_ready() {
	local name=$1 old=${2:-} pid end=$((SECONDS + 60)) word
	while [ $SECONDS -lt $end ]; do
		pid=$(leader "$name")
		if [ -n "$pid" ] && [ "$pid" != "$old" ]; then
			word=$(run "$name" systemctl is-system-running --wait 2>/dev/null) || true
			case $word in
			running) break ;;
			degraded)
				echo "host.sh: on $name some units failed: $(run "$name" systemctl --failed --plain --no-legend | awk '{ printf "%s ", $1 }')" >&2
				break
				;;
			esac
		elif [ -z "$(processes "$name")" ]; then
			return 1
		fi
		sleep 0.05
	done
	until (exec 3<>"/dev/tcp/$(address "$name")/22") 2>/dev/null; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.02
	done
}

# free_address: the lowest address no host has.
free_address() {
	local n
	for n in $(seq 10 250); do
		grep -qsxF "$net.$n" "$state"/*/ip || { echo "$net.$n"; return; }
	done
	die "all addresses of $net.0/24 are taken; take hosts down, or set SLIPWAY_HOSTS_NET to another network"
}

open_bridge() {
	ip link show "$bridge" >/dev/null 2>&1 && return
	local other
	other=$(ip -4 route show match "$net.1" | awk '$1 != "default" { print $1; exit }')
	[ -z "$other" ] || die "this machine already has a route to $other, where test hosts would live; set SLIPWAY_HOSTS_NET to three free numbers such as 10.201.44"
	ip link add "$bridge" type bridge
	ip addr add "$net.1/24" dev "$bridge"
	ip link set "$bridge" up
}

# remove NAME: end whatever is left of a host, in whatever state a run died.
remove() {
	local name=$1 group pids
	while pids=$(processes "$name") && [ -n "$pids" ]; do
		kill -KILL $pids 2>/dev/null || true
		sleep 0.02
	done
	for group in $(cgroups "$name"); do
		[ ! -d "$group" ] || find "$group" -depth -type d -exec rmdir {} + 2>/dev/null || true
	done
	[ ! -e "$state/$name/ip" ] || ip link delete "$(veth "$(address "$name")")" 2>/dev/null || true
	rm -rf "${state:?}/$name"
	compgen -G "$state/*/ip" >/dev/null && return
	ip link delete "$bridge" 2>/dev/null || true
	rm -f "$state/.lock"
	rmdir "$state" 2>/dev/null || true
}

# sweep: remove hosts whose owner is gone, or whose machinery is.
sweep() {
	local home pid birth
	for home in "$state"/*/; do
		[ -d "$home" ] || continue
		if [ -e "$home/owner" ]; then
			read -r pid birth <"$home/owner"
			[ "$(born "$pid")" = "$birth" ] || remove "$(basename "$home")"
		fi
	done
}

# prepare NAME IP PUBKEYFILE IMAGE: under the lock, claim name and address and start the machine; its boot goes on alone.
prepare() {
	local name=$1 ip=$2 key=$3 image=$4 home=$state/$1 pid
	sweep
	mkdir -p "$state" # the last host may just have been swept away
	if [ -e "$home" ]; then
		[ -z "$(processes "$name")" ] || die "host $name is up already, at $(address "$name"); 'host.sh down $name' removes it"
		remove "$name"
	fi
	[ "$ip" != auto ] || ip=$(free_address)
	[[ $ip =~ ^${net//./\\.}\.([2-9]|[1-9][0-9]|1[0-9][0-9]|2[0-4][0-9]|25[0-4])$ ]] ||
		die "address $ip: hosts live in $net.2 to $net.254; SLIPWAY_HOSTS_NET sets another network" 2
	! grep -qsxF "$ip" "$state"/*/ip || die "address $ip belongs to another host, see 'host.sh list'; 'auto' takes a free one"
	claimed=$name
	mkdir -p -m 0700 "$home"
	echo "$ip" >"$home/ip"
	[ -z "${SLIPWAY_HOST_OWNER:-}" ] || echo "$SLIPWAY_HOST_OWNER $(born "$SLIPWAY_HOST_OWNER")" >"$home/owner"
	cp "$key" "$home/authorized_keys"
	ssh-keygen -q -t ed25519 -N '' -C "$name" -f "$home/ssh_host_ed25519_key"
	open_bridge
	setsid unshare --mount --net --propagation slave "$here/boot.sh" "$name" "$image" >"$home/log" 2>&1 </dev/null 9>&- &
	until pid=$(cat "$home/boot.pid" 2>/dev/null) && [ -n "$pid" ]; do
		kill -0 $! 2>/dev/null || die "host $name did not start; its console says:"
		sleep 0.02
	done
	# The hardware address follows from the IP address: whoever talked to the host that had it before still finds this one.
	# shellcheck disable=SC2086
	ip link add "$(veth "$ip")" type veth peer name host0 address "$(printf '02:53:%02x:%02x:%02x:%02x' ${ip//./ })" netns "$pid"
	ip link set "$(veth "$ip")" master "$bridge" up
	nsenter --target "$pid" --net ip addr add "$ip/24" dev host0
	nsenter --target "$pid" --net ip link set lo up
	nsenter --target "$pid" --net ip link set host0 up
}

# abandon: whatever stops "up" half-way, nothing half-made stays.
abandon() {
	trap - EXIT
	[ -n "$claimed" ] || return 0
	tail -n 20 "$state/$claimed/log" >&2 2>/dev/null || true
	exec 9>&-
	with_lock remove "$claimed"
}

up() {
	local name=$1 image
	image=$("$here/image.sh")
	claimed=
	trap abandon EXIT
	with_lock prepare "$name" "$2" "$3" "$image"
	await_ready "$name" || die "host $name did not boot; its console says:"
	trap - EXIT
	address "$name"
}

down() {
	local name=$1 end=$((SECONDS + 20))
	if [ "${2:-}" != poweroff ]; then
		kill -TERM "$(cat "$state/$name/boot.pid" 2>/dev/null)" 2>/dev/null || true
		while [ -n "$(processes "$name")" ] && [ $SECONDS -lt $end ]; do sleep 0.05; done
	fi
	with_lock remove "$name"
}

# poweroff: peers hear nothing, as when a plug is pulled; so the cable goes first.
poweroff() {
	local name=$1 pid
	pid=$(leader "$name")
	[ -n "$pid" ] || return 0
	ip link set "$(veth "$(address "$name")")" down
	kill -KILL "$pid"
	until [ -e "$state/$name/off" ]; do sleep 0.02; done
}

poweron() {
	local name=$1
	[ -e "$state/$name/off" ] || die "host $name is not off"
	rm "$state/$name/off"
	ip link set "$(veth "$(address "$name")")" up
	kill -USR1 "$(cat "$state/$name/boot.pid")"
	await_ready "$name"
}

reboot() {
	local old
	old=$(leader "$1")
	run "$1" systemctl reboot
	await_ready "$1" "$old"
}

# signal NAME SIGNAL: to every process in the host, again until no new one has turned up meanwhile.
signal() {
	local before= now
	while now=$(inside "$1" | cut -d' ' -f1) && [ "$now" != "$before" ]; do
		kill -"$2" $now 2>/dev/null || true
		before=$now
	done
}

list() {
	local home name
	for home in "$state"/*/; do
		[ -e "$home/ip" ] || continue
		name=$(basename "$home")
		echo "$name $(address "$name") $([ -n "$(leader "$name")" ] && echo running || echo off)"
	done
}

verb=${1:-} name=${2:-}
case $verb in
up) [ $# = 4 ] || usage ;;
exec) [ $# -ge 3 ] || usage ;;
list) [ $# = 1 ] || usage ;;
down) [ $# = 2 ] || [ "$#:${3:-}" = 3:poweroff ] || usage ;;
address | hostkey | reboot | poweroff | poweron | freeze | thaw | linkdown | linkup) [ $# = 2 ] || usage ;;
*) usage ;;
esac
[ "$(id -u)" = 0 ] || die "$verb takes root: run this as root or through sudo" 3

case $verb in
up)
	[ -s "$4" ] || die "public key file $4 is missing or empty; ssh-keygen makes one" 2
	for program in systemd-nspawn ip ssh-keygen flock nsenter unshare; do
		command -v $program >/dev/null || die "$program is missing; run $here/install.sh first" 4
	done
	[[ $name =~ ^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$ ]] || die "host name '$name': letters, digits and inner hyphens only, 63 at most" 2
	up "$name" "$3" "$4"
	;;
list) [ ! -d "$state" ] || with_lock sweep; list ;;
down) known "$name"; down "$name" "${3:-}" ;;
*) known "$name" ;;&
address) address "$name" ;;
hostkey) cut -d' ' -f1,2 "$state/$name/ssh_host_ed25519_key.pub" ;;
exec) shift 2; run "$name" "$@" ;;
reboot) reboot "$name" ;;
poweroff) poweroff "$name" ;;
poweron) poweron "$name" ;;
freeze) signal "$name" STOP ;;
thaw) signal "$name" CONT ;;
linkdown) ip link set "$(veth "$(address "$name")")" down ;;
linkup) ip link set "$(veth "$(address "$name")")" up ;;
esac
