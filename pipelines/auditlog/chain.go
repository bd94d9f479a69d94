// Package auditlog is what makes the audit log one that can be relied on: the
// chains of its entries, and how they are checked. It stores nothing and asks
// nobody.
//
// The idea to know: an entry's hash is over the very bytes that are stored and
// exported, without the hash itself, which stands first in them. So whoever
// checks needs to understand neither JSON nor our fields, and a field that is
// added one day changes no old hash.
package auditlog

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"slipway/pipelines"
)

// Head is how far a chain has come: the number and hash of its newest entry.
// The zero Number is a chain without entries.
type Head struct {
	Subject string `json:"subject"`
	Number  int64  `json:"number"`
	Hash    string `json:"hash"`
}

// Link makes an entry the next one of its chain. It returns the entry, the line
// that is stored and exported for it, and the chain's new head.
func (h Head) Link(e pipelines.Event) (pipelines.Event, []byte, Head) {
	e = clean(e)
	e.Number, e.Previous, e.Hash = h.Number+1, h.Hash, ""
	body := encoded(e)
	e.Hash = HashOf(body)
	line := make([]byte, 0, len(body)+len(opening)+hashLength+2)
	line = append(append(append(line, opening...), e.Hash...), `",`...)
	line = append(line, body[1:]...)
	return e, line, Head{Subject: e.Subject, Number: e.Number, Hash: e.Hash}
}

// opening is how the line of a chained entry begins; its hash follows.
const (
	opening    = `{"hash":"`
	hashLength = 2 * sha256.Size
)

// HashOf is the hash of an entry's bytes without its hash.
func HashOf(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// Claimed is the hash that a line says it has, and the hash it has; "" is what
// the line of an entry without a chain says.
func Claimed(line []byte) (claimed, has string) {
	rest, found := bytes.CutPrefix(line, []byte(opening))
	if !found || len(rest) < hashLength+2 || rest[hashLength] != '"' || rest[hashLength+1] != ',' {
		return "", ""
	}
	digest := sha256.New()
	_, _ = digest.Write([]byte("{")) // a hash takes everything
	_, _ = digest.Write(rest[hashLength+2:])
	return string(rest[:hashLength]), hex.EncodeToString(digest.Sum(nil))
}

// encoded is an entry's JSON on one line.
func encoded(e pipelines.Event) []byte {
	var out bytes.Buffer
	to := json.NewEncoder(&out)
	to.SetEscapeHTML(false)
	if err := to.Encode(e); err != nil {
		panic(fmt.Sprintf("an audit entry cannot be written: %v", err)) // it is made of texts
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}

// clean makes an entry one that reads back as it was written.
func clean(e pipelines.Event) pipelines.Event {
	e.At = e.At.Round(0).UTC()
	if e.At.Year() < 1 || e.At.Year() > 9999 { // JSON has no others
		e.At = time.Time{}
	}
	for _, text := range []*string{&e.ID, &e.Category, &e.Subject, &e.UserID, &e.Username, &e.Via, &e.From, &e.Message, &e.Project, &e.Environment} {
		if !utf8.ValidString(*text) {
			*text = strings.ToValidUTF8(*text, "\uFFFD")
		}
	}
	return e
}
