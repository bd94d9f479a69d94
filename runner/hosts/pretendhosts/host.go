package pretendhosts

import (
	"bytes"
	"fmt"
	"slices"
	"sync"
	"time"

	"slipway/pipelines/iisconf"
	"slipway/pipelines/task"
	"slipway/runner/hosts"
)

// host is one target: a row of attempts, each begun after the one before it
// had ended.
type host struct {
	id   string
	disk *folder // nil in memory
	key  func() []byte

	mu       sync.Mutex
	row      []*attempt
	byID     map[string]*attempt
	read     bool // what the folder held at the beginning is in the row
	packages map[string]bool
	folders  map[string]bool // that packages were put into
	ran      []string        // payloads, in memory only
	fault    Fault
	dropped  int
}

// attempt is what must be remembered of one order; the rest is computed.
type attempt struct {
	Order task.Order
	Begun time.Time
	found *iisconf.State // IIS as it was; nil as it comes

	place   int64 // of its line in payload.log
	played  recording
	stopped time.Time     // zero unless somebody stopped it before its end
	wake    chan struct{} // closed when stopped is set
}

func newHost(id, dir string) *host {
	h := &host{
		id: id, key: sync.OnceValue(func() []byte { return publicKey(id) }),
		byID: map[string]*attempt{}, packages: map[string]bool{}, folders: map[string]bool{},
	}
	if dir != "" {
		h.disk = newFolder(dir)
	}
	return h
}

// begin puts the order at the end of the row, or says why it cannot.
func (h *host) begin(o *task.Order, windows bool, now time.Time, pace time.Duration) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.refresh(pace); err != nil {
		return err
	}
	for h.byID[o.ID] == nil {
		if n := len(h.row); n > 0 && now.Before(h.row[n-1].end().At) {
			return &hosts.BusyError{Attempt: h.row[n-1].Order.ID}
		}
		e := entry{Row: len(h.row) + 1, Order: needed(o), Begun: now.Round(0).UTC(), Windows: windows}
		if h.disk == nil {
			h.take(&e, pace)
			if !expired(o, e.Begun) {
				h.ran = append(h.ran, o.ID)
			}
			return nil
		}
		added, err := h.disk.ledger.add(e)
		if err != nil {
			return h.trouble(err)
		}
		h.takeAll(added, pace)
	}
	if h.disk == nil {
		return nil
	}
	return h.trouble(h.disk.run(h.byID[o.ID]))
}

// needed is what an attempt is played from. Most orders have many variables and
// no text that reads one.
func needed(from *task.Order) task.Order {
	o := *from
	if reads(o.Work.Settings) || bytes.Contains(o.Work.Settings, []byte(`\u00`)) { // how JSON may write `#` or `{`
		o.Variables = slices.Clone(o.Variables) // the list is the caller's
		return o
	}
	var secrets []task.Variable
	for _, v := range o.Variables {
		if v.Secret {
			secrets = append(secrets, v)
		}
	}
	o.Variables = secrets
	return o
}

// refresh takes over what another process on the same folder has begun or
// stopped.
func (h *host) refresh(pace time.Duration) error {
	if h.disk == nil {
		return nil
	}
	if !h.read {
		older, err := h.disk.earlier()
		if err != nil {
			return h.trouble(err)
		}
		h.takeAll(older, pace)
	}
	added, err := h.disk.ledger.news()
	if err != nil {
		return h.trouble(err)
	}
	h.takeAll(added, pace)
	first := !h.read
	h.read = true
	if n := len(h.row); first && n > 0 {
		// The server may have been killed between the two writes of begin.
		return h.trouble(h.disk.run(h.row[n-1]))
	}
	return nil
}

func (h *host) trouble(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("ledger of pretend host %s: %w", h.id, err)
}

func (h *host) takeAll(entries []entry, pace time.Duration) {
	for _, e := range entries {
		h.take(&e, pace)
	}
}

