package pretendhosts

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"slipway/pipelines/iisconf"
	"slipway/pipelines/task"
)

const home = "/home/Octopus"

// recording is all an attempt will ever print and how it will end, if nobody
// stops it.
type recording struct {
	lines    []task.Line
	end      task.End
	iis      *iisconf.State // what it leaves behind; nil is IIS as it comes
	unpacked string         // the folder that it makes
}

// play works out the recording. The same order begun at the same time on the same
// machine gives the same recording, in any process.
func play(target string, m machine, o *task.Order, begun time.Time, pace time.Duration) recording {
	p := &player{machine: m, after: m.iis, now: begun, pace: pace, end: task.End{Outcome: task.Succeeded}}
	p.values, p.masks = valuesOf(target, o, begun)
	switch kind := o.Work.Kind; {
	case expired(o, begun):
		p.fail("the order could be begun until %s, and this host's clock says %s: nothing ran; deploy again", o.Expires.UTC().Format(time.RFC3339), begun.UTC().Format(time.RFC3339))
	case kind == task.KindScript:
		p.script(o)
	case kind == task.KindNginx:
		p.nginx(o)
	case kind == task.KindIIS:
		p.iis(o)
	case kind == task.KindPackage:
		p.installation(o)
	default:
		p.fail("this host does not know work of kind %q: bring a newer executor", o.Work.Kind)
	}
	if limit := time.Duration(o.Timeout); limit > 0 && p.now.Sub(begun) > limit {
		p.cut(begun.Add(limit), task.End{Outcome: task.Failed, Message: fmt.Sprintf("stopped after its timeout of %s", limit)})
	}
	p.end.At = p.now
	if p.end.Outcome != task.Succeeded && !p.keepsIIS {
		p.after = m.iis // as a real host puts back what it changed
	}
	return recording{lines: p.lines, end: p.end, iis: p.after, unpacked: p.unpacked}
}

// expired says that an order came too late to be begun.
func expired(o *task.Order, begun time.Time) bool {
	return !o.Expires.IsZero() && o.Expires.Before(begun)
}

// player goes through the work once, with its own clock.
type player struct {
	machine   machine
	after     *iisconf.State // what is left behind
	keepsIIS  bool           // though the attempt fails
	unpacked  string         // where the package was put
	installed string         // what is served: that, or the custom directory

	now    time.Time
	pace   time.Duration
	lines  []task.Line
	end    task.End
	done   bool
	values values
	masks  *strings.Replacer
}

func (p *player) script(o *task.Order) {
	var work task.Script
	if !p.settings(o, &work) {
		return
	}
	if p.machine.windows && (work.Syntax == task.SyntaxBash || work.Syntax == "") {
		p.fail("the script is written in bash, and this windows host runs powershell and python: say `syntax: powershell`")
		return
	}
	body, ok := p.evaluate("script body", work.Body)
	if !ok {
		return
	}
	for line := range strings.Lines(body) {
		line = strings.TrimSpace(line)
		if work.Syntax != task.SyntaxPowerShell || !p.powershell(line) {
			p.command(line)
		}
		if p.done {
			return
		}
	}
}

func (p *player) nginx(o *task.Order) {
	var work task.Nginx
	if !p.settings(o, &work) {
		return
	}
	if p.machine.windows {
		p.fail("this host runs Windows, and an NGINX step needs Linux: give the step the role of Linux targets, or use an IIS step")
		return
	}
	if !p.install(o) {
		return
	}
	p.echo("pre-deployment script", work.Scripts.PreDeploy)
	p.configFiles(o, work.Installation)
	p.echo("deployment script", work.Scripts.Deploy)
	p.site(work)
	p.echo("post-deployment script", work.Scripts.PostDeploy)
	for _, unit := range work.Services {
		if unit, ok := p.evaluate("service", unit); ok {
			p.print(task.Note, unit+" is active")
		}
	}
}

func (p *player) installation(o *task.Order) {
	var work task.Installation
	if !p.settings(o, &work) || !p.install(o) {
		return
	}
	p.echo("pre-deployment script", work.Scripts.PreDeploy)
	p.configFiles(o, work)
	p.echo("deployment script", work.Scripts.Deploy)
	p.echo("post-deployment script", work.Scripts.PostDeploy)
}

