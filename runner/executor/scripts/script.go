// Package scripts runs one bash, PowerShell or Python script as a child of the attempt's process.
//
// It decides nothing about order or outcome of a deployment: it starts the
// script, passes on what it prints, and says how it ended. The idea a newcomer
// would miss: variables reach the script through a pipe, never by
// arguments, environment or a file, because all of those can be read by others
// or outlive the script; and all output goes through the Mask on its way.
package scripts

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/executor/masking"
)

// Script is what to run. Body has been evaluated already.
type Script struct {
	Name      string // as people know it, like "post-deployment script"
	Body      string
	Dir       string            // working directory
	Temp      string            // private folder that holds the body while it runs
	Variables map[string]string // for get_octopusvariable; may hold secrets
	Grace     time.Duration     // between TERM and KILL when it has to stop; 0 is 10 s
	Syntax    string            // of task.Syntaxes; bash when empty
	Args      string            // the script's arguments, as one writes them behind a command of its language
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
	// Sensitive are variables it set for later steps and called sensitive.
	Sensitive map[string]string
	Artifacts []Artifact // in the order they were announced
	// ErrorOutput says that it wrote to stderr, service messages aside.
	ErrorOutput bool
}

// Artifact is a file the script wants kept.
type Artifact struct {
	Path string // absolute
	Name string // as people will see it
}

// Printed is what a script wrote, byte for byte and with its secrets.
type Printed struct{ Stdout, Stderr []byte }

// Run runs the script to its end. The error is about us or ctx; a script that
// failed is a Result with an exit code.
func Run(ctx context.Context, s Script, mask *masking.Mask, log Log) (Result, error) {
	return run(ctx, s, newSpeech(mask, log, s.Dir))
}

// RunPrinting is Run for those who check scripts: it also returns what the
// script printed before anything was made of it. No log may ever see that.
func RunPrinting(ctx context.Context, s Script, mask *masking.Mask, log Log) (Result, Printed, error) {
	to := newSpeech(mask, log, s.Dir)
	to.printed = &Printed{}
	result, err := run(ctx, s, to)
	return result, *to.printed, err
}

// language is how scripts of one syntax are run here.
type language struct {
	extension string
	// ready says why they do not run on this host.
	ready func() error
	// prepare reads the arguments and says what is started with the script at path.
	prepare func(s Script, path string) (start, error)
	// file is what is written to path.
	file func(body string) []byte
}

var languages = map[string]language{
	task.SyntaxBash:       {".sh", bashReady, startingBash, unixLines},
	task.SyntaxPowerShell: {".ps1", powershellReady, startingPowerShell, powershellFile},
	task.SyntaxPython:     {".py", pythonReady, startingPython, unixLines},
}

func languageOf(syntax string) (language, error) {
	if syntax == "" {
		syntax = task.SyntaxBash
	}
	if l, ok := languages[strings.ToLower(syntax)]; ok {
		return l, nil
	}
	return language{}, fmt.Errorf("the script is written in %s, and this executor runs %s", syntax, strings.Join(task.Syntaxes, ", "))
}

// CanRun says why scripts of a syntax do not run here, if they do not.
func CanRun(syntax string) error {
	l, err := languageOf(syntax)
	if err != nil {
		return err
	}
	return l.ready()
}

func run(ctx context.Context, s Script, to *speech) (Result, error) {
	l, err := languageOf(s.Syntax)
	if err != nil {
		return Result{}, err
	}
	path := filepath.Join(s.Temp, strings.ReplaceAll(s.Name, " ", "-")+l.extension)
	begin, err := l.prepare(s, path)
	if err != nil {
		return Result{}, err
	}
	if err := os.MkdirAll(s.Temp, 0o700); err != nil {
		return Result{}, err
	}
	if err := os.WriteFile(path, l.file(s.Body), 0o600); err != nil {
		return Result{}, err
	}
	defer os.Remove(path)
	if s.Grace == 0 {
		s.Grace = 10 * time.Second
	}
	return runProcess(ctx, s, begin, to)
}

// unixLines drops the carriage returns of text that was edited in a browser or
// on Windows; bash would take them for part of the words.
func unixLines(body string) []byte { return []byte(strings.ReplaceAll(body, "\r\n", "\n")) }
