package simhost

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"slipway/pipelines/task"
)

// post keeps what a host reports, and holds it against what it said before.
func (x *trial) post(_ context.Context, form task.Form, name string, body []byte) error {
	if form.URL == "over" {
		return fmt.Errorf("refused: %w", ErrOver)
	}
	full := form.Prefix + name
	if before, again := x.posted[full]; again && before != string(body) && !strings.Contains(name, "answer-") {
		x.wrong("%s is %s, and was %s", full, body, before)
	}
	x.posted[full] = string(body)
	switch {
	case name == "end":
		var r task.Report
		if err := json.Unmarshal(body, &r); err != nil {
			x.wrong("%s: %v", full, err)
		}
		x.heard(r)
	case strings.HasPrefix(name, "answer-"):
		var a task.Answer
		if err := json.Unmarshal(body, &a); err != nil {
			x.wrong("%s: %v", full, err)
		}
		if a.Refused != "" {
			x.refused[a.Attempt] = true
		}
	}
	return nil
}

func (x *trial) ended(e Ended) {
	if e.Kind == Refused {
		x.refused[e.Attempt] = true
	}
}

// errand is what the server sends; no two have the same nonce.
func (x *trial) errand(o task.Order, n int) task.Errand {
	return task.Errand{
		Format: task.ErrandFormat, Order: o, Nonce: fmt.Sprintf("n%d", n),
		Lines: task.Form{URL: "memory", Prefix: "logs/" + o.ID + "/"}, Reports: task.Form{URL: "memory", Prefix: "reports/" + o.ID + "/"},
	}
}

// dispatch sends errands until one of them has brought the attempt's end home.
func (x *trial) dispatch(o task.Order, stop bool) {
	for n := range 20 {
		e := x.errand(o, n)
		e.Stop = stop
		if err := (Courier{x.hosts}).Dispatch(context.Background(), web, e); err != nil {
			x.wrong("dispatch: %v", err)
		}
		x.Sleep(context.Background(), 5*time.Minute)
		if _, ended := x.ends[o.ID]; ended {
			return
		}
	}
	x.wrong("%s: no end came home", o.ID)
}

func errands() []scenario {
	return []scenario{
		{name: "an errand", do: func(x *trial) {
			o := script(x.world, "one", slow)
			x.dispatch(o, false)
			x.dispatch(o, false)
			x.judge("one")
			var all string
			for name, body := range x.posted {
				if strings.HasPrefix(name, "logs/") {
					all += body
				}
			}
			if x.ends["one"].Outcome == task.Succeeded && (!strings.Contains(all, `"begun"`) || !strings.Contains(all, `"done"`)) {
				x.wrong("lines are missing: %q", all)
			}
		}},
		{name: "an errand with a package", do: func(x *trial) {
			o := script(x.world, "one", slow)
			o.Package = &task.Package{ID: "Quotes", Version: "1.0.7", FileName: "Quotes.1.0.7.zip", SHA256: strings.Repeat("a", 64)}
			e := x.errand(o, 0)
			e.Fetch = &task.Request{URL: "memory"}
			if err := (Courier{x.hosts}).Dispatch(context.Background(), web, e); err != nil {
				x.wrong("dispatch: %v", err)
			}
			x.Sleep(context.Background(), 5*time.Minute)
			x.dispatch(o, false)
			x.judge("one")
		}},
		{name: "the wish to stop comes first", do: func(x *trial) {
			o := script(x.world, "one", slow)
			e := x.errand(o, 100)
			e.Stop = true
			x.hosts.settings.Env.Go(func() { (Courier{x.hosts}).Dispatch(context.Background(), web, e) })
			x.dispatch(o, false)
			x.judge("one")
		}},
		{name: "an errand that is stopped", do: func(x *trial) {
			o := script(x.world, "one", slow)
			if err := (Courier{x.hosts}).Dispatch(context.Background(), web, x.errand(o, 100)); err != nil {
				x.wrong("dispatch: %v", err)
			}
			x.Sleep(context.Background(), time.Second)
			x.dispatch(o, true)
			x.dispatch(o, false)
			x.judge("one")
		}},
	}
}