// install says where a real host would have unpacked the package.
func (p *player) install(o *task.Order) bool {
	if o.Package == nil {
		p.fail("order %s installs a package and names none", o.ID)
		return false
	}
	dir := p.machine.freshFolder(o)
	p.unpacked = dir
	p.print(task.Note, fmt.Sprintf("unpack %s (%d bytes) into %s", o.Package.FileName, o.Package.Size, dir))
	p.installedAt(o, dir)
	p.end.Installed = &task.Installed{
		Deployment: o.Deployment, Package: o.Package.ID, Version: o.Package.Version, FileName: o.Package.FileName, Directory: dir, At: p.now,
	}
	return true
}

func (p *player) installedAt(o *task.Order, dir string) {
	p.installed = dir
	p.values.installed(o.Step, dir)
	p.output("Package.InstallationDirectoryPath", dir)
}

// configFiles says which files a real host would have filled with values, and
// where they go from there.
func (p *player) configFiles(o *task.Order, work task.Installation) {
	for _, what := range []struct {
		does string
		in   []string
	}{{"put variables into", work.SubstituteIn}, {"put variables into the structure of", work.StructuredIn}} {
		for _, glob := range what.in {
			if glob, ok := p.evaluate("files", glob); ok {
				p.print(task.Note, what.does+" "+glob)
			}
		}
	}
	if work.Transforms != nil {
		p.print(task.Note, "transform the *.config files")
	}
	if work.ConfigVariables {
		p.print(task.Note, "put variables into the *.config files")
	}
	if work.Directory != "" {
		if dir, ok := p.evaluate("install-directory", work.Directory); ok {
			p.print(task.Note, "copy it into "+dir)
			p.installedAt(o, dir)
		}
	}
}

// site evaluates all that a real host would write into NGINX's files.
func (p *player) site(work task.Nginx) {
	for i, b := range work.Bindings {
		port, ok := p.evaluate(fmt.Sprintf("bindings[%d].port", i), b.Port)
		if !ok {
			return
		}
		p.print(task.Note, fmt.Sprintf("%s listens on %s port %s", work.Name, b.Protocol, port))
	}
	for i, l := range work.Locations {
		if _, ok := p.evaluate(fmt.Sprintf("locations[%d].proxy", i), l.Proxy); !ok {
			return
		}
		for j, d := range l.Directives {
			if _, ok := p.evaluate(fmt.Sprintf("locations[%d].directives[%d]", i, j), d.Value); !ok {
				return
			}
		}
	}
	p.print(task.Note, "NGINX accepts the configuration and has reloaded it")
}

// echo prints a real host's script in place of running it.
func (p *player) echo(what, body string) {
	if p.done || body == "" {
		return
	}
	body, ok := p.evaluate(what, body)
	if !ok {
		return
	}
	p.print(task.Note, "run the "+what)
	for line := range strings.Lines(body) {
		p.print(task.Stdout, strings.TrimRight(line, "\r\n"))
	}
}

func (p *player) settings(o *task.Order, into any) bool {
	if err := json.Unmarshal(o.Work.Settings, into); err != nil {
		p.fail("settings of order %s are no %s payload: %v", o.ID, o.Work.Kind, err)
		return false
	}
	return true
}

// evaluate resolves `#{…}`; a text that cannot be evaluated ends the attempt.
func (p *player) evaluate(what, text string) (string, bool) {
	if p.done {
		return "", false
	}
	result, unresolved, err := p.values.evaluate(text)
	if err != nil {
		p.fail("%s: %v", what, err)
		return "", false
	}
	if len(unresolved) > 0 {
		p.fail("%s uses %s, which has no value here: define it for this environment or correct the name", what, strings.Join(unresolved, ", "))
		return "", false
	}
	return result, true
}

func (p *player) print(stream task.Stream, text string) {
	if p.done {
		return
	}
	p.now = p.now.Add(p.pace)
	p.lines = append(p.lines, task.Line{Seq: int64(len(p.lines) + 1), At: p.now, Stream: stream, Text: p.masks.Replace(text)})
}

func (p *player) output(name, value string) {
	if p.end.Outputs == nil {
		p.end.Outputs = map[string]string{}
	}
	p.end.Outputs[name] = value
}

func (p *player) fail(format string, args ...any) {
	p.finish(task.Failed, 0, p.masks.Replace(fmt.Sprintf(format, args...)))
}

func (p *player) finish(outcome task.Outcome, code int, why string) {
	p.end.Outcome, p.end.ExitCode, p.end.Message, p.done = outcome, code, why, true
}

// cut makes the recording end at an earlier moment than its script would.
func (p *player) cut(at time.Time, end task.End) {
	for i, line := range p.lines {
		if line.At.After(at) {
			p.lines = p.lines[:i]
			break
		}
	}
	p.now, p.end, p.keepsIIS = at, end, false
}
