package sshhosts

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/hosts"
	"slipway/test/sshserver"
)

// eventually waits for a state, not for a time.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !is(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never came: %s", what)
		}
	}
}

func TestOneConnectionForAll(t *testing.T) {
	t.Parallel()
	s := sshserver.New(t)
	h := connected(t, Settings{Programs: calling(t, "stand-in"), Idle: 200 * time.Millisecond})
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, err := h.Ask(t.Context(), target(s), "a1"); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if s.Logins() != 1 {
		t.Errorf("%d logins for 20 calls at once, want 1", s.Logins())
	}
	eventually(t, "the idle connection is closed", func() bool { return s.Open() == 0 })
	if _, err := h.Ask(t.Context(), target(s), "a1"); err != nil || s.Logins() != 2 {
		t.Errorf("Ask after idling: %v, %d logins", err, s.Logins())
	}
}

func TestBrokenConnectionIsReplaced(t *testing.T) {
	t.Parallel()
	s := sshserver.New(t)
	h := connected(t, Settings{Programs: calling(t, "stand-in")})
	for range 5 {
		if _, err := h.Ask(t.Context(), target(s), "a1"); err != nil {
			t.Fatal(err)
		}
		s.Drop()
		s.Accept()
	}
	s.Drop()
	if _, err := h.Ask(t.Context(), target(s), "a1"); !errors.Is(err, hosts.ErrUnreachable) {
		t.Errorf("Ask of a host that refuses: got %v, want ErrUnreachable", err)
	}
}

func TestFrozenHost(t *testing.T) {
	t.Parallel()
	s := sshserver.New(t)
	h := connected(t, Settings{Programs: calling(t, "stand-in"), KeepAlive: 50 * time.Millisecond, ConnectTimeout: 300 * time.Millisecond})
	if err := h.Start(t.Context(), target(s), longOrder()); err != nil {
		t.Fatal(err)
	}
	begun := make(chan struct{})
	var once sync.Once
	ended := make(chan error, 1)
	go func() {
		ended <- h.Attach(t.Context(), target(s), "a1", 0, func(task.Report) error { once.Do(func() { close(begun) }); return nil })
	}()
	<-begun
	s.Freeze()
	if err := <-ended; !errors.Is(err, hosts.ErrUnreachable) {
		t.Errorf("Attach to a host that froze: got %v, want ErrUnreachable", err)
	}
	if _, err := h.Ask(t.Context(), target(s), "a1"); !errors.Is(err, hosts.ErrUnreachable) {
		t.Errorf("Ask of a frozen host: got %v, want ErrUnreachable", err)
	}
	s.Thaw()
	if r, err := h.Ask(t.Context(), target(s), "a1"); err != nil || r.Phase != task.Running {
		t.Errorf("Ask after the thaw: got %+v, %v", r, err)
	}
}

func TestQuietHostIsNotLost(t *testing.T) {
	t.Parallel()
	s := sshserver.New(t)
	h := connected(t, Settings{Programs: calling(t, "stand-in"), KeepAlive: 10 * time.Millisecond})
	o := longOrder()
	o.Work.Settings = []byte(`{"body":"echo begun\nsleep 0.5\necho end"}`)
	if err := h.Start(t.Context(), target(s), o); err != nil {
		t.Fatal(err)
	}
	if err := h.Attach(t.Context(), target(s), o.ID, 0, func(task.Report) error { return nil }); err != nil {
		t.Errorf("Attach over 50 silent keep-alives: %v", err)
	}
}

func TestCallThatHangs(t *testing.T) {
	t.Parallel()
	s := sshserver.New(t)
	h := connected(t, Settings{Programs: script("#!/bin/sh\nexec sleep 60\n"), CallTimeout: 2 * time.Second})
	if _, err := h.Ask(t.Context(), target(s), "a1"); !errors.Is(err, hosts.ErrUnreachable) || !strings.Contains(err.Error(), "did not answer ask within 2s") {
		t.Errorf("Ask: got %v", err)
	}
}

