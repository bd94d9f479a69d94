package ledger

import (
	"os"
	"reflect"
	"runtime"
	"testing"
	"time"

	"slipway/pipelines/task"
)

func accepted(t *testing.T) (*Ledger, Attempt) {
	t.Helper()
	l, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	a, err := l.Accept(task.Order{ID: "one", Target: "web-1", Created: time.Now()})
	if err != nil {
		t.Fatal(err)
	}
	return l, a
}

func TestANewerGrantOutlivesTheOlderOne(t *testing.T) {
	t.Parallel()
	_, a := accepted(t)
	if g, err := a.Granted(); g != nil || err != nil {
		t.Errorf("before any: %v, %v", g, err)
	}
	for _, nonce := range []string{"n1", "n2"} {
		if err := a.Grant(Grant{Nonce: nonce, Since: 7}); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Spend("n1"); err != nil {
		t.Fatal(err)
	}
	if g, err := a.Granted(); err != nil || g == nil || g.Nonce != "n2" || g.Since != 7 {
		t.Errorf("after the older one was spent: %+v, %v", g, err)
	}
	if info, err := os.Stat(a.Path("grant")); err != nil || !ownersFile(info) {
		t.Errorf("grant file: %v, %v", info, err)
	}
	if err := a.Spend("n2"); err != nil {
		t.Fatal(err)
	}
	if g, err := a.Granted(); g != nil || err != nil {
		t.Errorf("after all: %v, %v", g, err)
	}
}

func TestOneHoldsWhatIsTheAttempts(t *testing.T) {
	t.Parallel()
	_, a := accepted(t)
	first, err := a.Hold("reporter")
	if err != nil || first == nil {
		t.Fatal(err)
	}
	if second, err := a.Hold("reporter"); second != nil || err != nil {
		t.Errorf("a second holder: %v, %v", second, err)
	}
	first.Close()
	again, err := a.Hold("reporter")
	if again == nil || err != nil {
		t.Fatalf("after it was let go: %v, %v", again, err)
	}
	again.Close()
}

// ownersFile says whether only its owner may read it. On Windows the access list
// of the folder says so, and the mode nothing.
func ownersFile(info os.FileInfo) bool {
	return runtime.GOOS == "windows" || info.Mode().Perm() == 0o600
}

func TestPiecesSurviveAPowerCut(t *testing.T) {
	t.Parallel()
	_, a := accepted(t)
	if err := os.WriteFile(a.Path("output"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	want := []Piece{{1, 10}, {11, 11}}
	for _, p := range want {
		if err := a.Cut(p); err != nil {
			t.Fatal(err)
		}
	}
	whole, _ := os.ReadFile(a.Path("pieces"))
	for cut := range len(whole) { // at any byte of a third record
		torn := append([]byte{}, whole...)
		torn = append(torn, `{"first":12,"last":20}`[:min(cut, 21)]...)
		if err := os.WriteFile(a.Path("pieces"), torn, 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := a.Pieces(); err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("torn at %d: %v, %v", cut, got, err)
		}
		if err := a.Cut(Piece{12, 13}); err != nil {
			t.Fatal(err)
		}
		if got, err := a.Pieces(); err != nil || len(got) != 3 || got[2] != (Piece{12, 13}) {
			t.Fatalf("after the next piece: %v, %v", got, err)
		}
	}
}

func TestHolderDoesNotSign(t *testing.T) {
	t.Parallel()
	l, _ := accepted(t)
	if holder, err := l.Holder("web-1"); holder != "" || err != nil {
		t.Errorf("of a free target: %q, %v", holder, err)
	}
	lock, _, err := l.Hold("web-1", "one")
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	if holder, err := l.Holder("web-1"); holder != "one" || err != nil {
		t.Errorf("of a held target: %q, %v", holder, err)
	}
}

func TestAnAttemptThatWasNeverAcceptedIsForgotten(t *testing.T) {
	t.Parallel()
	l, _ := accepted(t)
	a, err := l.Attempt("expected")
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Expect(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		at   time.Time
		want bool
	}{{time.Now(), true}, {time.Now().Add(2 * Keep), false}} {
		if err := l.Clean(c.at); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(l.Path("attempts", "expected")); (err == nil) != c.want {
			t.Errorf("at %s: %v", c.at, err)
		}
		if _, err := os.Stat(l.Path("attempts", "one")); err != nil {
			t.Errorf("an attempt that has not ended is gone: %v", err)
		}
	}
}
