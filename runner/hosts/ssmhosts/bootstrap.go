package ssmhosts

import (
	"context"
	"fmt"
	"strings"
	"time"

	"slipway/runner/hosts"
	"slipway/runner/hosts/wire"
)

// What the script itself ends with before there is an executor to answer.
const (
	exitNothing = 71 // nothing began, and whatever comes later will not either
	exitKnown   = 72 // it cannot be called, and the attempt may have come here once
)

// bootstrap is a script that brings the executor, unless it is there, and calls it.
type bootstrap struct {
	home     string
	folder   string // for applications; "" is the executor's own choice
	programs []program
	attempt  string   // whose command it is; "" for none
	args     []string // the executor's
	stdin    string   // base64; "" with from
	from     string   // the signed address of stdin, where it is too large
	quiet    bool     // what the executor prints is for nobody
	bucket   string   // where people put a program that is missing
}

// program is an executor and where a host of this machine (`uname -m`) gets it.
type program struct {
	machine, hash, url string
	words              []string
}

// lasts is how long an address in a command is good: until the command could
// last be begun, and some time for slow lines.
const lasts = 40 * time.Minute

// bootstrap prepares the script for a target's platform.
func (h *Hosts) bootstrap(ctx context.Context, t hosts.Target) (bootstrap, error) {
	b := bootstrap{home: h.settings.Home, folder: h.settings.Applications, bucket: h.settings.Bucket}
	goos := "linux"
	if isWindows(t) {
		goos = "windows"
	}
	var why error
	for _, p := range platforms {
		if p.goos != goos {
			continue
		}
		carried, err := h.settings.Programs(p.goos, p.arch)
		if err != nil {
			why = err
			continue
		}
		get, err := h.settings.Store.SignGet(ctx, ExecutorBlob(carried.Hash), lasts)
		if err != nil {
			return b, err
		}
		b.programs = append(b.programs, program{machines[p.arch], carried.Hash, get.URL, carried.Words})
	}
	if len(b.programs) == 0 {
		return b, fmt.Errorf("%s: %w", nameOf(t), why)
	}
	return b, nil
}

var machines = map[string]string{"amd64": "x86_64", "arm64": "aarch64"}

// shell writes the script for sh. Whatever comes from outside is quoted; no name
// of a file and no argument is made of the stdin.
func (b bootstrap) shell() string {
	var s strings.Builder
	fmt.Fprintf(&s, "set -u\numask 077\nHOME=%s; export HOME\n", wire.Quote(b.home))
	if b.folder != "" {
		fmt.Fprintf(&s, "SLIPWAY_APPLICATIONS=%s; export SLIPWAY_APPLICATIONS\n", wire.Quote(b.folder))
	}
	s.WriteString("fail() {\n  echo \"slipway: $1\" >&2\n")
	if b.attempt != "" {
		// What is refused here is remembered, so that no later message begins it.
		fmt.Fprintf(&s, "  if [ -e \"$HOME/.slipway/attempts/$attempt\" ]; then exit %d; fi\n  mkdir -p \"$HOME/.slipway/never\" && : > \"$HOME/.slipway/never/$attempt\" || exit %d\n", exitKnown, exitKnown)
	}
	fmt.Fprintf(&s, "  exit %d\n}\n", exitNothing)
	if b.attempt != "" {
		fmt.Fprintf(&s, "attempt=%s\nif [ -e \"$HOME/.slipway/never/$attempt\" ]; then fail \"an earlier message of this attempt was refused\"; fi\n", wire.Quote(b.attempt))
	}
	s.WriteString(`get() {
  if command -v curl >/dev/null 2>&1; then curl -fsSL --connect-timeout 20 --max-time 240 --retry 3 -o "$2" "$1"
  elif command -v wget >/dev/null 2>&1; then wget -q -T 60 -t 3 -O "$2" "$1"
  else fail "neither curl nor wget is installed, and one of them is needed: install one"; fi
}
case "$(uname -m)" in
`)
	for _, p := range b.programs {
		fmt.Fprintf(&s, "%s) hash=%s; words=%s; url=%s ;;\n", p.machine, wire.Quote(p.hash), wire.Quote(strings.Join(p.words, " ")), wire.Quote(p.url))
	}
	fmt.Fprintf(&s, `*) fail "this slipway carries no executor for $(uname -sm)" ;;
esac
dir="$HOME/.slipway/bin/$hash"
if [ ! -x "$dir/executor" ]; then
  mkdir -p "$dir" || fail "there is no room for the executor in $dir"
  new="$dir/.new.$$"
  trap 'rm -f "$new" "$new.gz"' EXIT
  get "$url" "$new.gz" || {
    code=$?
    case $code in
    8|22) fail "the bucket did not give executors/$hash.gz; if it is not there, %s" ;; # so say wget and curl that a server refused
    *) fail "the executor could not be fetched (exit code $code): check that this host reaches the bucket by HTTPS" ;;
    esac
  }
  gzip -dc "$new.gz" > "$new" || fail "the executor could not be unpacked: check the room on the disk of $dir"
  sum=$(sha256sum "$new")
  [ "${sum%%%% *}" = "$hash" ] || fail "the executor came with SHA-256 ${sum%%%% *} instead of $hash"
  chmod 700 "$new" && mv -f "$new" "$dir/executor" || fail "the executor could not be put into $dir"
  rm -f "$new.gz"; trap - EXIT
  (cd "$HOME/.slipway/bin" && ls -t | tail -n +4 | while read -r old; do case $old in *[!0-9a-f]*) ;; *) rm -rf "./$old" ;; esac; done)
fi
`, putThere(b.bucket))
	call := `"$dir/executor" $words ` + wire.Quote(b.args...)
	if b.quiet {
		call += " >/dev/null"
	}
	if b.from == "" {
		fmt.Fprintf(&s, "%s <<'end-of-slipway'\n%s\nend-of-slipway\n%s", call, b.stdin, b.leave())
		return s.String()
	}
	fmt.Fprintf(&s, "in=\"$HOME/.slipway/.in.$$\"\ntrap 'rm -f \"$in\"' EXIT\nget %s \"$in\" || fail \"the errand could not be fetched (exit code $?): check that this host reaches the bucket by HTTPS\"\n%s < \"$in\"\n%s", wire.Quote(b.from), call, b.leave())
	return s.String()
}

// leave ends the script as the executor ended. What the executor could not even
// open stays refused.
func (b bootstrap) leave() string {
	if b.attempt == "" {
		return "exit $?\n"
	}
	return fmt.Sprintf("code=$?\n[ $code != %d ] || fail \"the message could not be taken\"\nexit $code\n", exitRefused)
}
