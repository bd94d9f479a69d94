package setup

import (
	"crypto/rand"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFormatOfADataFolder(t *testing.T) {
	t.Parallel()
	for was, want := range map[string]string{"1\n": "2\n", "2\n": "2\n", "3\n": "3\n", "none\n": "none\n"} {
		dir := filepath.Join(t.TempDir(), "data")
		if err := Init(dir, rand.Reader); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, "format")
		if made, err := os.ReadFile(file); err != nil || string(made) != "2\n" {
			t.Fatalf("Init: the format is %q (%v), want 2", made, err)
		}
		if err := os.WriteFile(file, []byte(was), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Open(Settings{Data: dir, Listen: "127.0.0.1:0", BaseURL: "http://slipway.test", Log: slog.New(slog.DiscardHandler), Lookup: func(string) (string, bool) { return "", false }})
		if refused := err != nil && strings.Contains(err.Error(), "format"); refused != (was > "2\n") {
			t.Errorf("Open of a folder of format %q: %v", was, err)
		}
		if err == nil {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
		if is, err := os.ReadFile(file); err != nil || string(is) != want {
			t.Errorf("after Open of a folder of format %q it is %q (%v), want %q", was, is, err, want)
		}
	}
}
