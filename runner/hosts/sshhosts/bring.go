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

// bring makes sure that the host has the executor for its platform, and says
// which that is.
func (h *Hosts) bring(ctx context.Context, c *connection) (Program, error) {
	told, err := h.probe(ctx, c)
	if err != nil {
		return Program{}, err
	}
	goos, arch, there, err := probed(told)
	if err != nil {
		return Program{}, fmt.Errorf("%s: %w", c.address, err)
	}
	program, err := h.settings.Programs(goos, arch)
	if err != nil {
		return Program{}, fmt.Errorf("%s: %w", c.address, err)
	}
	if slices.Contains(there, program.Hash) {
		return program, nil
	}
	return program, upload(ctx, c, program)
}

func (h *Hosts) probe(ctx context.Context, c *connection) (string, error) {
	ctx, cancel := within(ctx, h.settings.CallTimeout)
	defer cancel()
	var out bytes.Buffer
	if err := c.exec(ctx, c.shell.probe(), nil, &out); err != nil {
		return "", unreachable(ctx, "look at %s", c.address, err)
	}
	return out.String(), nil
}

func probed(out string) (goos, arch string, there []string, err error) {
	_, told, found := strings.Cut(strings.ReplaceAll(out, "\r\n", "\n"), mark+"\n")
	lines := strings.Split(strings.TrimSpace(told), "\n")
	system, machine, _ := strings.Cut(strings.TrimSpace(lines[0]), " ")
	if !found || machine == "" {
		return "", "", nil, fmt.Errorf("this is no host that is known here: asked for its system it says %q", strings.TrimSpace(out[:min(len(out), 200)]))
	}
	for _, line := range lines[1:] {
		there = append(there, strings.TrimSuffix(strings.TrimSpace(line), "/executor"))
	}
	switch arch = strings.ToLower(machine); arch {
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
	err = c.exec(ctx, c.shell.place(p.Hash, len(content)), bytes.NewReader(content), new(bytes.Buffer))
	if exit, ok := errors.AsType[*wire.ExitError](err); ok {
		return fmt.Errorf("bring the executor (%d bytes) to %s: %w", len(content), c.address, exit)
	}
	return err
}
