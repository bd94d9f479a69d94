package wire_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/hosts"
	"slipway/runner/hosts/hoststest"
	"slipway/runner/hosts/pretendhosts"
	"slipway/runner/hosts/wire"
	"slipway/runner/hosts/wire/wiretest"
)

// one makes hosts.Hosts of a client of one target.
type one struct{ runner wire.Runner }

func (o one) at(t hosts.Target) wire.Client { return wire.Client{Runner: o.runner, Target: t} }

func (o one) Ready(ctx context.Context, t hosts.Target) (hosts.Facts, error) {
	return o.at(t).Ready(ctx)
}
func (o one) Holds(ctx context.Context, t hosts.Target, sum string) (bool, error) {
	return o.at(t).Holds(ctx, sum)
}
func (o one) Deliver(ctx context.Context, t hosts.Target, p task.Package, from io.Reader) error {
	return o.at(t).Deliver(ctx, p, from)
}
func (o one) Start(ctx context.Context, t hosts.Target, order task.Order) error {
	return o.at(t).Start(ctx, order)
}
func (o one) Attach(ctx context.Context, t hosts.Target, id string, since int64, to func(task.Report) error) error {
	return o.at(t).Attach(ctx, id, since, to)
}
func (o one) Ask(ctx context.Context, t hosts.Target, id string) (task.Report, error) {
	return o.at(t).Ask(ctx, id)
}
func (o one) Stop(ctx context.Context, t hosts.Target, id string) error {
	return o.at(t).Stop(ctx, id)
}

func TestSuite(t *testing.T) {
	t.Parallel()
	hoststest.Run(t, func(t *testing.T) hoststest.Fixture {
		target := hosts.Target{ID: "web-1", Name: "Web 1"}
		behind := pretendhosts.New(pretendhosts.Settings{Now: time.Now})
		return hoststest.Fixture{
			Hosts: one{wiretest.Executor{Hosts: behind, Target: target}}, Target: target,
			Payloads: func(t *testing.T, attempt string) int {
				ids, err := behind.Payloads(target)
				if err != nil {
					t.Error(err)
				}
				return strings.Count(strings.Join(ids, "\n")+"\n", attempt+"\n")
			},
			Cut: func(*testing.T) func() {
				behind.Fault(target, pretendhosts.Fault{Unreachable: true})
				return func() { behind.Fault(target, pretendhosts.Fault{}) }
			},
		}
	})
}

// says is an executor that writes the same whatever it is asked.
type says struct {
	pieces []string
	err    error
}

func (s says) Run(_ context.Context, _ []string, _ io.Reader, stdout io.Writer) error {
	for _, piece := range s.pieces {
		if _, err := io.WriteString(stdout, piece); err != nil {
			return err
		}
	}
	return s.err
}

func TestAttachHoldsTheExecutorToItsWord(t *testing.T) {
	t.Parallel()
	const (
		one   = `{"attempt":"a1","phase":"running","lines":[{"seq":1,"text":"one"}]}` + "\n"
		two   = `{"attempt":"a1","phase":"running","lines":[{"seq":2,"text":"two"}]}` + "\n"
		both  = `{"attempt":"a1","phase":"running","lines":[{"seq":1,"text":"one"},{"seq":2,"text":"two"}]}` + "\n"
		ended = `{"attempt":"a1","phase":"ended","end":{"outcome":"succeeded"}}` + "\n"
	)
	lost := fmt.Errorf("cut: %w", hosts.ErrUnreachable)
	for _, c := range []struct {
		name   string
		pieces []string
		err    error
		heard  string
		want   string // in the error; "" is none
	}{
		{"plain", []string{one, two, ended}, nil, "one two", ""},
		{"torn", []string{one[:10], one[10:] + two[:30], two[30:], ended[:5], ended[5:]}, nil, "one two", ""},
		{"repeats a line", []string{one, both, ended}, nil, "one two", ""},
		{"leaves a line out", []string{two, ended}, nil, "", "line 2 of attempt a1 came where 1 was due"},
		{"another attempt", []string{strings.ReplaceAll(one, "a1", "a2")}, nil, "", `asked for attempt a1, the report is of "a2"`},
		{"prints something else", []string{"Welcome to web-1!\n"}, nil, "", `no report of the executor: "Welcome`},
		{"no end", []string{one}, nil, "one", "stopped reporting"},
		{"half a report", []string{one, two[:20]}, nil, "one", "stopped reporting"},
		{"lost", []string{one}, lost, "one", "cannot be reached"},
		{"lost after the end", []string{one, ended}, lost, "one", ""},
		{"refuses", nil, &wire.ExitError{Code: 1, Stderr: "no room left\n"}, "", "Web 1: no room left"},
	} {
		var heard []string
		err := wire.Client{Runner: says{c.pieces, c.err}, Target: hosts.Target{ID: "web-1", Name: "Web 1"}}.
			Attach(t.Context(), "a1", 0, func(r task.Report) error {
				for _, l := range r.Lines {
					heard = append(heard, l.Text)
				}
				return nil
			})
		if got := strings.Join(heard, " "); got != c.heard {
			t.Errorf("%s: heard %q, want %q", c.name, got, c.heard)
		}
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: got error %v, want %q", c.name, err, c.want)
		}
		if unreachable := strings.Contains(c.name, "lost") && c.want != "" || c.want == "stopped reporting"; errors.Is(err, hosts.ErrUnreachable) != unreachable {
			t.Errorf("%s: %v wraps ErrUnreachable: want %v", c.name, err, unreachable)
		}
	}
}

func TestReadyRefusesAnotherKey(t *testing.T) {
	t.Parallel()
	target := hosts.Target{ID: "web-1", ExecutorKey: make([]byte, 32)}
	behind := pretendhosts.New(pretendhosts.Settings{Now: time.Now})
	if _, err := (wire.Client{Runner: wiretest.Executor{Hosts: behind, Target: target}, Target: target}).Ready(t.Context()); err == nil || !strings.Contains(err.Error(), "another sealing key") {
		t.Errorf("Ready: got %v", err)
	}
}
