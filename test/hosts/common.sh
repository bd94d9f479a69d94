# common.sh: where test hosts live on this machine; read by host.sh and boot.sh.
#   SLIPWAY_HOSTS        folder with one folder a host (/run/slipway-hosts)
#   SLIPWAY_HOSTS_NET    first three numbers of the network between machine and hosts, a /24 (10.83.7); the machine is .1
#   SLIPWAY_HOSTS_BRIDGE name of the bridge they are plugged into (slipway0)
state=${SLIPWAY_HOSTS:-/run/slipway-hosts}
net=${SLIPWAY_HOSTS_NET:-10.83.7}
bridge=${SLIPWAY_HOSTS_BRIDGE:-slipway0}
PATH=$PATH:/usr/sbin:/sbin

# cgroups NAME: the host's folder in each control group tree. A machine has one tree, or two while it still knows version 1.
cgroups() {
	local tree
	for tree in /sys/fs/cgroup /sys/fs/cgroup/unified /sys/fs/cgroup/systemd; do
		[ ! -e "$tree/cgroup.procs" ] || echo "$tree/slipway-host-$1"
	done
}
