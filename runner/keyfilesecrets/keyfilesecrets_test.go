package keyfilesecrets_test

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"slipway/runner/keyfilesecrets"
	"slipway/runner/secrets"
	"slipway/runner/secrets/secretstest"
)

func create(t *testing.T) (*keyfilesecrets.Keeper, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "key")
	k, err := keyfilesecrets.Create(path, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k, path
}

func TestSuite(t *testing.T) {
	t.Parallel()
	secretstest.Run(t, func(t *testing.T) secrets.Keeper { k, _ := create(t); return k })
}

func TestAFileReadAgainOpensWhatItsPublicHalfSealed(t *testing.T) {
	t.Parallel()
	k, path := create(t)
	sealer, err := keyfilesecrets.NewSealer(k.Public(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	s, err := sealer.Seal(t.Context(), "n", []byte("value"))
	if err != nil {
		t.Fatal(err)
	}
	again, err := keyfilesecrets.Load(path, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := again.Open(t.Context(), s); err != nil || string(got) != "value" {
		t.Errorf("Open = %q, %v, want value", got, err)
	}
	if _, can := any(sealer).(secrets.Opener); can {
		t.Error("who only seals can open")
	}
}

func TestAKeyIsNeverOverwritten(t *testing.T) {
	t.Parallel()
	_, path := create(t)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := keyfilesecrets.Create(path, rand.Reader); !errors.Is(err, fs.ErrExist) {
		t.Errorf("Create over a key = %v, want ErrExist", err)
	}
	if after, _ := os.ReadFile(path); string(after) != string(before) {
		t.Error("the key file changed")
	}
}

func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(t *testing.T, path string)
		want   string
	}{
		"readable by the group": {mode(0o640), "chmod 600"},
		"readable by all":       {mode(0o604), "chmod 600"},
		"writable by others":    {mode(0o602), "chmod 600"},
		"missing":               {func(t *testing.T, path string) { os.Remove(path) }, "no such file"},
		"empty":                 {text(func(string) string { return "" }), "no key file"},
		"another format":        {text(func(s string) string { return strings.Replace(s, `"format": 1`, `"format": 2`, 1) }), "format 2"},
		"half a key":            {text(func(s string) string { return strings.Replace(s, `"private"`, `"was"`, 1) }), "no whole key"},
		"halves mixed up": {func(t *testing.T, path string) {
			_, other := create(t)
			mine, theirs := lines(t, path), lines(t, other)
			mine[3] = theirs[3] // the line of the public half
			text(func(string) string { return strings.Join(mine, "\n") })(t, path)
		}, "belong together"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, path := create(t)
			c.change(t, path)
			if _, err := keyfilesecrets.Load(path, rand.Reader); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Load = %v, want an error with %q", err, c.want)
			}
		})
	}
}

func mode(m fs.FileMode) func(*testing.T, string) {
	return func(t *testing.T, path string) {
		if err := os.Chmod(path, m); err != nil {
			t.Fatal(err)
		}
	}
}

func text(change func(string) string) func(*testing.T, string) {
	return func(t *testing.T, path string) {
		if err := os.WriteFile(path, []byte(change(strings.Join(lines(t, path), "\n"))), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func lines(t *testing.T, path string) []string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(b), "\n")
}
