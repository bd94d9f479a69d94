package conventions

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"

	"slipway/pipelines/task"
	"slipway/runner/executor/scripts"
)

// script does the work of kind script, in a fresh folder.
func (a *attempt) script(ctx context.Context) error {
	var s task.Script
	if err := a.settings(&s); err != nil {
		return err
	}
	if s.Syntax != "bash" {
		return fmt.Errorf("the script is written in %q, and this executor runs bash", s.Syntax)
	}
	dir := filepath.Join(a.Work, "folder")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	body, err := a.values.Text("script", s.Body)
	if err != nil {
		return err
	}
	return a.runBody(ctx, "script", body, dir)
}

// runBody runs an evaluated script; an empty one is none.
func (a *attempt) runBody(ctx context.Context, name, body, dir string) error {
	if body == "" {
		return nil
	}
	if err := context.Cause(ctx); err != nil {
		return err
	}
	a.note("running the %s in %s", name, dir)
	result, err := scripts.Run(ctx, scripts.Script{
		Name: name, Body: body, Dir: dir, Temp: filepath.Join(a.Work, "scripts"), Variables: a.values.Known(),
	}, a.Mask, a.Log)
	maps.Copy(a.done.Outputs, result.Outputs)
	a.values.setOutputs(result.Outputs)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if result.ExitCode == 0 {
		return nil
	}
	a.done.ExitCode = result.ExitCode
	if result.Message != "" {
		return fmt.Errorf("%s ended with exit code %d: %s", name, result.ExitCode, result.Message)
	}
	return fmt.Errorf("%s ended with exit code %d; its last lines in the log say more", name, result.ExitCode)
}
