// Package iis makes it so in IIS on this host: the half of the IIS step that
// pipelines/iisconf is the wanted half of.
//
// It decides nothing about what has to change, and talks to IIS only through
// appcmd and netsh. The idea a newcomer would miss: before the first change
// everything that the changes are going to touch is written into a journal on
// the disk, and the journal outlives Apply. Until somebody calls Finish, the
// deployment may still fail: then Restore brings back what was there, in the
// same attempt or, if that died, in a later one: which one, runner/executor/conventions says.
package iis

import (
	"context"
	"errors"
	"fmt"
	"time"

	"slipway/pipelines/iisconf"
	"slipway/pipelines/task"
)

// The programs that are run. A Commands finds them; see Programs.
const (
	Appcmd     = "appcmd"
	Netsh      = "netsh"
	Powershell = "powershell"
)

// Commands runs programs of the host.
type Commands interface {
	// Run runs one and returns its stdout, also where it failed: both programs
	// say there what went wrong. The error has the exit code or that it could
	// not be started at all.
	Run(ctx context.Context, name string, args ...string) (stdout string, err error)
	// Feed is Run with something to read on stdin, which is where secrets go.
	Feed(ctx context.Context, input, name string, args ...string) (stdout string, err error)
}

// Host is an IIS to be changed, as one attempt sees it.
type Host struct {
	Commands Commands
	Say      func(stream task.Stream, text string)
	// Accounts are the users of this machine; nil is its own.
	Accounts Accounts
	// Journal is the file for what was there before; its folder exists.
	Journal string
	// Alone waits until nobody else on this machine changes IIS; nil where
	// nobody else can. It is held by one change at a time.
	Alone func(ctx context.Context) (leave func(), err error)
	// Retries are how often a failed change is tried again. Starts and stops
	// are tried once.
	Retries int
	// RetryPause comes before a retry, 0 is a random one of 1 to 3 s.
	RetryPause time.Duration
	// Sleep is how pauses pass; nil is the clock.
	Sleep func(context.Context, time.Duration) error
	// KeepNewPath leaves what serves the new folder when something fails after
	// the switch.
	KeepNewPath bool
	// Version is IIS's own, "" is what the system says.
	Version string

	// former are passwords of pools as they were before Apply. They are in no
	// file, so a way back by a later attempt does not have them.
	former map[string]string
	// lookAround is how often a wait is told about, 0 is the usual.
	lookAround time.Duration
}

// Feature is something of IIS that a step needs, by the name of the Windows
// feature that brings it.
type Feature string

// Features that a step may need.
const (
	BasicAuthentication   Feature = "IIS-BasicAuthentication"
	WindowsAuthentication Feature = "IIS-WindowsAuthentication"
	AspNet45              Feature = "IIS-ASPNET45"
)

// moduleOf is the module by which IIS shows that a feature is installed.
var moduleOf = map[Feature]string{
	BasicAuthentication:   "BasicAuthenticationModule",
	WindowsAuthentication: "WindowsAuthenticationModule",
	AspNet45:              "UrlRoutingModule-4.0",
}

// Ready names everything that is missing before IIS can be changed, and changes
// nothing.
func (h *Host) Ready(ctx context.Context, needs ...Feature) error {
	out, err := h.Commands.Run(ctx, Appcmd, "list", "site", "/xml")
	if notFound(err) {
		return errors.New("this host has no IIS: there is no appcmd. Enable the Windows features IIS-WebServerRole, IIS-WebServer and IIS-WebServerManagementTools" +
			" (for ASP.NET also IIS-ASPNET45), for example by `dism /online /enable-feature /all /featurename:NAME`")
	}
	if _, err := listing(out, err); err != nil {
		return fmt.Errorf("IIS does not let this user read its configuration (it takes an administrator, and the service WAS): %w", err)
	}
	var missing []error
	if _, err := h.Commands.Run(ctx, Netsh, "http", "show", "sslcert"); notFound(err) {
		missing = append(missing, errors.New("netsh cannot be run: it belongs to Windows, so look at the PATH of the user that deploys"))
	}
	return errors.Join(append(missing, h.checkFeatures(ctx, needs)...)...)
}

// checkFeatures names features that are positively not there. An IIS that does
// not list its modules is taken at its word later.
func (h *Host) checkFeatures(ctx context.Context, needs []Feature) []error {
	if len(needs) == 0 {
		return nil
	}
	out, err := h.Commands.Run(ctx, Appcmd, "list", "module", "/xml")
	root, err := listing(out, err)
	if err != nil || len(root.Children) == 0 {
		return nil
	}
	there := map[string]bool{}
	for _, module := range root.Children {
		there[module.attr("MODULE.NAME")] = true
	}
	var missing []error
	for _, f := range needs {
		switch {
		case there[moduleOf[f]]:
		case f == AspNet45:
			// Who serves plain files needs no ASP.NET, whatever the pool could load.
			h.warn("IIS: the Windows feature %s is not enabled on this host: plain files are served, ASP.NET pages are not", f)
		default:
			missing = append(missing, fmt.Errorf("the Windows feature %[1]s is not enabled on this host: `dism /online /enable-feature /all /featurename:%[1]s`", f))
		}
	}
	return missing
}

func (h *Host) note(format string, args ...any) { h.Say(task.Note, fmt.Sprintf(format, args...)) }

func (h *Host) warn(format string, args ...any) { h.Say(task.Warning, fmt.Sprintf(format, args...)) }

// State is what IIS has now.
func (h *Host) State(ctx context.Context) (iisconf.State, error) {
	seen, err := h.read(ctx, everySite)
	return seen.State, err
}
