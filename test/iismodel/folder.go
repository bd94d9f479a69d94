package iismodel

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// The files of a machine's folder.
const (
	configFile  = "applicationHost.config"
	machineFile = "machine.json"
	callsFile   = "calls.jsonl"
)

// saved is what is not in applicationHost.config: what runs, what http.sys and
// the certificate stores have, and what tests have asked for.
type saved struct {
	Running      []string // "site NAME", "apppool NAME"
	Certificates []savedCertificate
	Keys         []Key
	Modules      []string
	Language     string
	Rules        string // the ones that Faults has been read from
	Left         []int  // how often each is still due
	Calls        int
	Writes       int
}

type savedCertificate struct{ Tag, Address, Hash, AppID, Store string }

// Load reads the machine of a folder; one that is empty is a new machine.
func Load(folder string) (*Machine, error) {
	text, err := os.ReadFile(filepath.Join(folder, configFile))
	if errors.Is(err, fs.ErrNotExist) {
		return New(), nil
	}
	if err != nil {
		return nil, err
	}
	var h hostFile
	if err := xml.Unmarshal(text, &h); err != nil {
		return nil, fmt.Errorf("%s: %w", configFile, err)
	}
	m := Empty()
	m.take(h)
	data, err := os.ReadFile(filepath.Join(folder, machineFile))
	if errors.Is(err, fs.ErrNotExist) {
		m.settle(config{})
		return m, nil
	}
	var s saved
	if err := errors.Join(err, json.Unmarshal(data, &s)); err != nil {
		return nil, fmt.Errorf("%s: %w", machineFile, err)
	}
	return m, m.restore(s)
}

func (m *Machine) restore(s saved) error {
	for _, p := range m.pools {
		p.state = running(s.Running, "apppool "+p.get("name"))
	}
	for _, x := range m.sites {
		x.state = running(s.Running, "site "+x.get("name"))
	}
	for _, c := range s.Certificates {
		m.certificates = append(m.certificates, &certificate{c.Tag, c.Address, c.Hash, c.AppID, c.Store})
	}
	m.keys, m.modules, m.language = s.Keys, s.Modules, s.Language
	if err := m.Inject(s.Rules); err != nil {
		return err
	}
	for i := range m.faults {
		m.faults[i].left = s.Left[i]
	}
	// The numbers of calls go on from run to run.
	m.calls = make([]Call, s.Calls)
	if s.Calls > 0 {
		m.calls[s.Calls-1].Write = s.Writes
	}
	return nil
}

func running(all []string, name string) string {
	if slices.Contains(all, name) {
		return started
	}
	return stopped
}

// Save writes a machine into a folder.
func (m *Machine) Save(folder string) error { return m.save(folder, "") }

func (m *Machine) save(folder, rules string) error {
	s := saved{Keys: m.keys, Modules: m.modules, Language: m.language, Rules: rules, Calls: len(m.calls)}
	for _, p := range m.pools {
		if p.state == started {
			s.Running = append(s.Running, "apppool "+p.get("name"))
		}
	}
	for _, x := range m.sites {
		if x.state == started {
			s.Running = append(s.Running, "site "+x.get("name"))
		}
	}
	for _, c := range m.certificates {
		s.Certificates = append(s.Certificates, savedCertificate{c.tag, c.address, c.hash, c.appID, c.store})
	}
	for _, f := range m.faults {
		s.Left = append(s.Left, f.left)
	}
	for _, c := range m.calls {
		s.Writes = max(s.Writes, c.Write)
	}
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, configFile), []byte(m.text()), 0o600); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, machineFile), data, 0o600)
}
