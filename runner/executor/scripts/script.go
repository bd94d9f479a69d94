// Package scripts runs one bash script as a child of the attempt's process.
//
// It decides nothing about order or outcome of a deployment: it starts the
// script, passes on what it prints, and says how it ended. The idea a newcomer
// would miss: variables reach the script through an inherited pipe, never by
// arguments, environment or a file, because all of those can be read by others
// or outlive the script; and all output goes through the Mask on its way.
package scripts

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	"slipway/pipelines/task"
)

// Script is what to run. Body has been evaluated already.
type Script struct {
	Name      string // as people know it, like "post-deployment script"
	Body      string
	Dir       string            // working directory
	Temp      string            // private folder that holds the body while it runs
	Variables map[string]string // for get_octopusvariable; may hold secrets
	Grace     time.Duration     // between TERM and KILL when it has to stop; 0 is 10 s
}

// Log takes lines; Flush shows them to those who follow.
type Log interface {
	Add(stream task.Stream, text string)
	Flush()
}

// Result is how a script ended by itself.
type Result struct {
	ExitCode int
	Message  string            // what the script gave as its reason, if it did
	Outputs  map[string]string // variables it set for later steps
}

// Run runs the script to its end. The error is about us or ctx; a script that
// failed is a Result with an exit code.
func Run(ctx context.Context, s Script, mask *Mask, log Log) (Result, error) {
	if err := os.MkdirAll(s.Temp, 0o700); err != nil {
		return Result{}, err
	}
	path := filepath.Join(s.Temp, strings.ReplaceAll(s.Name, " ", "-")+".sh")
	if err := os.WriteFile(path, []byte(unixLines(s.Body)), 0o600); err != nil {
		return Result{}, err
	}
	defer os.Remove(path)
	if s.Grace == 0 {
		s.Grace = 10 * time.Second
	}
	return runBash(ctx, s, path, newSpeech(mask, log))
}

// unixLines drops the carriage returns of text that was edited in a browser or
// on Windows; bash would take them for part of the words.
func unixLines(body string) string { return strings.ReplaceAll(body, "\r\n", "\n") }
