package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/dlclark/regexp2"

	"slipway/pipelines/octostache"
	"slipway/pipelines/task"
	"slipway/runner/executor/masking"
	"slipway/runner/executor/scripts"
)

// serviceMessageCase is what a script printed, a message to write, or a script
// to run, and what must come of it.
type serviceMessageCase struct {
	Input struct {
		Kind       string       `json:"kind"`
		Chunks     []string     `json:"chunks"`
		Name       string       `json:"name"`
		Parameters [][2]*string `json:"parameters"`
		Shell      string       `json:"shell"`
		Script     string       `json:"script"`
	} `json:"input"`
	Variables map[string]*string `json:"variables"`
	Expected  struct {
		Messages []struct {
			Name       string            `json:"name"`
			Properties map[string]string `json:"properties"`
		} `json:"messages"`
		Text                *string           `json:"text"`
		Success             *bool             `json:"success"`
		StdoutContains      oneOrMore         `json:"stdout_contains"`
		StdoutLacks         oneOrMore         `json:"stdout_lacks"`
		StderrContains      oneOrMore         `json:"stderr_contains"`
		StdoutLineMatches   string            `json:"stdout_line_matches"`
		DecodedPathEndsWith string            `json:"decoded_path_ends_with"`
		VariablesSet        map[string]string `json:"variables_set"`
		SensitiveSet        map[string]string `json:"sensitive_set"`
		Artifacts           []string          `json:"artifacts"`
		Log                 []string          `json:"log"`
		LogLacks            oneOrMore         `json:"log_lacks"`
		Message             *string           `json:"message"`
	} `json:"expected"`
}

// oneOrMore is one text or several.
type oneOrMore []string

func (t *oneOrMore) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*t = oneOrMore{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(t))
}

func checkServiceMessages(raw []byte) error {
	var c serviceMessageCase
	if err := readCase(raw, &c); err != nil {
		return err
	}
	switch c.Input.Kind {
	case "parse":
		return c.parse()
	case "format":
		return c.format()
	case "script":
		return c.script()
	}
	return fmt.Errorf("unknown kind %q", c.Input.Kind)
}

func (c *serviceMessageCase) parse() error {
	got := scripts.ReadMessages(c.Input.Chunks...)
	if len(got) != len(c.Expected.Messages) {
		return fmt.Errorf("messages %q, want %q", got, c.Expected.Messages)
	}
	for i, want := range c.Expected.Messages {
		properties := map[string]string{}
		for key, value := range want.Properties {
			properties[strings.ToLower(key)] = value
		}
		if got[i].Name != want.Name || !reflect.DeepEqual(got[i].Values, properties) {
			return fmt.Errorf("message %d is %q, want %q", i, got[i], want)
		}
	}
	return nil
}

func (c *serviceMessageCase) format() error {
	var parameters []scripts.Parameter
	for _, p := range c.Input.Parameters {
		parameters = append(parameters, scripts.Parameter{Key: *p[0], Value: p[1]})
	}
	if got := scripts.FormatMessage(c.Input.Name, parameters...); c.Expected.Text == nil || got != *c.Expected.Text {
		return fmt.Errorf("text %q, want %v", got, c.Expected.Text)
	}
	return nil
}

