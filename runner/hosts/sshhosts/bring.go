package sshhosts

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"slipway/runner/hosts/wire"
)

// probe tells the platform and which executors are there, in one round trip.
// The mark comes first: start-up files of a shell may print what they like.
const (
	mark  = "slipway-probe"
	probe = "echo " + mark + `; uname -sm; cd "$HOME/.slipway/bin" 2>/dev/null && ls -d */executor 2>/dev/null; exit 0`
)

// bring makes sure that the host has the executor for its platform and gives
// back how to call it.
func (h *Hosts) bring(ctx context.Context, c *connection) (call string, err error) {
	told, err := h.probe(ctx, c)
	if err != nil {
		return "", err
	}
	goos, arch, there, err := probed(told)
	if err != nil {
		return "", fmt.Errorf("%s: %w", c.address, err)
	}
	program, err := h.settings.Programs(goos, arch)
	if err != nil {
		return "", fmt.Errorf("%s: %w", c.address, err)
	}
	if !slices.Contains(there, program.Hash) {
		if err := upload(ctx, c, program); err != nil {
			return "", err
		}
	}
	call = `"$HOME/.slipway/bin/` + program.Hash + `/executor"`
	if len(program.Words) > 0 {
		call += " " + wire.Quote(program.Words...)
	}
	return call, nil
}

func (h *Hosts) probe(ctx context.Context, c *connection) (string, error) {
	ctx, cancel := within(ctx, h.settings.CallTimeout)
	defer cancel()
	var out bytes.Buffer
	if err := c.exec(ctx, probe, nil, &out); err != nil {
		return "", unreachable(ctx, "look at %s", c.address, err)
	}
	return out.String(), nil
}

func probed(out string) (goos, arch string, there []string, err error) {
	_, told, found := strings.Cut(out, mark+"\n")
	lines := strings.Split(strings.TrimSpace(told), "\n")
	system, machine, _ := strings.Cut(strings.TrimSpace(lines[0]), " ")
	if !found || machine == "" {
		return "", "", nil, fmt.Errorf("this is no POSIX host: `uname -sm` says %q", strings.TrimSpace(out[:min(len(out), 200)]))
	}
	for _, line := range lines[1:] {
		there = append(there, strings.TrimSuffix(strings.TrimSpace(line), "/executor"))
	}
	arch = machine
	switch machine {
	case "x86_64":
		arch = "amd64"
	case "aarch64":
		arch = "arm64"
	}
	return strings.ToLower(system), arch, there, nil
}

// upload writes the program beside its place and moves it there once it is
// whole, then leaves only the newest few. It has no deadline: over a slow line it
// takes as long as it takes, and a dead line is noticed by keepAlive.
func upload(ctx context.Context, c *connection, p Program) error {
	content, err := p.Content(ctx)
	if err != nil {
		return err
	}
	script := fmt.Sprintf(`set -e; umask 077; cd; mkdir -p .slipway/bin/%[1]s; cd .slipway/bin
t=%[1]s/.new.$$; trap 'rm -f "$t"' EXIT; cat > "$t"
[ "$(wc -c < "$t")" -eq %[2]d ] || { echo "the executor arrived incomplete" >&2; exit 1; }
chmod 700 "$t"; mv "$t" %[1]s/executor; touch %[1]s
ls -t | tail -n +4 | while read -r old; do case $old in *[!0-9a-f]*) ;; *) rm -rf "./$old" ;; esac; done`, p.Hash, len(content))
	err = c.exec(ctx, script, bytes.NewReader(content), new(bytes.Buffer))
	if exit, ok := errors.AsType[*wire.ExitError](err); ok {
		return fmt.Errorf("bring the executor (%d bytes) to %s: %w", len(content), c.address, exit)
	}
	return err
}
