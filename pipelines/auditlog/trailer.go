package auditlog

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"slipway/pipelines"
)

// Trailer is the last line of an export: what it is, and how much. Entry binds it
// to the log, which says the same.
type Trailer struct {
	Format  int       `json:"format"`
	At      time.Time `json:"at"`
	By      string    `json:"by"`
	Filter  string    `json:"filter"`          // in words; "" for the whole log
	Asked   *Filter   `json:"asked,omitempty"` // the same by ids; nil also where not all may be seen by whom it is for
	Entries int       `json:"entries"`
	Digest  string    `json:"digest"`        // SHA-256 of all lines before it, each with its end
	Key     string    `json:"key,omitempty"` // that signs the line; "" where nobody does
	// Entry is the stored line of the log's own entry of this export; none in an export
	// of an older version.
	Entry json.RawMessage `json:"entry,omitempty"`
}

type trailing struct {
	Export *Trailer `json:"export"`
}

// Line is the trailer as it is written.
func (t Trailer) Line() []byte {
	var out bytes.Buffer
	to := json.NewEncoder(&out)
	to.SetEscapeHTML(false) // the entry's bytes stay as they are
	if err := to.Encode(trailing{&t}); err != nil {
		panic(fmt.Sprintf("the end of an export cannot be written: %v", err)) // it is made of texts, and of an entry
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}

// Details are what the log's entry of the export says of it.
func (t Trailer) Details() map[string]string {
	out := map[string]string{"filter": t.Filter, "digest": t.Digest, "entries": strconv.Itoa(t.Entries)}
	if t.Key != "" {
		out["key"] = t.Key
	}
	if t.Asked != nil {
		out["asked"] = string(t.asked())
	}
	return out
}

func (t Trailer) asked() []byte {
	text, err := json.Marshal(t.Asked)
	if err != nil {
		return nil // no time of a filter is beyond what JSON has
	}
	return text
}

func trailerIn(line []byte) (Trailer, bool) {
	if !bytes.HasPrefix(line, []byte(`{"export":`)) {
		return Trailer{}, false
	}
	var t trailing
	if err := json.Unmarshal(line, &t); err != nil || t.Export == nil {
		return Trailer{}, false
	}
	return *t.Export, true
}

// told is an entry that says what an export is, and where it was read.
type told struct {
	entry pipelines.Event
	from  string
}

// saysOf says whether an entry tells of an export what its last line does.
func saysOf(e pipelines.Event, t Trailer) bool {
	d := t.Details()
	// An older version did not write how many they are.
	return e.Category == Exported && e.Details["digest"] == d["digest"] && e.Details["filter"] == d["filter"] && e.Details["asked"] == d["asked"] && e.Details["key"] == d["key"] &&
		(e.Details["entries"] == d["entries"] || e.Details["entries"] == "")
}
