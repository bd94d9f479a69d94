package conventions

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"slipway/pipelines/task"
	"slipway/runner/executor/masking"
	"slipway/runner/executor/scripts"
)

// script does the work of kind script, in a fresh folder.
func (a *attempt) script(ctx context.Context) error {
	var s task.Script
	if err := a.settings(&s); err != nil {
		return err
	}
	a.failOnErrorOutput = s.FailOnErrorOutput
	dir := filepath.Join(a.Work, "folder")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	body, err := a.values.Text("script", s.Body)
	if err != nil {
		return err
	}
	args, err := a.values.Text("the script's parameters", s.Parameters)
	if err != nil {
		return err
	}
	return a.runScript(ctx, scripts.Script{Name: "script", Syntax: s.Syntax, Body: body, Args: args, Dir: dir, Temp: filepath.Join(a.Work, "scripts")})
}

// runText resolves a script of the step's own and runs it; an empty one is none.
func (d *deployment) runText(ctx context.Context, name, text, dir string) error {
	body, err := d.values.Text(name, text)
	if err != nil || body == "" {
		return err
	}
	return d.runScript(ctx, scripts.Script{Name: name, Syntax: d.wanted.Scripts.Syntax, Body: body, Dir: dir, Temp: filepath.Join(d.Work, "scripts")})
}

// checkLanguage refuses scripts of the step's own that cannot run here, before
// any of them would have to.
func (d *deployment) checkLanguage() error {
	s := d.wanted.Scripts
	if s.PreDeploy == "" && s.Deploy == "" && s.PostDeploy == "" {
		return nil
	}
	return scripts.CanRun(s.Syntax)
}

// setsVariables says whether a script may set output variables, in whatever
// language, and also where its file has two bytes for a character.
func setsVariables(body string) bool {
	body = strings.ToLower(strings.ReplaceAll(body, "\x00", ""))
	return strings.Contains(body, "set_octopusvariable") || strings.Contains(body, "set-octopusvariable") || strings.Contains(body, "##octopus[")
}

// runScript runs an evaluated script.
func (a *attempt) runScript(ctx context.Context, s scripts.Script) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	a.note("running the %s in %s", s.Name, s.Dir)
	if s.Args == "" {
		s.Args = a.values.setting("Octopus.Action.Script.ScriptParameters")
	}
	s.Variables = a.values.Known()
	result, err := scripts.Run(ctx, s, a.Mask, a.Log)
	a.take(result)
	if err != nil {
		return fmt.Errorf("%s: %w", s.Name, err)
	}
	return a.judge(s.Name, result)
}

// take makes what a script set and announced part of the attempt, also where
// the script failed then.
func (a *attempt) take(r scripts.Result) {
	for _, name := range slices.Sorted(maps.Keys(r.Outputs)) {
		a.output(name, r.Outputs[name])
	}
	for _, name := range slices.Sorted(maps.Keys(r.Sensitive)) {
		a.sensitiveOutput(name, r.Sensitive[name])
	}
	a.keep(r.Artifacts)
}

// judge says why a script that ended counts as failed.
func (a *attempt) judge(name string, r scripts.Result) error {
	a.done.ExitCode = r.ExitCode
	switch {
	case r.ExitCode != 0 && r.Message != "":
		return fmt.Errorf("%s ended with exit code %d: %s", name, r.ExitCode, r.Message)
	case r.ExitCode != 0:
		return fmt.Errorf("%s ended with exit code %d; its last lines in the log say more", name, r.ExitCode)
	case r.ErrorOutput && a.values.flag("Octopus.Action.FailScriptOnErrorOutput", a.failOnErrorOutput):
		return errors.New(name + " wrote to its error output, which counts as a failure here: see the log, or switch fail-on-error-output off")
	}
	return nil
}

// output sets an output variable.
func (a *attempt) output(name, text string) {
	a.done.Outputs[name] = text
	delete(a.done.Sensitive, name)
	a.values.setOutput(name, text)
}

// sensitiveOutput sets one that no log shows. It leaves the host sealed, or
// not at all.
func (a *attempt) sensitiveOutput(name, value string) {
	delete(a.done.Outputs, name)
	a.values.setSensitive(name, value)
	if len(a.Order.OutputKey) == 0 {
		a.say(task.Warning, "output variable "+name+" is sensitive and is not passed on to later steps: the server gave no key to seal it to")
		return
	}
	a.done.Sensitive[name] = value
}

// printVariables shows what somebody asked to see. Secrets are named, and
// their values are not shown however short they are.
func (a *attempt) printVariables() {
	raw, evaluated := a.values.flag("OctopusPrintVariables", false), a.values.flag("OctopusPrintEvaluatedVariables", false)
	if !raw && !evaluated {
		return
	}
	a.say(task.Warning, "all variables are printed, because OctopusPrintVariables or OctopusPrintEvaluatedVariables is set: remove it when you have seen enough")
	known := a.values.Known()
	for name, text := range a.values.vars.All() {
		if strings.HasPrefix(name, "env:") {
			continue // what the host's user has in its environment is nobody's variable
		}
		if a.values.secret[strings.ToLower(name)] {
			a.note("%s = %s", name, masking.Stars)
			continue
		}
		if raw {
			a.note("%s = %s", name, text)
		}
		if evaluated {
			a.note("%s is %s", name, known[name])
		}
	}
}