// take puts an entry in force, unless its place in the row is taken: then it
// came too late.
func (h *host) take(e *entry, pace time.Duration) {
	if a := h.byID[e.Stop]; a != nil && a.stopped.IsZero() {
		a.stopped = e.At
		close(a.wake)
	}
	if e.Row != len(h.row)+1 || h.byID[e.Order.ID] != nil {
		return
	}
	a := &attempt{Order: e.Order, Begun: e.Begun, found: h.iis(), wake: make(chan struct{})}
	a.played = play(h.id, machine{windows: e.Windows, iis: a.found, folder: func(path string) bool { return h.folders[path] }}, &a.Order, a.Begun, pace)
	h.keepFolders(a)
	if n := len(h.row); n > 0 {
		a.place = h.row[n-1].place + int64(len(h.row[n-1].logged()))
	}
	h.row = append(h.row, a)
	h.byID[a.Order.ID] = a
}

// iis is what the attempts so far have made of IIS. One that was stopped before
// its end has left it as it found it.
func (h *host) iis() *iisconf.State {
	if len(h.row) == 0 {
		return nil
	}
	last := h.row[len(h.row)-1]
	if last.end().Outcome == task.Cancelled {
		return last.found
	}
	return last.played.iis
}

// keepFolders remembers which folders are there after an attempt.
func (h *host) keepFolders(a *attempt) {
	if a.played.unpacked == "" {
		return
	}
	h.folders[a.played.unpacked] = true
	if a.played.end.Outcome == task.Succeeded {
		for _, old := range a.Order.Retire {
			delete(h.folders, old)
		}
	}
}

// find is the attempt of that id, or nil.
func (h *host) find(id string, pace time.Duration) (*attempt, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if a := h.byID[id]; a != nil {
		return a, nil
	}
	err := h.refresh(pace)
	return h.byID[id], err
}

// stands is the attempt at this moment, with its lines after since.
func (h *host) stands(a *attempt, since int64, now time.Time, pace time.Duration) (state, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.refresh(pace); err != nil { // another process may have stopped it
		return state{}, err
	}
	end := a.end()
	s := state{wake: a.wake}
	next := end.At
	for _, line := range a.played.lines[min(since, a.lastSeq()):] {
		if line.At.After(end.At) {
			break
		}
		if line.At.After(now) {
			next = line.At
			break
		}
		s.lines = append(s.lines, line)
	}
	if !now.Before(end.At) {
		s.end = &end
		return s, nil
	}
	s.wait = next.Sub(now)
	if h.disk != nil {
		// Another process may stop it; only the folder tells.
		s.wait = min(s.wait, time.Second)
	}
	return s, nil
}

// stop is final: the first moment written down is the one that counts.
func (h *host) stop(a *attempt, now time.Time, pace time.Duration) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.refresh(pace); err != nil {
		return err
	}
	if !a.stopped.IsZero() || !now.Before(a.end().At) {
		return nil
	}
	e := entry{Stop: a.Order.ID, At: now.Round(0).UTC()}
	if h.disk == nil {
		h.take(&e, pace)
		return nil
	}
	added, err := h.disk.ledger.add(e)
	if err != nil {
		return h.trouble(err)
	}
	h.takeAll(added, pace)
	return nil
}

// logged is the attempt's line in payload.log; one that came too late has none.
func (a *attempt) logged() string {
	if expired(&a.Order, a.Begun) {
		return ""
	}
	return a.Order.ID + " " + a.Begun.UTC().Format(time.RFC3339Nano) + "\n"
}

func (a *attempt) lastSeq() int64 { return int64(len(a.played.lines)) }

// end is how and when it ends, or ended.
func (a *attempt) end() task.End {
	if !a.stopped.IsZero() && a.stopped.Before(a.played.end.At) {
		return task.End{Outcome: task.Cancelled, Message: "stopped on request", At: a.stopped}
	}
	return a.played.end
}

func (h *host) holds(sum string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.packages[sum] || h.disk != nil && h.disk.holds(sum)
}

func (h *host) keep(sum string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.packages[sum] = true
	if h.disk == nil {
		return nil
	}
	return h.disk.keep(sum)
}

func (h *host) payloads() ([]string, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.disk != nil {
		return h.disk.payloads()
	}
	return append([]string(nil), h.ran...), nil
}
