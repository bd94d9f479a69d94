package iismodel

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"slipway/pipelines/iisconf"
	"slipway/pipelines/task"
	"slipway/runner/executor/iis"
)

// programs lets the executor's half of IIS call the model in this process.
type programs struct {
	m     *Machine
	dieAt int // the executor dies in this call, 0 never
	after bool
}

// exit is how a program ended.
type exit int

func (e exit) Error() string { return fmt.Sprintf("exit status %d", int(e)) }
func (e exit) ExitCode() int { return int(e) }

// killed is the executor's own death.
type killed struct{}

func (p *programs) Run(ctx context.Context, name string, args ...string) (string, error) {
	return p.Feed(ctx, "", name, args...)
}

func (p *programs) Feed(_ context.Context, input, name string, args ...string) (string, error) {
	now := p.dieAt == len(p.m.calls)+1
	if now && !p.after {
		panic(killed{})
	}
	r := p.m.Run(name, args, input)
	if now {
		panic(killed{})
	}
	if r.Exit != 0 {
		return r.Stdout, exit(r.Exit)
	}
	return r.Stdout, nil
}

func hostOf(m *Machine, journal string, retries int) iis.Host {
	return iis.Host{
		Commands: &programs{m: m}, Say: func(task.Stream, string) {}, Journal: journal, Retries: retries,
		Sleep: func(context.Context, time.Duration) error { return nil },
	}
}

// fast is a folder for journals that needs no disk: each is written durably.
func fast(t testing.TB) string {
	dir, err := os.MkdirTemp("/dev/shm", "iismodel")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// one is a case: a machine and what a step wants of it.
type one struct {
	m      *Machine
	wanted iisconf.Wanted
	folder string
}

func (o one) journal() string { return filepath.Join(o.folder, "iis.json") }

// again is the case from the start, with nothing done yet.
func (o one) again() one {
	m := *o.m
	m.config, m.calls, m.faults, m.followed = o.m.config.clone(), nil, nil, map[string]bool{}
	o.m = &m
	os.Remove(o.journal())
	return o
}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

// chance is true n times in a hundred.
func chance(r *rand.Rand, n int) bool { return r.IntN(100) < n }
