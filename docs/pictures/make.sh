#!/bin/bash
# make.sh: the pictures of these pages, all of them, made anew with the real program: a server with four projects on 127.0.0.1:18801,
# one real host in a container (test/hosts; needs root), Chromium. Nothing of it is left behind but the pictures.
#
# SLIPWAY is the program (bin/slipway), SLIPWAY_PICTURES the folder they go to (this one).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
slipway=$(readlink -f "${SLIPWAY:-bin/slipway}")
out=$(readlink -f "${SLIPWAY_PICTURES:-$here}")
house=$(mktemp -d) host=slipway-pictures listen=127.0.0.1:18801 server=
export XDG_CONFIG_HOME=$house/config

clean() {
	[ -z "$server" ] || kill "$server" || true
	wait || true
	test/hosts/host.sh down $host >/dev/null 2>&1 || true
	rm -rf "$house"
}
trap clean EXIT

say() { "$slipway" "$@" >>"$house/said.log" 2>&1 || { tail -n 5 "$house/said.log" >&2; echo "make.sh: slipway $* failed" >&2; exit 1; }; }

serve() {
	echo 'a lantern by the quay' >"$house/password"
	"$slipway" init --data "$house/data" --admin ada --display-name 'Ada Lovelace' --mail ada@example.org --password-stdin --print-key <"$house/password" >"$house/key" 2>/dev/null
	"$slipway" serve --data "$house/data" --listen $listen >>"$house/server.log" 2>&1 </dev/null &
	server=$!
	until "$slipway" version --server --url http://$listen >/dev/null 2>&1; do sleep 0.1; done
	say login http://$listen --key-stdin <"$house/key"
}

# configure applies Random Quotes as the tutorial has it, on a real host, and three more projects on one that is pretended.
configure() {
	ssh-keygen -q -t ed25519 -N '' -C $host -f "$house/id"
	address=$(test/hosts/host.sh up $host auto "$house/id.pub")
	mkdir "$house/random-quotes"
	cp pipelines/textform/samples/random-quotes/* "$house/random-quotes"
	sed -i 's/members: \[stella, omar\]/members: [stella, omar, ada]/' "$house/random-quotes/slipway.yaml"
	say apply "$house/random-quotes" --yes
	say target add web-1 --ssh "octopus@$address" --key-file "$house/id" --host-key "$(test/hosts/host.sh hostkey $host)" --role web --environment Dev --environment Test --environment Prod
	mkdir "$house/more"
	cat >"$house/more/slipway.yaml" <<-'YAML'
		targets:
		  - { name: quay-1, pretend: here, environments: [Dev, Test, Prod], roles: [quay] }
		projects:
		  - name: Harbour Office
		    lifecycle: Dev, Test, and Prod
		    steps: [{ name: Install, roles: [quay], script: { body: "echo installed" } }]
		  - name: Lighthouse
		    lifecycle: Dev, Test, and Prod
		    steps: [{ name: Turn the lamp, roles: [quay], script: { body: "sleep 1h" } }]
		  - name: Tide Tables
		    lifecycle: Dev, Test, and Prod
		    variables: [{ name: Code, value: "0" }]
		    steps: [{ name: Compute, roles: [quay], script: { body: "exit #{Code}" } }]
	YAML
	say apply "$house/more" --yes
}

release() { say release create "$1" "$2"; }
deploy() { say deploy "$1" "$2" "$3" --follow; }

# push makes a version of the tutorial's application, with the commits it is made of, and waits until Dev has it.
push() {
	cp -r test/tutorials/randomquotes "$house/app-$1"
	echo "$1" >"$house/app-$1/VERSION"
	say pack "$house/app-$1" --id RandomQuotes --version "$1" --out "$house"
	say push "$house/RandomQuotes.$1.nupkg" --commit "$2" --branch main --repository https://github.com/example/random-quotes --build-number "$3" --commits "$house/commits.json" --follow
}

sign_off() {
	"$slipway" deploy 'Random Quotes' "$1" "$2" >>"$house/said.log" 2>&1
	until "$slipway" approvals | grep -q "$2"; do sleep 0.2; done
	say approve "$("$slipway" approvals | grep -o 'Deployments-[0-9]*' | head -n 1)"
	until "$slipway" status | grep "Random Quotes" | grep -qv -i 'running\|waiting'; do sleep 0.2; done
}

live() {
	for project in 'Harbour Office 2.4.1' 'Tide Tables 0.18.2'; do
		release "${project% *}" "${project##* }"
		for to in Dev Test; do deploy "${project% *}" "${project##* }" $to; done
	done
	deploy 'Harbour Office' 2.4.1 Prod
	release 'Harbour Office' 2.5.0
	for to in Dev Test; do deploy 'Harbour Office' 2.5.0 $to; done
	sed -i 's/value: "0"/value: "3"/' "$house/more/slipway.yaml"
	say apply "$house/more" --yes
	release 'Tide Tables' 0.19.2
	"$slipway" deploy 'Tide Tables' 0.19.2 Dev --follow >>"$house/said.log" 2>&1 || true
	echo '[{"id": "4f1c9e2d4f1c9e2d4f1c", "message": "Random quotes", "author": "Ada Lovelace"}]' >"$house/commits.json"
	push 1.0.1 4f1c9e2d4f1c9e2d4f1c 117
	for to in Test Prod; do sign_off 1.0.1 $to; done
	echo '[{"id": "f00dfeedf00dfeedf00d", "message": "Wrap longer quotes, so that they stay inside of the frame", "author": "Grace Hopper"},
		{"id": "0badcafe0badcafe0bad", "message": "Bring the quote of the day back", "author": "Ada Lovelace"}]' >"$house/commits.json"
	push 1.0.2 f00dfeedf00dfeedf00d 118
	"$slipway" deploy 'Random Quotes' 1.0.2 Test >>"$house/said.log" 2>&1
	until "$slipway" approvals | grep -q Test; do sleep 0.2; done
	release Lighthouse 3.3.1
	"$slipway" deploy Lighthouse 3.3.1 Dev >>"$house/said.log" 2>&1
}

go build -o "$house/picture" ./test/demo/picture

# take NAME PAGE WIDTH HEIGHT [-dark]
take() {
	"$house/picture" -base http://$listen -user ada -password-file "$house/password" -page "$2" -out "$house/$1" -width "$3" -height "$4" ${5:-}
	if command -v convert >/dev/null; then convert "$house/$1" +dither -colors 64 -strip "PNG8:$out/$1"; else cp "$house/$1" "$out/$1"; fi
	echo "$out/$1"
}

serve
configure
live
take audit.png /audit 1280 900
api() { curl -sS -H "X-Slipway-ApiKey: $(cat "$house/key")" "http://$listen/v1/$1"; }
waits=$("$slipway" approvals | grep -o 'Deployments-[0-9]*' | head -n 1)
mail=$(api mail | grep -o '"key": *"[^"]*"' | cut -d'"' -f4 | while read -r key; do if api "mail/$key" | grep -q 'Random Quotes 1.0.2 to Test'; then echo "$key"; break; fi; done)
answer=$(api "mail/$mail" | grep -o '/answer/[A-Za-z0-9_-]*' | head -n 1)
take dashboard.png / 1280 640
take dashboard-dark.png / 1280 640 -dark
take deployment.png "/deployments/$waits" 1280 1120
take settings-mail.png /settings 1280 1000
take approvals-phone.png /approvals 390 844
take approval-phone.png "$answer" 390 844
take mail-signoff.png "/mail/$mail/body.html" 820 1120
