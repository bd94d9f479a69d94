package iis

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"slipway/pipelines/iisconf"
	"slipway/runner/executor/ledger"
)

// journal is what must be put back if nobody says that all went well. It holds
// no password.
type journal struct {
	Actions []iisconf.Action `json:"actions,omitempty"` // what was about to be done
	Before  iisconf.State    `json:"before"`            // of what they touch
	Users   []string         `json:"users,omitempty"`   // see usersOf
	Offline []string         `json:"offline,omitempty"` // app_offline.htm files that are ours
	Keep    bool             `json:"keep,omitempty"`    // once switched, it stays so
	Done    bool             `json:"done,omitempty"`    // all actions are done; said where Keep is
}

// mostJournal bounds a journal that is read.
const mostJournal = 64 << 20

// remember writes down what is there, before anything is changed.
func (h *Host) remember(actions []iisconf.Action, before seen) error {
	j, err := h.readJournal()
	if err != nil {
		return err
	}
	j.Actions = slices.Clone(actions)
	for i := range j.Actions {
		j.Actions[i].Pool.Password = ""
	}
	j.Before, j.Keep, j.Done = touched(actions, before.State), h.KeepNewPath, false
	j.Users = usersOf(actions, before.State)
	h.former = before.passwords
	return h.writeJournal(j)
}

// done writes down that what was wanted is so, for a new folder that is to stay
// whatever fails later.
func (h *Host) done() error {
	if !h.KeepNewPath {
		return nil
	}
	j, err := h.readJournal()
	if err != nil {
		return err
	}
	j.Done = true
	return h.writeJournal(j)
}

func (h *Host) writeJournal(j journal) error {
	b, err := json.Marshal(j)
	if err != nil {
		return err
	}
	return ledger.ReplaceDurably(h.Journal, b)
}

// readJournal is the journal, an empty one where none is.
func (h *Host) readJournal() (j journal, err error) {
	info, err := os.Stat(h.Journal)
	if errors.Is(err, fs.ErrNotExist) {
		return j, nil
	}
	if err != nil {
		return j, err
	}
	if info.Size() > mostJournal {
		return j, fmt.Errorf("%s is damaged: it has %d MB", h.Journal, info.Size()>>20)
	}
	b, err := os.ReadFile(h.Journal)
	if err != nil {
		return j, err
	}
	if err := json.Unmarshal(b, &j); err != nil {
		return j, fmt.Errorf("%s is damaged: %w", h.Journal, err)
	}
	return j, nil
}

// touched are those parts of a state that a list of actions is about.
func touched(actions []iisconf.Action, s iisconf.State) iisconf.State {
	about := func(is func(iisconf.Action) bool) bool { return slices.ContainsFunc(actions, is) }
	part := iisconf.State{Version: s.Version, Logins: map[string]iisconf.Login{}}
	for _, site := range s.Sites {
		if about(func(a iisconf.Action) bool { return strings.EqualFold(a.Site, site.Name) }) {
			part.Sites = append(part.Sites, site)
			if l, known := loginOf(s, site.Name); known {
				part.Logins[site.Name] = l
			}
		}
	}
	for _, p := range s.Pools {
		if about(func(a iisconf.Action) bool { return strings.EqualFold(a.Pool.Name, p.Name) }) {
			part.Pools = append(part.Pools, p)
		}
	}
	for _, c := range s.Certificates {
		if about(func(a iisconf.Action) bool { return sameAddress(a.Certificate, c) }) {
			part.Certificates = append(part.Certificates, c)
		}
	}
	return part
}

// Interrupted says whether something of an earlier attempt is to be put back.
func (h *Host) Interrupted() bool {
	_, err := os.Lstat(h.Journal)
	return !errors.Is(err, fs.ErrNotExist)
}

// Finish says that all went well: what was done stays.
func (h *Host) Finish() error {
	if !h.Interrupted() {
		return nil
	}
	if err := h.lift(); err != nil {
		return err
	}
	h.former = nil
	if !h.Interrupted() {
		return nil
	}
	return ledger.RemoveDurably(h.Journal)
}
