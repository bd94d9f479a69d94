package auditlog_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/auditlog"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// TestALinkIsThis: the very bytes, so that old logs can be checked for ever.
func TestALinkIsThis(t *testing.T) {
	t.Parallel()
	e, line, head := auditlog.Head{Subject: "Projects-1", Number: 6, Hash: strings.Repeat("ab", 32)}.Link(pipelines.Event{
		ID: "e7", At: noon.In(time.FixedZone("", 3600)), Category: "Modified", Subject: "Projects-1", UserID: "Users-1", Username: "anna",
		Via: "session", From: "192.0.2.7", Message: `changed "<Web>" & \ ü`, Project: "Projects-1", Details: map[string]string{"lines": "- a\n+ b\n", "kind": "project"},
	})
	const want = `{"hash":"f00f","id":"e7","at":"2026-03-01T12:00:00Z","category":"Modified","subject":"Projects-1","userId":"Users-1","username":"anna","via":"session","from":"192.0.2.7","message":"changed \"<Web>\" & \\ ü","project":"Projects-1","details":{"kind":"project","lines":"- a\n+ b\n"},"number":7,"previous":"abababababababababababababababababababababababababababababababab"}`
	withoutHash := strings.Replace(want, `"hash":"f00f",`, "", 1)
	sum := sha256.Sum256([]byte(withoutHash))
	hash := hex.EncodeToString(sum[:])
	if got := string(line); got != strings.Replace(want, "f00f", hash, 1) {
		t.Errorf("Link = %s\nwant %s", got, strings.Replace(want, "f00f", hash, 1))
	}
	if head != (auditlog.Head{Subject: "Projects-1", Number: 7, Hash: hash}) || e.Hash != hash || e.Number != 7 {
		t.Errorf("head = %+v, entry %d %s; want number 7 and %s", head, e.Number, e.Hash, hash)
	}
	if claimed, has := auditlog.Claimed(line); claimed != hash || has != hash {
		t.Errorf("Claimed = %s, %s; want %s twice", claimed, has, hash)
	}
	// The rule as the docs give it, for who has nothing but a text editor.
	bare := regexp.MustCompile(`^\{"hash":"[0-9a-f]*",`).ReplaceAllString(string(line), "{")
	if bare != withoutHash {
		t.Errorf("without its hash the line is %s", bare)
	}
}

// TestALinkReadsBack whatever somebody has typed.
func TestALinkReadsBack(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "a", "\xff\xfe", "a\u2028b\x00\x7f", `","hash":"`, strings.Repeat("x", 1<<16)} {
		e, line, head := auditlog.Head{Subject: text}.Link(pipelines.Event{ID: text, At: noon, Subject: text, Message: text, Username: text, Details: map[string]string{text: text, "hash": text}})
		var back pipelines.Event
		if err := json.Unmarshal(line, &back); err != nil || back.Message != e.Message || back.Subject != e.Subject || back.Hash != head.Hash {
			t.Errorf("%.20q reads back as %.20q, %v", text, back.Message, err)
		}
		if claimed, has := auditlog.Claimed(line); claimed != has || claimed != head.Hash {
			t.Errorf("%.20q: the line claims %s and has %s", text, claimed, has)
		}
	}
}

// TestALineWithoutAChainClaimsNothing: entries of a time before the chains.
func TestALineWithoutAChainClaimsNothing(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"", "{", `{"id":"e1"}`, `{"hash":"`, `{"hash":"ab","id":"e1"}`, `{"hash":"` + strings.Repeat("a", 64) + `"}`} {
		if claimed, has := auditlog.Claimed([]byte(line)); claimed != "" || has != "" {
			t.Errorf("%q claims %q and has %q", line, claimed, has)
		}
	}
}