func (c *serviceMessageCase) script() error {
	program := map[string]string{"bash": "bash", "python": "python3"}[c.Input.Shell]
	if c.Input.Shell == "powershell" {
		return skipped("this host does not run PowerShell scripts")
	}
	if program == "" {
		return skipped(fmt.Sprintf("this host does not run %s scripts", c.Input.Shell))
	}
	if _, err := exec.LookPath(program); err != nil {
		return skipped(program + " is not installed here")
	}
	dir, err := os.MkdirTemp("", "vectors-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	log := &scriptLog{}
	result, printed, err := scripts.RunPrinting(ctx, scripts.Script{
		Name: "script", Body: c.Input.Script, Syntax: c.Input.Shell, Dir: dir, Temp: filepath.Join(dir, ".scripts"),
		Variables: c.values(), Args: c.variable("Octopus.Action.Script.ScriptParameters"),
	}, masking.New(), log)
	if err != nil {
		return err
	}
	return errors.Join(c.printed(string(printed.Stdout), string(printed.Stderr)), c.result(result), c.log(log.lines))
}

// values are the variables as a step hands them to its script.
func (c *serviceMessageCase) values() map[string]string {
	known := octostache.NewVariables()
	for name := range c.Variables {
		known.Set(name, c.variable(name))
	}
	values := map[string]string{}
	for name, text := range known.All() {
		values[name] = text
		if r, err := octostache.Evaluate(text, known, octostache.Options{}); err == nil && len(r.Unresolved) == 0 {
			values[name] = r.Text
		}
	}
	return values
}

func (c *serviceMessageCase) variable(name string) string {
	if value := c.Variables[name]; value != nil {
		return *value
	}
	return ""
}

func (c *serviceMessageCase) printed(stdout, stderr string) error {
	for _, want := range c.Expected.StdoutContains {
		if !strings.Contains(stdout, want) {
			return fmt.Errorf("stdout %q, want %q in it", stdout, want)
		}
	}
	for _, unwanted := range c.Expected.StdoutLacks {
		if strings.Contains(stdout, unwanted) {
			return fmt.Errorf("stdout %q, want it without %q", stdout, unwanted)
		}
	}
	for _, want := range c.Expected.StderrContains {
		if !strings.Contains(stderr, want) {
			return fmt.Errorf("stderr %q, want %q in it", stderr, want)
		}
	}
	if err := c.hasLine(stdout); err != nil || c.Expected.DecodedPathEndsWith == "" {
		return err
	}
	for _, m := range scripts.ReadMessages(stdout) {
		if path := m.Values["path"]; filepath.IsAbs(path) && strings.HasSuffix(path, c.Expected.DecodedPathEndsWith) {
			return nil
		}
	}
	return fmt.Errorf("stdout %q, want an absolute path that ends with %q", stdout, c.Expected.DecodedPathEndsWith)
}

// hasLine looks for a line of the form the case asks for, in .NET's dialect.
func (c *serviceMessageCase) hasLine(stdout string) error {
	if c.Expected.StdoutLineMatches == "" {
		return nil
	}
	form, err := regexp2.Compile(c.Expected.StdoutLineMatches, regexp2.None)
	if err != nil {
		return err
	}
	for line := range strings.Lines(stdout) {
		if found, err := form.MatchString(strings.TrimRight(line, "\r\n")); found || err != nil {
			return err
		}
	}
	return fmt.Errorf("stdout %q, want a line that matches %s", stdout, form)
}

func (c *serviceMessageCase) result(got scripts.Result) error {
	success := got.ExitCode == 0
	if strings.EqualFold(c.variable("Octopus.Action.FailScriptOnErrorOutput"), "true") && got.ErrorOutput {
		success = false
	}
	if c.Expected.Success != nil && success != *c.Expected.Success {
		return fmt.Errorf("success %v (exit code %d, error output %v), want %v", success, got.ExitCode, got.ErrorOutput, *c.Expected.Success)
	}
	for name, want := range c.Expected.VariablesSet {
		value, ok := got.Outputs[name]
		if secret, isSecret := got.Sensitive[name]; isSecret {
			value, ok = secret, true
		}
		if !ok || value != want {
			return fmt.Errorf("output variable %s is %q (%v), want %q", name, value, ok, want)
		}
	}
	if want := c.Expected.SensitiveSet; want != nil && !reflect.DeepEqual(got.Sensitive, want) {
		return fmt.Errorf("sensitive outputs %q, want %q", got.Sensitive, want)
	}
	if want := c.Expected.Message; want != nil && got.Message != *want {
		return fmt.Errorf("message %q, want %q", got.Message, *want)
	}
	return c.artifacts(got.Artifacts)
}

func (c *serviceMessageCase) artifacts(got []scripts.Artifact) error {
	if c.Expected.Artifacts == nil {
		return nil
	}
	names := []string{}
	for _, a := range got {
		names = append(names, a.Name)
	}
	if !reflect.DeepEqual(names, c.Expected.Artifacts) {
		return fmt.Errorf("artifacts %q, want %q", names, c.Expected.Artifacts)
	}
	return nil
}

func (c *serviceMessageCase) log(got []string) error {
	if c.Expected.Log != nil && !slices.Equal(got, c.Expected.Log) {
		return fmt.Errorf("log %q, want %q", got, c.Expected.Log)
	}
	for _, unwanted := range c.Expected.LogLacks {
		if whole := strings.Join(got, "\n"); strings.Contains(whole, unwanted) {
			return fmt.Errorf("log %q, want it without %q", whole, unwanted)
		}
	}
	return nil
}

// scriptLog keeps a script's lines, each with its stream.
type scriptLog struct{ lines []string }

func (l *scriptLog) Add(stream task.Stream, text string) {
	l.lines = append(l.lines, string(stream)+": "+text)
}

func (l *scriptLog) Flush() {}
