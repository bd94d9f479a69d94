package cli

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/runner/blobs"
	"slipway/runner/s3blobs"
	"slipway/test/emulators/s3"
	"slipway/web/rest"
)

// That the bytes in the store are those of the hash in their name is what the
// server relies on after an upload; here a real store is asked to keep others.
func TestUploadIntoARealStore(t *testing.T) {
	t.Parallel()
	bucket := s3.Need(t)
	store := s3blobs.New(bucket.Config(), s3blobs.Settings{Bucket: bucket.Name, Prefix: "store/"})
	c := (&program{transport: newTransport()}).newClient("", "")
	good := strings.Repeat("large ", 1<<20)
	sum := fmt.Sprintf("%x", sha256.Sum256([]byte(good)))
	upload := func(content string) error {
		signed, err := store.SignPut(t.Context(), "packages/"+sum, sum, time.Hour)
		must(t, err)
		return c.putIntoStore(t.Context(), rest.Send{Request: signed, Until: noon}, delivery{name: "Big.1.0.0.zip", content: strings.NewReader(content), size: int64(len(content)), sha256: sum})
	}
	for what, content := range map[string]string{"one byte is another": "X" + good[1:], "one byte more": good + "x", "cut short": good[:len(good)-1]} {
		err := upload(content)
		if pipelines.CodeOf(err) != pipelines.Conflict || !strings.Contains(err.Error(), "other bytes came in than those with the SHA-256") {
			t.Errorf("%s: %v, want a refusal", what, err)
		}
	}
	if held := heldIn(t, store); len(held) != 0 {
		t.Errorf("the store keeps %+v, want nothing yet", held)
	}
	if err := upload(good); err != nil {
		t.Error(err)
	}
	if held := heldIn(t, store); len(held) != 1 || held[0].Size != int64(len(good)) {
		t.Errorf("the store keeps %+v, want the one upload", held)
	}
}

func heldIn(t *testing.T, store blobs.Blobs) []blobs.Info {
	t.Helper()
	held, err := store.List(t.Context(), "packages/", "", 0)
	must(t, err)
	return held
}