func TestExecutorIsBroughtOnceAndAgainWhenGone(t *testing.T) {
	t.Parallel()
	s := sshserver.New(t)
	bin := filepath.Join(s.Home, ".slipway", "bin")
	ready := func(programs Programs) error {
		h := New(Settings{Programs: programs})
		defer h.Close()
		_, err := h.Ready(t.Context(), target(s))
		return err
	}
	uploads := func() int { return strings.Count(strings.Join(s.Ran(), "\n"), "cat >") }
	for range 2 {
		if err := ready(calling(t, "stand-in")); err != nil {
			t.Fatal(err)
		}
	}
	if uploads() != 1 {
		t.Errorf("%d uploads, want 1", uploads())
	}
	h := connected(t, Settings{Programs: calling(t, "stand-in")})
	if _, err := h.Ready(t.Context(), target(s)); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(bin); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Ready(t.Context(), target(s)); !errors.Is(err, hosts.ErrUnreachable) {
		t.Errorf("Ready with the executor gone: got %v, want ErrUnreachable", err)
	}
	if _, err := h.Ready(t.Context(), target(s)); err != nil || uploads() != 2 {
		t.Errorf("Ready after that: %v, %d uploads", err, uploads())
	}
	for i := range 4 {
		ready(script(fmt.Sprintf("#!/bin/sh\n# %d\n", i)))
	}
	kept, err := os.ReadDir(bin)
	if err != nil || len(kept) != 3 {
		t.Errorf("%d executors are kept, want 3 (%v)", len(kept), err)
	}
	for _, dir := range kept {
		files, _ := os.ReadDir(filepath.Join(bin, dir.Name()))
		if info, err := os.Stat(filepath.Join(bin, dir.Name(), "executor")); len(files) != 1 || err != nil || info.Mode() != 0o700 {
			t.Errorf("%s holds %v", dir.Name(), files)
		}
	}
}

func TestUploadThatBreaksOff(t *testing.T) {
	t.Parallel()
	s := sshserver.New(t)
	found := func(name string) []string {
		all, _ := filepath.Glob(filepath.Join(s.Home, ".slipway/bin/*", name))
		return all
	}
	part := func(string, string) (Program, error) {
		p, _ := script("#!/bin/sh\n")("", "")
		p.Content = func(context.Context) ([]byte, error) { return bytes.Repeat([]byte{'#'}, 64<<20), nil }
		return p, nil
	}
	h := connected(t, Settings{Programs: part})
	ended := make(chan error, 1)
	go func() {
		_, err := h.Ready(t.Context(), target(s))
		ended <- err
	}()
	eventually(t, "the upload begins", func() bool { return len(found(".new.*")) > 0 })
	s.Drop()
	if err := <-ended; !errors.Is(err, hosts.ErrUnreachable) {
		t.Errorf("Ready: got %v, want ErrUnreachable", err)
	}
	eventually(t, "the host gives up", func() bool { return len(found(".new.*")) == 0 })
	if whole := found("executor"); len(whole) != 0 {
		t.Errorf("half an executor stands in %q", whole)
	}
}

func TestOwnBinaryForOwnPlatform(t *testing.T) {
	t.Parallel()
	own, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	self, err := fromFile(own)
	if err != nil {
		t.Fatal(err)
	}
	s := sshserver.New(t)
	h := connected(t, Settings{Programs: func(string, string) (Program, error) { return self, nil }})
	facts, err := h.Ready(t.Context(), target(s))
	if err != nil || facts.OS != runtime.GOOS || facts.Home != s.Home {
		t.Errorf("Ready with the running binary as executor: %+v, %v", facts, err)
	}
	if _, err := Carried(own)("plan9", "mips"); err == nil || !strings.Contains(err.Error(), "plan9-mips") || !strings.Contains(err.Error(), "make executor") {
		t.Errorf("a platform nobody carries: got %v", err)
	}
	if p, err := Carried(own)(runtime.GOOS, runtime.GOARCH); err != nil || p.Hash == "" {
		t.Errorf("own platform: %+v, %v", p, err)
	}
}

func TestReaderThatFails(t *testing.T) {
	t.Parallel()
	s := sshserver.New(t)
	h := connected(t, Settings{Programs: calling(t, "executor")})
	broken := errors.New("the blob is gone")
	p := task.Package{ID: "a", Version: "1", FileName: "a.1.zip", SHA256: strings.Repeat("a", 64), Size: 100}
	err := h.Deliver(t.Context(), target(s), p, io.MultiReader(strings.NewReader("abc"), failing{broken}))
	if !errors.Is(err, broken) {
		t.Errorf("Deliver: got %v, want the reader's error", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func longOrder() task.Order {
	return task.Order{
		Format: task.Format, ID: "a1", Target: "host",
		Work: task.Work{Kind: task.KindScript, Settings: []byte(`{"body":"echo begun\nsleep 60"}`)},
	}
}
