package stored

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/auditlog"
	"slipway/runner/bolttable"
	"slipway/runner/diskblobs"
	"slipway/runner/records"
	"slipway/runner/table"
)

var writeAudit = flag.String("write-audit", "", "write an audit log of today's code into a new file of this name, like audit-2")

// noonOfAudit is when the stored log begins.
var noonOfAudit = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// TestWriteAudit writes a new form; one that is there is never touched.
func TestWriteAudit(t *testing.T) {
	if *writeAudit == "" {
		t.Log("writes a new form with -write-audit audit-2")
		return
	}
	name := filepath.Join(root, *writeAudit+".jsonl")
	if _, err := os.Stat(name); err == nil {
		t.Fatalf("%s is there", name)
	}
	store, rec := auditStore(t)
	told(t, rec)
	var out bytes.Buffer
	to := json.NewEncoder(&out)
	to.SetEscapeHTML(false) // each byte counts
	for _, partition := range []string{"audit", "audit-head", "meta"} {
		for one, err := range table.All(t.Context(), store, table.Range{Partition: partition}) {
			must(t, err)
			must(t, to.Encode(item{Partition: one.Key.Partition, Sort: one.Key.Sort, Value: one.Value}))
		}
	}
	must(t, os.WriteFile(name, out.Bytes(), 0o644))
}

// told is a log with what entries can have: chains, an anchor, a subject that is
// no key, letters of all kinds.
func told(t *testing.T, rec *records.Records) {
	t.Helper()
	for i, e := range []pipelines.Event{
		{Category: "Created", Subject: "Projects-1", Project: "Projects-1", Message: `created project "Web" & <Co>`, Details: map[string]string{"lines": "+ name: Wëb\n"}},
		{Category: "Modified", Subject: "Projects-1", Project: "Projects-1", Credential: "APIKeys-1", Message: "changed\u2028it", Details: map[string]string{"lines": "- a\n+ b\n"}},
		{Category: "LoginFailed", Subject: "a b/ü\n", Message: "nobody"},
		{Category: "DeploymentQueued", Subject: "Deployments-1", Project: "Projects-1", Environment: "Environments-1", Related: []string{"Releases-1"}},
		{Category: "Modified", Subject: "Projects-1", Project: "Projects-1", Message: "the first act after an hour: an anchor follows"},
	} {
		e.ID, e.At = "entry-"+string(rune('1'+i)), noonOfAudit.Add(time.Duration(i)*20*time.Minute)
		e.UserID, e.Username, e.Via, e.From = "Users-1", "ada", "session", "192.0.2.7"
		must(t, rec.Tell(t.Context(), []pipelines.Event{e}))
	}
}

func auditStore(t *testing.T) (*bolttable.Table, *records.Records) {
	t.Helper()
	dir := t.TempDir()
	store, err := bolttable.Open(filepath.Join(dir, "slipway.db"), time.Now)
	must(t, err)
	t.Cleanup(func() { _ = store.Close() })
	blobs, err := diskblobs.Open(filepath.Join(dir, "blobs"))
	must(t, err)
	return store, records.New(store, blobs)
}

// exported is the whole log as it is exported.
func exported(t *testing.T, rec *records.Records) []byte {
	t.Helper()
	var out bytes.Buffer
	entries := 0
	for line, err := range rec.AuditLines(t.Context(), records.AuditSpan{}) {
		must(t, err)
		out.Write(append(line.Line, '\n'))
		entries++
	}
	sum := sha256.Sum256(out.Bytes())
	out.Write(append(auditlog.Trailer{Format: 1, Entries: entries, Digest: hex.EncodeToString(sum[:])}.Line(), '\n'))
	return out.Bytes()
}

// TestStoredAuditLogs: a log that any release has stored is the same byte by byte,
// is proved as it was then, and goes on in its chains.
func TestStoredAuditLogs(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(root, "audit-*.jsonl"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no audit log is stored: %v", err)
	}
	for _, file := range files {
		store, rec := auditStore(t)
		heads := map[string]auditlog.Head{}
		each(t, file, func(line []byte) {
			var i item
			must(t, json.Unmarshal(line, &i))
			must(t, store.Write(t.Context(), table.Create(table.Key{Partition: i.Partition, Sort: i.Sort}, i.Value)))
			if i.Partition == "audit-head" {
				var h auditlog.Head
				must(t, json.Unmarshal(i.Value, &h))
				heads[h.Subject] = h
			}
		})
		before := exported(t, rec)
		proved(t, file, before, nil, 6)
		for subject, head := range heads {
			must(t, rec.Tell(t.Context(), []pipelines.Event{{ID: "today-" + head.Hash[:8], At: noonOfAudit.Add(100 * time.Minute), Category: "Modified", Subject: subject, Message: "today"}}))
		}
		proved(t, file+", gone on with", exported(t, rec), before, 6+len(heads))
		if changed := bytes.Replace(before, []byte(`"ada"`), []byte(`"eve"`), 1); verified(changed, nil).OK() {
			t.Errorf("%s: another name is not found", file)
		}
	}
}

func verified(export, kept []byte) auditlog.Report {
	v := auditlog.NewVerifier()
	v.Older() // these exports are written as they were once
	for line := range bytes.Lines(kept) {
		v.AnchorLine("the former export", bytes.TrimSuffix(line, []byte("\n")))
	}
	for line := range bytes.Lines(export) {
		v.Line(bytes.TrimSuffix(line, []byte("\n")))
	}
	return v.End()
}

func proved(t *testing.T, what string, export, kept []byte, entries int) {
	t.Helper()
	if r := verified(export, kept); !r.OK() || r.Entries != entries || r.Before != 0 || r.Chains != 4 || kept != nil && r.Anchors < 6 {
		t.Errorf("%s: %d entries in %d chains, %d of before, %d anchors: %v", what, r.Entries, r.Chains, r.Before, r.Anchors, r.Findings)
	}
}

// TestTodaysAuditLog: today's code writes what is stored as the newest form.
func TestTodaysAuditLog(t *testing.T) {
	t.Parallel()
	_, rec := auditStore(t)
	told(t, rec)
	store, then := auditStore(t)
	each(t, filepath.Join(root, "audit-1.jsonl"), func(line []byte) {
		var i item
		must(t, json.Unmarshal(line, &i))
		must(t, store.Write(t.Context(), table.Create(table.Key{Partition: i.Partition, Sort: i.Sort}, i.Value)))
	})
	if today, was := exported(t, rec), exported(t, then); !bytes.Equal(today, was) {
		t.Errorf("today's log is\n%s\nand was\n%s\nif the new form is meant, write it with -write-audit, and name it here", today, was)
	}
}
