// Package conventions carries out one order's work in the order that people
// know from Octopus: checks, installation, scripts, web server, services.
//
// It knows neither ledger nor transport, and leaves each craft to its own
// package (install, scripts, nginx, iis). The idea a newcomer would miss: all texts
// of an order are resolved by Values just before they are used, because some
// values (the installation folder) only come into being on the way; a text
// that cannot be resolved fails the attempt before its stage touches anything.
package conventions

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/executor/iis"
	"slipway/runner/executor/masking"
	"slipway/runner/executor/nginx"
	"slipway/runner/executor/scripts"
)

// Job is one order with everything it needs on this host.
type Job struct {
	Order   task.Order
	Secrets map[string]string // opened
	Mask    *masking.Mask     // learns the secrets
	Log     scripts.Log
	Now     func() time.Time

	Work         string   // private folder of the attempt, removed after it
	Artifacts    string   // folder for copies of files that scripts want kept, by hash
	Packages     string   // folder of delivered packages, by hash
	Undo         string   // folder for former bytes that must be put back if an attempt dies
	Applications string   // folder to install below
	Environ      []string // the host's environment variables, as NAME=value

	FreeBytes func(dir string) int64
	// Alone waits until no other attempt on this host is inside the same thing.
	Alone    func(ctx context.Context, thing string) (leave func(), err error)
	Commands Commands
	Systemd  bool // whether systemd starts services here

	// How IIS and the machine's certificates are reached; nil is the host's own.
	IIS          iis.Commands
	Certificates iis.Certificates
	Sleep        func(context.Context, time.Duration) error // how pauses for IIS pass; nil is the clock
}

// Commands runs programs of the host.
type Commands = nginx.Commands

// Done is what an attempt leaves besides its effects.
type Done struct {
	ExitCode  int
	Outputs   map[string]string
	Sensitive map[string]string // outputs that no log shows and nobody but the next steps may read
	Installed *task.Installed
	Skipped   bool     // it was installed already
	Retired   []string // of Order.Retire, those that are gone
	Artifacts []task.Artifact
}

// attempt is a job under way.
type attempt struct {
	Job
	values *Values
	done   Done
	kept   int64 // bytes of artifacts

	failOnErrorOutput bool
}

// Perform does the work. An error is why it failed.
func Perform(ctx context.Context, j Job) (Done, error) {
	a := &attempt{Job: j, done: Done{Outputs: map[string]string{}, Sensitive: map[string]string{}}}
	values, err := newValues(j)
	if err != nil {
		return a.done, err
	}
	a.values = values
	a.tellOfHost()
	a.introduce()
	a.printVariables()
	end, err := a.settleWebServers(ctx)
	if err != nil {
		return a.done, err
	}
	defer end()
	switch j.Order.Work.Kind {
	case task.KindScript:
		err = a.script(ctx)
	case task.KindPackage:
		err = a.installation(ctx)
	case task.KindNginx:
		err = a.nginx(ctx)
	case task.KindIIS:
		err = a.iis(ctx)
	default:
		err = fmt.Errorf("this executor does not know the kind of work %q: `slipway target check` brings the executor that belongs to the server", j.Order.Work.Kind)
	}
	return a.done, err
}

func (a *attempt) introduce() {
	o := a.Order
	a.note("%s: release %s of %s to %s, attempt %s", o.Step, o.Release, o.Project, o.Environment, o.ID)
	for _, name := range a.values.tooShortToMask {
		a.say(task.Warning, "the secret "+name+" has fewer than 4 characters and is not masked in this log")
	}
}

func (a *attempt) note(format string, args ...any) { a.say(task.Note, fmt.Sprintf(format, args...)) }

// say adds our own words to the log, masked like everything else.
func (a *attempt) say(stream task.Stream, text string) {
	for line := range strings.Lines(a.Mask.Text(text)) {
		a.Log.Add(stream, strings.TrimRight(line, "\r\n"))
	}
	a.Log.Flush()
}

func (a *attempt) settings(into any) error {
	if err := json.Unmarshal(a.Order.Work.Settings, into); err != nil {
		return fmt.Errorf("the settings of work %q cannot be read: %w", a.Order.Work.Kind, err)
	}
	return nil
}
