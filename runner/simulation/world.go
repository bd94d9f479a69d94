package simulation

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/task"
	"slipway/runner/records"
	"slipway/runner/requests"
)

// World is what is simulated: a configuration, people, and how hosts behave.
type World struct {
	Name     string
	Setup    Setup
	Releases []ReleaseOf // that are there from the beginning
	Actors   []Actor
	// Conduct says what an attempt does; nil: it succeeds within two minutes.
	Conduct func(o task.Order, attempt int) Conduct
	// Patience bounds how long people let others wait now and then; 0: half a minute.
	Patience time.Duration
	// Fixed: what it comes to does not hang on when things happen.
	Fixed bool

	rolling bool // an older build takes over for a time
	own     bool // of somebody's own project, not one of ours

	once   sync.Once
	failed error
	rows   *rows
	files  *files

	mu   sync.Mutex
	calm map[Mode][]string
}

// Setup is the configuration of a world, by name.
type Setup struct {
	Environments []string
	Lifecycles   []pipelines.Lifecycle
	Targets      []pipelines.Target
	Users        []pipelines.User
	Teams        []pipelines.Team
	Projects     []pipelines.Project
	VariableSets []pipelines.VariableSet
	Secrets      []string             // by name; the values are made up
	Packages     []pipelines.Selected // id and version; the bytes are made up
}

// ReleaseOf is a release to be made.
type ReleaseOf struct {
	Project, Number string
	Packages        map[string]string
}

func (w *World) conduct(o task.Order, attempt int) Conduct {
	if w.Conduct != nil {
		return w.Conduct(o, attempt)
	}
	return Conduct{Lasts: time.Duration(20+len(o.Step)%5*20) * time.Second, Outcome: task.Succeeded}
}

// prepare builds the stores as they are before anybody does anything. It is done
// once for a world.
func (w *World) prepare() error {
	w.once.Do(func() {
		now := func() time.Time { return startTime }
		w.rows, w.files = newRows(now), newFiles(now)
		r := &run{world: &World{}, mode: Stays, rows: w.rows, files: w.files, log: &trace{}, random: seeded(1), sched: newScheduler(rand.New(rand.NewPCG(1, 1)), startTime)}
		r.history = &history{run: r, seen: map[string]*records.Loaded{}}
		r.watch = records.New(w.rows, w.files)
		w.failed = w.build(r.newProcess("web"))
	})
	return w.failed
}

func (w *World) build(p *process) error {
	ctx := context.Background()
	noun := func(kind records.Kind, name string, of func(id string, n int) any) error {
		changes, _, err := p.records.NewNoun(ctx, kind, name, of)
		if err != nil {
			return err
		}
		return p.records.Write(ctx, changes...)
	}
	s := w.Setup
	for i, name := range s.Environments {
		if err := noun(records.Environments, name, func(id string, _ int) any {
			return pipelines.Environment{ID: id, Name: name, SortOrder: i}
		}); err != nil {
			return err
		}
	}
	for _, x := range s.Lifecycles {
		if err := noun(records.Lifecycles, x.Name, func(id string, _ int) any { x.ID = id; return x }); err != nil {
			return err
		}
	}
	for _, x := range s.Targets {
		if err := noun(records.Targets, x.Name, func(id string, _ int) any { x.ID = id; return x }); err != nil {
			return err
		}
	}
	for _, x := range s.Users {
		if err := noun(records.Users, x.Username, func(id string, _ int) any { x.ID = id; return x }); err != nil {
			return err
		}
	}
	for _, x := range s.Teams {
		if err := noun(records.Teams, x.Name, func(id string, _ int) any { x.ID = id; return x }); err != nil {
			return err
		}
	}
	for _, x := range s.VariableSets {
		if err := noun(records.VariableSets, x.Name, func(id string, _ int) any { x.ID = id; return x }); err != nil {
			return err
		}
	}
	for _, name := range s.Secrets {
		if err := w.seal(ctx, p, name); err != nil {
			return err
		}
	}
	for _, x := range s.Packages {
		if err := w.pack(ctx, p, x); err != nil {
			return err
		}
	}
	for _, x := range s.Projects {
		if err := noun(records.Projects, x.Name, func(id string, _ int) any { x.ID = id; return x }); err != nil {
			return err
		}
	}
	for _, x := range w.Releases {
		in := requests.ReleaseRequest{Project: x.Project, Number: x.Number, Packages: x.Packages}
		if _, err := p.requests.CreateRelease(ctx, pipelines.System("simulation"), in); err != nil {
			return fmt.Errorf("release %s of %s: %w", x.Number, x.Project, err)
		}
	}
	return nil
}

func (w *World) seal(ctx context.Context, p *process, name string) error {
	sealed, err := vault{}.Seal(ctx, name, []byte("made up, and long enough"))
	if err != nil {
		return err
	}
	changes, err := p.records.AddSecret(ctx, records.Secret{Name: name, Sealed: sealed, Created: startTime, By: "simulation"})
	if err != nil {
		return err
	}
	return p.records.Write(ctx, changes...)
}

func (w *World) pack(ctx context.Context, p *process, x pipelines.Selected) error {
	content := "package " + x.Package + " " + x.Version
	sum := sha256.Sum256([]byte(content))
	hash := hex.EncodeToString(sum[:])
	if _, err := p.run.files.Put(ctx, records.PackageBlob(hash), strings.NewReader(content)); err != nil {
		return err
	}
	return p.records.Write(ctx, records.AddPackage(pipelines.Package{
		ID: x.Package, Version: x.Version, FileName: x.Package + "." + x.Version + ".nupkg", Format: "nupkg", SHA256: hash, Size: int64(len(content)),
		Arrived: startTime, ArrivedBy: "simulation", ArrivedVia: "simulation",
	})...)
}

// seeded is a source of random bytes.
func seeded(seed uint64) *rand.ChaCha8 {
	var key [32]byte
	for i := range 8 {
		key[i] = byte(seed >> (8 * i))
	}
	return rand.NewChaCha8(key)
}
