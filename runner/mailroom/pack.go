package mailroom

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"

	"slipway/runner/mail"
	"slipway/runner/secrets"
)

// packed is a mail as it is kept. It is made smaller only where it would be too
// long to be sealed, since most mails are short.
func packed(m mail.Message) ([]byte, error) {
	text, err := json.Marshal(m)
	if err != nil || len(text) <= secrets.MaxValue {
		return text, err
	}
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	_, _ = z.Write(text) // a buffer takes everything
	err = z.Close()
	return out.Bytes(), err
}

// mostUnpacked is more than packs into what can be sealed: gzip makes nothing
// smaller than a thousandth.
const mostUnpacked = 1100 * secrets.MaxValue

func unpacked(text []byte) (mail.Message, error) {
	var m mail.Message
	if !bytes.HasPrefix(text, []byte{0x1f, 0x8b}) { // how gzip begins, and JSON never
		return m, json.Unmarshal(text, &m)
	}
	z, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		return m, err
	}
	text, err = io.ReadAll(io.LimitReader(z, mostUnpacked))
	if err != nil {
		return m, err
	}
	return m, json.Unmarshal(text, &m)
}
