#!/bin/bash
# demo.sh up|down|check: the Ruby tutorial on this machine.
#
# up     one real host in a container, a server, the example project and its package on the way to Dev; a second time it goes on
#        with what is there
# down   ends all of it and leaves nothing behind
# check  does the whole tutorial without a person, in a place of its own, and cleans up
#
# SLIPWAY_DEMO is the folder for everything the demo keeps (bin/demo), SLIPWAY_DEMO_LISTEN the server's address.
set -euo pipefail
cd "$(dirname "$0")/../.."
demo=${SLIPWAY_DEMO:-$PWD/bin/demo}
listen=${SLIPWAY_DEMO_LISTEN:-127.0.0.1:8480}
host=${SLIPWAY_DEMO_HOST:-slipway-demo}
slipway=$PWD/bin/slipway
export XDG_CONFIG_HOME=$demo/config

# root runs what needs the system: a container, its network. The rest runs as whoever calls.
root() {
	if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n --preserve-env=SLIPWAY_CACHE,SLIPWAY_HOSTS,SLIPWAY_HOSTS_NET,SLIPWAY_HOSTS_BRIDGE "$@"; fi
}

running() { [ -s "$demo/server.pid" ] && kill -0 "$(cat "$demo/server.pid")" 2>/dev/null; }

prepare() {
	test/hosts/install.sh
	echo "building bin/slipway: first three programs for hosts (Linux amd64 and arm64, Windows), then the server; some minutes where nothing is built yet"
	make --no-print-directory build
	echo "making the image of the host, where there is none"
	root test/hosts/image.sh
	mkdir -p "$demo"
	chmod 700 "$demo"
	[ -e "$demo/id" ] || ssh-keygen -q -t ed25519 -N '' -C slipway-demo -f "$demo/id"
}

start_host() {
	if ! address=$(root test/hosts/host.sh address "$host" 2>/dev/null) || ! root test/hosts/host.sh exec "$host" true 2>/dev/null; then
		root test/hosts/host.sh down "$host" 2>/dev/null || true
		address=$(root test/hosts/host.sh up "$host" auto "$demo/id.pub")
	fi
	echo "$address" >"$demo/address"
	echo "host $host: $address (Debian with systemd, OpenSSH, NGINX, Ruby)"
}

start_server() {
	if running; then
		echo "server: already running (pid $(cat "$demo/server.pid"))"
		return
	fi
	if [ ! -e "$demo/data/format" ]; then
		head -c 12 /dev/urandom | base64 | tr '+/' 'xy' >"$demo/password"
		"$slipway" init --data "$demo/data" --admin admin --display-name 'Ada Admin' --mail admin@example.org \
			--password-stdin --print-key <"$demo/password" >"$demo/key" 2>"$demo/init.log" || { cat "$demo/init.log" >&2; exit 1; }
	fi
	setsid "$slipway" serve --data "$demo/data" --listen "$listen" >>"$demo/server.log" 2>&1 </dev/null &
	echo $! >"$demo/server.pid"
	for _ in $(seq 100); do
		if "$slipway" version --server --url "http://$listen" >/dev/null 2>&1; then
			echo "server: http://$listen"
			return
		fi
		running || break
		sleep 0.1
	done
	echo "demo: the server did not start; the last lines of $demo/server.log:" >&2
	tail -n 5 "$demo/server.log" >&2
	exit 1
}

configure() {
	"$slipway" login "http://$listen" --key-stdin <"$demo/key" >/dev/null
	"$slipway" apply pipelines/textform/samples/random-quotes --yes
	for user in stella omar; do "$slipway" user password $user --password-stdin <"$demo/password" >/dev/null; done
	if ! "$slipway" target list | grep -q "^web-1 "; then
		"$slipway" target add web-1 --ssh "octopus@$(cat "$demo/address")" --key-file "$demo/id" \
			--host-key "$(root test/hosts/host.sh hostkey "$host")" --role web --environment Dev --environment Test --environment Prod
	fi
}

case ${1-} in
up)
	prepare
	start_host
	start_server
	configure
	"$slipway" pack test/tutorials/randomquotes --id RandomQuotes --version 1.0.1 --out "$demo"
	"$slipway" push "$demo/RandomQuotes.1.0.1.nupkg" --follow
	cat <<-EOF

		Pages        http://$listen/          sign in as admin, password $(cat "$demo/password")
		Mail         http://$listen/mail      everything the server would have sent
		Application  http://$(cat "$demo/address"):8081/  (Dev; Test will be :8082, Prod :8083)

		Next: on the project's page deploy 1.0.1 to Test, open the sign-off mail, approve it with the code, then Prod.
		Stop and remove everything: make demo-stop
	EOF
	;;
down)
	if running; then
		kill "$(cat "$demo/server.pid")"
		for _ in $(seq 100); do running || break; sleep 0.1; done
		running && kill -9 "$(cat "$demo/server.pid")"
	fi
	root test/hosts/host.sh down "$host" 2>/dev/null || true
	rm -rf "$demo"
	echo "demo: stopped, nothing is left"
	;;
check)
	export SLIPWAY_DEMO=${SLIPWAY_DEMO:-$PWD/bin/demo-check} SLIPWAY_DEMO_LISTEN=${SLIPWAY_DEMO_LISTEN:-127.0.0.1:8489} SLIPWAY_DEMO_HOST=${SLIPWAY_DEMO_HOST:-slipway-check}
	"$0" down >/dev/null
	demo=$SLIPWAY_DEMO listen=$SLIPWAY_DEMO_LISTEN host=$SLIPWAY_DEMO_HOST XDG_CONFIG_HOME=$SLIPWAY_DEMO/config
	prepare
	trap '"$0" down' EXIT
	go run ./test/demo/check -slipway "$slipway" -demo "$demo" -listen "$listen" -host "$host"
	;;
*)
	echo "usage: demo.sh up|down|check" >&2
	exit 2
	;;
esac
