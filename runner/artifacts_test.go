package runner

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"slipway/pipelines/plan"
	"slipway/pipelines/task"
	"slipway/runner/bolttable"
	"slipway/runner/diskblobs"
	"slipway/runner/env"
	"slipway/runner/graph"
	"slipway/runner/hosts"
	"slipway/runner/records"
)

const attemptName1 = "Deployments-1-m3x9q2.t0.1"

func keeping(t *testing.T) *Runner {
	t.Helper()
	folder := t.TempDir()
	rows, err := bolttable.Open(filepath.Join(folder, "table"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = rows.Close() })
	store, err := diskblobs.Open(filepath.Join(folder, "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	return &Runner{Records: records.New(rows, store), Blobs: store, Env: env.Env{Now: time.Now}, Log: slog.New(slog.DiscardHandler)}
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func announced(name, text string) task.Artifact {
	return task.Artifact{Name: name, Size: int64(len(text)), SHA256: hashOf(text)}
}

// What a host says of its files is not taken at its word.
func TestArtifactsAreWhatTheHostAnnounced(t *testing.T) {
	t.Parallel()
	r := keeping(t)
	good := announced("report.", "all fine")
	with := func(change func(*task.Artifact)) task.Artifact { a := good; change(&a); return a }
	sends := func(string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("all fine")), nil }
	for _, tt := range []struct {
		name     string
		artifact task.Artifact
		missing  string
	}{
		{"as announced", good, ""},
		{"the same again", good, ""},
		{"another size", with(func(a *task.Artifact) { a.Name, a.Size = "x", 7 }), "more than the 7 bytes"},
		{"a larger size", with(func(a *task.Artifact) { a.Name, a.Size = "y", 9 }), "other bytes"},
		{"less than nothing", with(func(a *task.Artifact) { a.Size = -1 }), "the most is"},
		{"too large", with(func(a *task.Artifact) { a.Size = maxArtifact + 1 }), "the most is"},
		{"other bytes", announced("z", "all done"), "other bytes"},
		{"a hash that leads elsewhere", with(func(a *task.Artifact) { a.SHA256 = "../../packages/" + a.SHA256 }), "has not said"},
		{"no hash", with(func(a *task.Artifact) { a.SHA256 = "" }), "has not said"},
		{"a long name", with(func(a *task.Artifact) { a.Name = strings.Repeat("ä", 10_000) }), ""},
		{"a name that leads up", with(func(a *task.Artifact) { a.Name = "../.." }), ""},
		{"a name of control characters", with(func(a *task.Artifact) { a.Name = "\x00\r\n/\x1b" }), ""},
	} {
		kept, err := r.keepArtifacts(t.Context(), attemptName1, task.End{Artifacts: []task.Artifact{tt.artifact}}, sends)
		if err != nil || len(kept) != 1 {
			t.Fatalf("%s: %v, %v", tt.name, kept, err)
		}
		k := kept[0]
		if tt.missing == "" && (k.Missing != "" || !strings.HasPrefix(k.Blob, "artifacts/"+attemptName1+"/") || len(k.Name) > 300) ||
			tt.missing != "" && (!strings.Contains(k.Missing, tt.missing) || k.Blob != "") {
			t.Errorf("%s: kept as %+v, want missing for %q", tt.name, k, tt.missing)
		}
	}
	many := make([]task.Artifact, 5000)
	for i := range many {
		many[i] = good
	}
	kept, err := r.keepArtifacts(t.Context(), attemptName1, task.End{Artifacts: many}, sends)
	if err != nil || len(kept) != maxArtifacts {
		t.Errorf("of 5000 announced %d are kept (%v), want %d", len(kept), err, maxArtifacts)
	}
}

// A host that is lost after the end is given a moment, and then no more for each
// of its files.
func TestArtifactsOfAHostThatIsLost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := keeping(t)
		a, b, c := announced("a", "aa"), announced("b", "bb"), announced("c", "cc")
		lost := 2
		end := task.End{Artifacts: []task.Artifact{a, b, c}}
		kept, err := r.keepArtifacts(t.Context(), attemptName1, end, func(sum string) (io.ReadCloser, error) {
			if sum == b.SHA256 && lost > 0 {
				lost--
				return nil, fmt.Errorf("%w: no route", hosts.ErrUnreachable)
			}
			return io.NopCloser(strings.NewReader(map[string]string{a.SHA256: "aa", b.SHA256: "bb", c.SHA256: "cc"}[sum])), nil
		})
		if err != nil || kept[1].Missing != "" || kept[2].Missing != "" {
			t.Errorf("after a moment: %+v, %v", kept, err)
		}
		began, calls := time.Now(), 0
		kept, err = r.keepArtifacts(t.Context(), "Deployments-1-m3x9q2.t0.2", end, func(string) (io.ReadCloser, error) {
			calls++
			read, write := io.Pipe() // lost while it sends
			go func() { write.CloseWithError(fmt.Errorf("%w: reset", hosts.ErrUnreachable)) }()
			return read, nil
		})
		if took := time.Since(began); err != nil || len(kept) != 3 || kept[2].Missing == "" || took > 2*artifactPatience {
			t.Errorf("never again: %+v, %v, after %s", kept, err, took)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := r.keepArtifacts(ctx, attemptName1, end, func(string) (io.ReadCloser, error) { return nil, hosts.ErrUnreachable }); !errors.Is(err, context.Canceled) {
			t.Errorf("when we end ourselves: %v, want that nothing is concluded", err)
		}
	})
}

// silent is a host that begins to send a file and then says nothing.
type silent struct{ hosts.Hosts }

func (silent) Fetch(ctx context.Context, _ hosts.Target, _, _ string, to io.Writer) error {
	_, _ = to.Write([]byte("a"))
	<-ctx.Done()
	return ctx.Err()
}

func TestAHostThatStopsSending(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := keeping(t)
		a := &attempt{runner: r, id: attemptName1, hosts: silent{}}
		kept, err := r.keepArtifacts(t.Context(), a.id, task.End{Artifacts: []task.Artifact{announced("a", "aa")}}, a.fetch(t.Context()))
		if err != nil || !strings.Contains(kept[0].Missing, "nothing for 2m") {
			t.Errorf("kept %+v, %v", kept, err)
		}
	})
}

func TestAReportsPathsAreBounded(t *testing.T) {
	t.Parallel()
	var many []string
	for i := range 100 {
		many = append(many, fmt.Sprint("/srv/", i, strings.Repeat("x", 300)))
	}
	if got := len(strings.Join(bounded(many), "")); got > maxPaths || got < maxPaths/2 {
		t.Errorf("%d bytes of paths", got)
	}
	if got := len(bounded([]string{"a", "b"})); got != 2 {
		t.Errorf("%d of two short ones", got)
	}
	r := keeping(t)
	h, err := r.ended(t.Context(), &plan.Plan{}, graph.RunTask{Attempt: 1}, task.End{Outcome: task.Succeeded, Installed: &task.Installed{Directory: strings.Repeat("/x", 50<<10)}})
	if b := fmt.Sprintf("%+v", h); err != nil || len(b) > 2<<10 || !bytes.Contains([]byte(b), []byte("Installed:0x")) {
		t.Errorf("an endless path is reported as %.300s, %v", b, err)
	}
}
