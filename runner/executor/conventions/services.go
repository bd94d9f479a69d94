package conventions

import (
	"context"
	"fmt"
	"strings"
	"time"
)

const (
	// ServiceWatch is how long a service must stay up to count as up.
	ServiceWatch = 5 * time.Second
	// startPatience is how long it may take to come up in the first place.
	startPatience = 60 * time.Second
	lookAtUnits   = 250 * time.Millisecond
)

// unit is what systemd says of a service.
type unit struct {
	LoadState, ActiveState, SubState, NRestarts, MainPID string
}

// watchServices fails as soon as a service is down or was started again.
// Restarting is what a broken service does quietly, for ever: a moment's
// "active" says nothing.
func (a *attempt) watchServices(ctx context.Context, names []string) error {
	names, err := a.values.services(names)
	if err != nil || len(names) == 0 {
		return err
	}
	a.note("watching %s: must be active, without a restart, for %s", strings.Join(names, ", "), ServiceWatch)
	first := map[string]unit{}
	begun := a.Now()
	upSince := time.Time{}
	for {
		up, err := a.lookAtServices(ctx, names, first)
		if err != nil {
			return err
		}
		now := a.Now()
		switch {
		case !up && now.Sub(begun) > startPatience:
			return fmt.Errorf("not all of %s are active after %s", strings.Join(names, ", "), startPatience)
		case !up:
			upSince = time.Time{}
		case upSince.IsZero():
			upSince = now
		case now.Sub(upSince) >= ServiceWatch:
			a.note("up: %s", strings.Join(names, ", "))
			return nil
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(lookAtUnits):
		}
	}
}

// lookAtServices says whether all are active; first keeps what each was when
// it was first seen so.
func (a *attempt) lookAtServices(ctx context.Context, names []string, first map[string]unit) (up bool, err error) {
	up = true
	for _, name := range names {
		u, err := a.askSystemd(ctx, name)
		if err != nil {
			return false, err
		}
		before, seen := first[name]
		switch {
		case u.LoadState == "not-found":
			return false, fmt.Errorf("service %s does not exist on this host: the post-deployment script should have made it", name)
		case u.ActiveState == "active" && !seen:
			first[name] = u
		case u.ActiveState == "active" && (u.NRestarts != before.NRestarts || u.MainPID != before.MainPID):
			return false, a.serviceFailed(ctx, name, "was started again by itself")
		case u.ActiveState == "active":
		case u.ActiveState == "activating" && u.SubState != "auto-restart" && !seen, u.ActiveState == "reloading":
			up = false
		default:
			return false, a.serviceFailed(ctx, name, fmt.Sprintf("is not up: %s (%s)", u.ActiveState, u.SubState))
		}
	}
	return up, nil
}

func (a *attempt) askSystemd(ctx context.Context, name string) (unit, error) {
	out, err := a.Commands.Run(ctx, "systemctl", "show", "--property=LoadState,ActiveState,SubState,NRestarts,MainPID", "--", name)
	if err != nil {
		return unit{}, fmt.Errorf("systemd does not tell about service %s: %w", name, err)
	}
	var u unit
	for line := range strings.Lines(out) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		switch key {
		case "LoadState":
			u.LoadState = value
		case "ActiveState":
			u.ActiveState = value
		case "SubState":
			u.SubState = value
		case "NRestarts":
			u.NRestarts = value
		case "MainPID":
			u.MainPID = value
		}
	}
	return u, nil
}

// serviceFailed adds the service's own last words to the log.
func (a *attempt) serviceFailed(ctx context.Context, name, what string) error {
	words := a.lastWords(ctx, name)
	if words == "" {
		return fmt.Errorf("service %s %s; `journalctl -u %s` on the host says more", name, what, name)
	}
	a.note("last words of %s:\n%s", name, words)
	lines := strings.Split(words, "\n")
	return fmt.Errorf("service %s %s: %s", name, what, lines[len(lines)-1])
}

// lastWords are the end of a service's journal. Without root's rights most
// users are shown an empty one, so they are the second choice.
func (a *attempt) lastWords(ctx context.Context, name string) string {
	args := []string{"--no-pager", "--quiet", "-n", "15", "-o", "cat", "-u", name}
	words, err := a.Commands.Sudo(ctx, "journalctl", args...)
	if err != nil {
		words, err = a.Commands.Run(ctx, "journalctl", args...)
	}
	if err != nil {
		return ""
	}
	return strings.TrimSpace(words)
}
