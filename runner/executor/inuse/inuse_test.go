package inuse

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

var errHeld = errors.New("held by a test")

func isHeld(err error) bool { return errors.Is(err, errHeld) }

func TestRetry(t *testing.T) {
	t.Parallel()
	other := errors.New("disk full")
	for _, tt := range []struct {
		name    string
		answers []error // the last one stays
		tries   int     // 0: until patience is over
		want    error
	}{
		{"at once", []error{nil}, 1, nil},
		{"let go in time", []error{errHeld, errHeld, nil}, 3, nil},
		{"another reason", []error{other}, 1, other},
		{"another reason later", []error{errHeld, other}, 2, other},
		{"never let go", []error{errHeld}, 0, errHeld},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			clock, tries := time.Unix(0, 0), 0
			err := retry("web.config", func() error {
				tries++
				return tt.answers[min(tries, len(tt.answers))-1]
			}, isHeld, func() time.Time { return clock }, func(d time.Duration) { clock = clock.Add(d) })
			if !errors.Is(err, tt.want) || tt.tries > 0 && tries != tt.tries {
				t.Errorf("Retry = %v after %d tries, want %v after %d", err, tries, tt.want, tt.tries)
			}
			if over := clock.Sub(time.Unix(0, 0)); tt.tries == 0 && (over < Patience || over > Patience+time.Second || tries > 100) {
				t.Errorf("gave up after %s and %d tries", over, tries)
			}
			if held, ok := errors.AsType[*HeldError](err); ok != (tt.tries == 0) || ok && !strings.HasPrefix(held.Error(), "web.config could not be changed") {
				t.Errorf("Retry = %v", err)
			}
		})
	}
}

// TestReadOnlyFiles are no hindrance to removing what they stand in.
func TestReadOnlyFiles(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "site")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "Web.config"), nil, 0o400); err != nil {
		t.Fatal(err)
	}
	if err := Retry(dir, func() error { return os.RemoveAll(dir) }); err != nil {
		t.Error(err)
	}
}

// TestOpenFiles is the same with a file that is really open for a while.
func TestOpenFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	fresh, old := filepath.Join(dir, "fresh"), filepath.Join(dir, "old")
	for _, path := range []string{fresh, old} {
		if err := os.WriteFile(path, []byte(path), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.Open(old)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	tries := 0
	err = Retry(old, func() error {
		if tries++; tries == 3 {
			f.Close()
		}
		return os.Rename(fresh, old)
	})
	if b, _ := os.ReadFile(old); err != nil || string(b) != fresh {
		t.Errorf("Retry = %v, the file holds %q", err, b)
	}
	if want := map[bool]int{true: 3, false: 1}[runtime.GOOS == "windows"]; tries != want {
		t.Errorf("%d tries, want %d", tries, want)
	}
}
