package lambda

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"slipway/runner/requests"
)

func seeds(f *testing.F, pattern string) {
	files, err := filepath.Glob("testdata/" + pattern)
	if err != nil || len(files) == 0 {
		f.Fatal(files, err)
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
}

// Whatever comes is recognised or refused in one readable sentence; nothing is taken in silence.
func FuzzRecognise(f *testing.F) {
	seeds(f, "*.json")
	f.Fuzz(func(t *testing.T, payload []byte) {
		k := recognise(payload)
		if k != unknownEvent {
			return
		}
		_, err := NewHandler(Doors{}, Settings{}).Invoke(t.Context(), payload)
		if err == nil {
			t.Fatalf("nothing was said about %q", payload)
		}
		text := unknown(payload).Error()
		if strings.ContainsAny(text, "\n\r\x00") || !utf8.ValidString(text) || len(text) > 4000 {
			t.Errorf("not fit for a log: %q", text)
		}
	})
}

// An object reaches a door under a key of the door's own part of the bucket, or not at all.
func FuzzBucket(f *testing.F) {
	seeds(f, "b*.json")
	f.Fuzz(func(t *testing.T, payload []byte) {
		if k := recognise(payload); k != bucketRecords && k != bucketBridged {
			return
		}
		h := NewHandler(Doors{
			Arrived: func(_ context.Context, a requests.Arrival) error {
				if !strings.HasPrefix(a.Key, "packages/") || strings.HasSuffix(a.Key, "/") {
					t.Errorf("Arrived got the key %q", a.Key)
				}
				return nil
			},
			Reported: func(_ context.Context, blob string) error {
				if !strings.HasPrefix(blob, "reports/") || strings.HasSuffix(blob, "/") {
					t.Errorf("Reported got the blob %q", blob)
				}
				return nil
			},
		}, Settings{Bucket: "slipway-b"})
		_, _ = h.Invoke(t.Context(), payload)
	})
}
