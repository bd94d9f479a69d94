package auditlog

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"

	"slipway/pipelines"
)

// The last line of an export is signed as it stands there: all its bytes before
// the signature, which comes last. So whoever checks takes a piece off the end and
// needs no rule of how JSON is written.
const signing = `,"signature":"`

// ToSign is what is signed of the trailer.
func (t Trailer) ToSign() []byte { return bytes.TrimSuffix(t.Line(), []byte("}")) }

// SignedLine is the trailer as it is written with a signature of ToSign.
func (t Trailer) SignedLine(signature []byte) []byte {
	return append(t.ToSign(), signing+base64.StdEncoding.EncodeToString(signature)+`"}`...)
}

// Signable says whether bytes are what a key may sign that signs exports.
func Signable(message []byte) bool {
	_, is := trailerIn(append(bytes.Clone(message), '}'))
	return is
}

// KeyText is a public key as people compare it.
func KeyText(public ed25519.PublicKey) string { return base64.StdEncoding.EncodeToString(public) }

// ReadKey reads what KeyText has written.
func ReadKey(text string) (string, error) {
	text = strings.TrimSpace(text)
	if publicKey(text) == nil {
		return "", pipelines.Refuse(pipelines.Invalid, "a key that signs exports is 44 letters and digits, as `slipway audit key` shows it; got %.60q", text)
	}
	return text, nil
}

func publicKey(text string) ed25519.PublicKey {
	public, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || len(public) != ed25519.PublicKeySize || base64.StdEncoding.EncodeToString(public) != text {
		return nil
	}
	return public
}

// signed is what a line says of its signature.
type signed struct {
	there bool
	fits  bool
}

// signatureOn looks at a last line's signature by the key that it names.
func signatureOn(line []byte, key string) (s signed) {
	var says struct {
		Signature *json.RawMessage `json:"signature"`
	}
	if json.Unmarshal(line, &says) != nil || says.Signature == nil {
		return s
	}
	s.there = true
	at := bytes.LastIndex(line, []byte(signing))
	if at < 0 {
		return s
	}
	text, whole := bytes.CutSuffix(line[at+len(signing):], []byte(`"}`))
	signature, err := base64.StdEncoding.Strict().DecodeString(string(text))
	public := publicKey(key)
	s.fits = whole && err == nil && public != nil && ed25519.Verify(public, line[:at], signature)
	return s
}

// Key says by which key the export should be signed, as ReadKey gives it.
func (v *Verifier) Key(key string) { v.key = key }

// endSignature finds a last line that is not signed as it should be.
func (v *Verifier) endSignature(t Trailer) {
	switch {
	case v.signed.there && !v.signed.fits:
		v.conclude(Finding{Line: v.line, Message: "the last line was changed: its signature does not fit it"})
	case t.Key != "" && !v.signed.there:
		v.conclude(Finding{Line: v.line, Message: "the last line was changed: it names a key, and its signature was taken away"})
	case v.key != "" && !v.signed.there:
		v.conclude(Finding{Line: v.line, Message: "the last line is not signed: the server of the key that was given signs its exports"})
	case v.key != "" && v.key != t.Key:
		v.conclude(Finding{Line: v.line, Message: fmt.Sprintf("the last line is signed by another key (%s) than the one that was given: it was written anew, or comes from another server", t.Key)})
	case v.signed.there:
		v.report.Key, v.report.Trusted = t.Key, v.key != ""
	}
}
