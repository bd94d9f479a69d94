package conventions

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"slipway/pipelines/task"
	"slipway/runner/executor/ledger"
)

// interrupted is what an attempt that died has left of a web server's journal,
// which holds what was there before. The rule: it is brought back by the next
// attempt at the same step and by the next deployment that changes the same web
// server on this target, and by nobody else. A later step of the same
// deployment comes only when somebody looked and chose to go on, so for it what
// is served now is right. NGINX's journal is there only while its files may be
// half written, so whoever comes next brings these back, whatever its work is.
type interrupted struct {
	server  string // as people call it
	journal string
	kind    string // of the work that changes this web server
	anybody bool   // whoever comes next brings it back
	there   func() bool
	restore func(context.Context) error
	keep    func() error // takes what is there for good, and sets the journal aside
}

// owner is whose journal it is. It lies beside the journal.
type owner struct {
	Deployment string `json:"deployment"`
	Step       string `json:"step"`
}

func (i interrupted) owner() (o owner) {
	// One that is missing or cannot be read is somebody else's.
	if b, err := os.ReadFile(i.journal + ".of"); err == nil {
		_ = json.Unmarshal(b, &o)
	}
	return o
}

// settleWebServers sees to what earlier attempts at this target changed in a
// web server and did not live to finish. What it returns is called at the end.
func (a *attempt) settleWebServers(ctx context.Context) (end func(), err error) {
	end = func() {}
	for _, i := range []interrupted{a.interruptedNginx(), a.interruptedIIS()} {
		if i.there() {
			if err := a.settle(ctx, i); err != nil {
				return end, err
			}
		}
		if i.kind != a.Order.Work.Kind {
			continue
		}
		mine, err := json.Marshal(owner{Deployment: a.Order.Deployment, Step: a.Order.Step})
		if err != nil {
			return end, err
		}
		if err := ledger.ReplaceDurably(i.journal+".of", mine); err != nil {
			return end, fmt.Errorf("writing down whose the coming change of %s is: %w", i.server, err)
		}
		end = func() {
			if !i.there() {
				_ = os.Remove(i.journal + ".of") // without a journal it says nothing
			}
		}
	}
	return end, nil
}

// settle follows the rule for one web server.
func (a *attempt) settle(ctx context.Context, i interrupted) error {
	of := i.owner()
	later := a.Order.Deployment != "" && of.Deployment == a.Order.Deployment && of.Step != a.Order.Step
	switch {
	case i.anybody && i.kind != a.Order.Work.Kind:
		if err := i.restore(ctx); err != nil { // what comes does not need it
			a.say(task.Warning, err.Error())
		}
		return nil
	case i.anybody:
	case later && i.kind == a.Order.Work.Kind:
		a.say(task.Warning, fmt.Sprintf("step %q of this deployment was interrupted while it changed %s, and the deployment went on: what is served now stays", of.Step, i.server))
		return i.keep()
	case later:
		a.note("step %q of this deployment was interrupted while it changed %s, and the deployment went on: what is served now is left alone", of.Step, i.server)
		return nil
	case i.kind != a.Order.Work.Kind:
		a.note("an earlier attempt was interrupted while it changed %s: its next attempt, or the next deployment by %s to this target, brings back what was there before", i.server, i.server)
		return nil
	}
	return i.restore(ctx)
}

func (a *attempt) interruptedNginx() interrupted {
	h := a.host()
	return interrupted{
		server: "NGINX", journal: h.Journal, kind: task.KindNginx, anybody: true, there: h.Interrupted, restore: a.restoreNginx,
	}
}

func (a *attempt) interruptedIIS() interrupted {
	h := a.machineIIS(task.IIS{})
	return interrupted{server: "IIS", journal: h.Journal, kind: task.KindIIS, there: h.Interrupted, restore: a.restoreIIS, keep: h.Keep}
}
