package iismodel

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// The variables of the environment that the programs read.
const (
	FolderVariable   = "IISMODEL"          // where the machine is kept
	FailVariable     = "IISMODEL_FAIL"     // what fails, see Inject
	LanguageVariable = "IISMODEL_LANGUAGE" // of netsh: en or de
)

// Main is the main function of both programs; it returns the exit code. Where
// the system has only eight bits for it, the caller sees the lowest eight.
func Main(program string, args []string, getenv func(string) string, stdin io.Reader, stdout, stderr io.Writer) int {
	r, err := run(program, args, getenv, stdin)
	if err != nil {
		fmt.Fprintln(stderr, "iismodel:", err)
		return Refused
	}
	io.WriteString(stdout, r.Stdout)
	io.WriteString(stderr, r.Stderr)
	return r.Exit
}

func run(program string, args []string, getenv func(string) string, stdin io.Reader) (r Result, err error) {
	folder := getenv(FolderVariable)
	if folder == "" {
		return r, errors.New(FolderVariable + " names no folder")
	}
	leave, err := alone(folder)
	if err != nil {
		return r, err
	}
	defer leave()
	m, err := Load(folder)
	if err != nil {
		return r, err
	}
	rules := getenv(FailVariable)
	if len(m.faults) == 0 {
		if err := m.Inject(rules); err != nil {
			return r, err
		}
	}
	if l := getenv(LanguageVariable); l != "" {
		m.Speak(l)
	}
	c, bad := parse(args)
	input := ""
	if program == "powershell" || program == "appcmd" && bad == nil && c.in {
		text, err := io.ReadAll(stdin)
		if err != nil {
			return r, err
		}
		input = string(text)
	}
	r = m.Run(program, args, input)
	return r, errors.Join(m.save(folder, rules), m.log(folder))
}

// Run is one call of a program by its name.
func (m *Machine) Run(program string, args []string, stdin string) Result {
	switch program {
	case "appcmd":
		return m.Appcmd(args, stdin)
	case "netsh":
		return m.Netsh(args)
	case "powershell":
		return m.Powershell(args, stdin)
	}
	return Result{Stderr: "iismodel: there is no program " + program + "\n", Exit: Refused}
}

// alone holds the folder, so that two programs at once see each other's work
// whole. They must not be that close: nothing says how IIS orders them.
func alone(folder string) (func(), error) {
	lock := filepath.Join(folder, "lock")
	for range 500 {
		f, err := os.OpenFile(lock, os.O_CREATE|os.O_EXCL, 0o600)
		if err == nil {
			return func() { os.Remove(lock) }, f.Close()
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
		time.Sleep(10 * time.Millisecond)
	}
	return nil, errors.New("somebody holds " + lock)
}

// Line is a line of calls.jsonl. It has no input: that is where secrets go.
type Line struct {
	Call     int                 `json:"call"`
	Write    int                 `json:"write,omitempty"`
	Program  string              `json:"program"`
	Args     []string            `json:"args"`
	Fault    string              `json:"fault,omitempty"`
	Exit     int                 `json:"exit"`
	Bindings map[string][]string `json:"bindings"` // of each site, after the call
}

// log notes the last call.
func (m *Machine) log(folder string) error {
	c := m.calls[len(m.calls)-1]
	l := Line{c.Number, c.Write, c.Program, c.Args, c.Fault, c.Exit, map[string][]string{}}
	for _, s := range m.sites {
		bound := []string{}
		for _, b := range s.bindings {
			bound = append(bound, b.protocol+"/"+b.information)
		}
		l.Bindings[s.get("name")] = bound
	}
	text, err := json.Marshal(l)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(folder, callsFile), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(text, '\n'))
	return errors.Join(err, f.Close())
}

// Lines reads the calls of a folder.
func Lines(folder string) ([]Line, error) {
	f, err := os.Open(filepath.Join(folder, callsFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var all []Line
	for d := json.NewDecoder(f); ; {
		var l Line
		if err := d.Decode(&l); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all = append(all, l)
	}
}
