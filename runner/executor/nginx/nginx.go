// Package nginx makes a site so on this host: the half of the NGINX step that
// pipelines/nginxconf is the wanted half of.
//
// It writes only the site's own files and decides nothing about their content.
// The idea a newcomer would miss: NGINX can only test files where they lie, so
// the former bytes are put into a journal on the disk before anything is
// touched. Whatever goes wrong then, including a power cut, somebody finds the
// journal and puts every byte back: Apply itself, or Restore in the next
// attempt on the target. At rest the files always pass `nginx -t`, and NGINX
// starts from cold.
package nginx

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"slipway/pipelines/nginxconf"
	"slipway/pipelines/task"
	"slipway/runner/executor/ledger"
)

// Commands runs programs of the host.
type Commands interface {
	// Run runs one as the user and returns its stdout; the error has its words.
	Run(ctx context.Context, name string, args ...string) (string, error)
	// Sudo runs one as root.
	Sudo(ctx context.Context, name string, args ...string) (string, error)
}

// Host is where sites are made.
type Host struct {
	Commands  Commands
	Journal   string            // file for the former bytes; its folder exists
	Stage     string            // private folder for new files; made where missing
	Listening func(string) bool // whether anything listens on a TCP port
	Systemd   bool              // whether systemd starts services here
	Say       func(stream task.Stream, text string)
}

// Ready names everything that is missing before a site can be made.
func (h Host) Ready(ctx context.Context) error {
	var missing []error
	if _, err := h.Commands.Sudo(ctx, "nginx", "-v"); err != nil {
		missing = append(missing, fmt.Errorf("nginx cannot be called as root (is it installed, and may this user run `sudo -n nginx`?): %w", err))
	}
	for _, name := range []string{"cp", "mv", "rm"} {
		if _, err := h.Commands.Sudo(ctx, name, "--version"); err != nil {
			missing = append(missing, fmt.Errorf("%s cannot be called as root (allow `sudo -n %s` without a password): %w", name, name, err))
		}
	}
	return errors.Join(missing...)
}

// Apply makes the evaluated site so. When it returns an error the site's files
// are what they were before.
func (h Host) Apply(ctx context.Context, site task.Nginx) error {
	wanted, err := nginxconf.Render(site, nginxconf.Ours)
	if err != nil {
		return err
	}
	there, err := readOwn(site)
	if err != nil {
		return err
	}
	if err := h.checkPorts(ctx, site, there); err != nil {
		return err
	}
	h.warnClosedFolders(site)
	c := compare(there, wanted)
	h.show(c)
	// From here on nothing may be left half done because somebody stops the step.
	ctx = context.WithoutCancel(ctx)
	if c.empty() {
		return h.serve(ctx, site)
	}
	if err := h.writeJournal(c); err != nil {
		return err
	}
	if err := h.switchTo(ctx, site, c); err != nil {
		return h.giveUp(ctx, err)
	}
	return ledger.RemoveDurably(h.Journal)
}

// switchTo puts the new files in place, has NGINX test them, and loads them.
func (h Host) switchTo(ctx context.Context, site task.Nginx, c changes) error {
	if err := h.write(ctx, c); err != nil {
		return err
	}
	if _, err := h.Commands.Sudo(ctx, "nginx", "-t"); err != nil {
		return fmt.Errorf("NGINX refuses the new configuration: %w", err)
	}
	return h.load(ctx, site)
}

// giveUp puts the former files back and returns why.
func (h Host) giveUp(ctx context.Context, why error) error {
	if err := h.Restore(ctx); err != nil {
		return fmt.Errorf("%w. Then the former files could not be put back: %v; they are kept in %s, and the next deployment to this target tries again", why, err, h.Journal)
	}
	return fmt.Errorf("%w. The former files are back, byte for byte", why)
}

// readOwn reads the files the site has now.
func readOwn(site task.Nginx) (map[string]string, error) {
	base := filepath.Join(nginxconf.Directory(site), site.Name+".conf")
	paths := []string{base}
	entries, err := os.ReadDir(base + ".d")
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("what is there now cannot be read: %w", err)
	}
	for _, entry := range entries {
		if entry.Type().IsRegular() {
			paths = append(paths, filepath.Join(base+".d", entry.Name()))
		}
	}
	there := map[string]string{}
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("what is there now cannot be read: %w", err)
		}
		there[path] = string(b)
	}
	return there, nil
}

func (h Host) note(format string, args ...any) { h.Say(task.Note, fmt.Sprintf(format, args...)) }

// show prints what will change, for whoever reads the log at night.
func (h Host) show(c changes) {
	if c.empty() {
		h.note("NGINX: the site's files are as wanted, nothing to change")
		return
	}
	for _, path := range c.paths() {
		before, wasThere := c.before[path]
		after, willBe := c.after[path]
		switch {
		case !wasThere:
			h.note("NGINX: new file %s", path)
		case !willBe:
			h.note("NGINX: file %s goes", path)
		default:
			h.note("NGINX: file %s changes", path)
		}
		h.note("%s", strings.Join(diff(before, after), "\n"))
	}
}
