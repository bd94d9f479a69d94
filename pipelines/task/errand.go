package task

import "time"

// Errand is an order for a host that holds no connection to us: with it come
// leave to fetch the package and leave to report. It travels sealed as a whole
// (NaCl anonymous box) to the executor's key, so whoever carries or keeps the
// message reads nothing.
//
// The same errand again is harmless: an attempt that the ledger knows is not
// begun a second time, its reports are sent again from Since on, under the
// newer grant.
type Errand struct {
	Format int   `json:"format"` // ErrandFormat
	Order  Order `json:"order"`
	// Fetch reads the package where the host lacks it; nil if the order has none.
	Fetch *Request `json:"fetch,omitempty"`
	// Lines takes pieces of output: one object each, named
	// <first>-<last>@<time> as runner/tasklog reads them, under the form's prefix.
	Lines Form `json:"lines"`
	// Reports takes the answers of the host under the form's prefix: `end` is the
	// last Report; `answer-<Nonce>` an Answer to this errand, if it was not begun.
	Reports Form   `json:"reports"`
	Nonce   string `json:"nonce"`
	Since   int64  `json:"since,omitempty"` // lines up to this one are kept already
	// Lost is since when messages about the attempt get lost; it comes back with
	// the transport's word about this one.
	Lost time.Time `json:"lost,omitzero"`
	// Stop: the attempt is to be ended. If the ledger does not know it, it never
	// begins, whatever arrives later; its end is reported either way.
	Stop bool `json:"stop,omitempty"`
}

// ErrandFormat is the newest form of an errand this code writes and understands.
const ErrandFormat = 1

// Answer says why an errand was not begun. One of the two is set.
type Answer struct {
	Attempt string `json:"attempt"`
	Busy    string `json:"busy,omitempty"`    // the attempt that holds the target: try later
	Refused string `json:"refused,omitempty"` // nothing ran and nothing will: the thing, the rule, the way out
}

// Request is an HTTP request whose signature is part of it: who sends exactly
// this needs no other right.
type Request struct {
	Method string            `json:"method"`
	URL    string            `json:"url"`
	Header map[string]string `json:"header,omitempty"`
}

// Form is a signed form: fields that go, with a `key` under Prefix and a last
// field `file`, as multipart/form-data to URL. It can be used many times.
type Form struct {
	URL    string            `json:"url"`
	Prefix string            `json:"prefix"`
	Fields map[string]string `json:"fields"`
}
