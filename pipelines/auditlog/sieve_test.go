package auditlog_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/auditlog"
)

func sieveEntry(text, id string) pipelines.Event {
	return pipelines.Event{
		ID: "e", At: noon, Category: "DeploymentQueued", Subject: "Deployments-" + id, Username: text, UserID: id, Message: "about " + text, Via: "api",
		Project: id, Related: []string{"Releases-" + id}, Details: map[string]string{"category": "Deleted", "lines": "- " + text + "\n+ b\n"},
	}
}

// TestASieveLetsThroughWhatItsFilterDoes, for all that is asked and stored, in the
// form of today and in the one with other escapes.
func TestASieveLetsThroughWhatItsFilterDoes(t *testing.T) {
	t.Parallel()
	words := []string{"", "a", "Ada", "ADA", "ſ", "s", "S", "K", "k", "Rückbau", "RÜCKBAU", "İ", "i", "<b>", "&", `"`, `\`, "\u2028", "\ufffd", "queued", "deployment q", "Deployment QUEUED", " queued", "lines", "Projects-1", "with some words @[`{"}
	kept, turned := 0, 0
	for _, text := range words {
		for _, id := range []string{"Projects-1", "Projects-12", "ü"} {
			_, line, _ := auditlog.Head{Subject: "Deployments-" + id}.Link(sieveEntry(text, id))
			escaped, err := json.Marshal(sieveEntry(text, id))
			if err != nil {
				t.Fatal(err)
			}
			for _, asked := range words {
				for _, f := range []auditlog.Filter{{Text: asked}, {Person: asked}, {Subject: asked}, {Project: asked}, {Kind: asked}, {Kind: "deployment", Text: asked}, {Kind: "configuration"}, {Kind: "deploymentQUEUED"}, {Text: asked, Project: id}} {
					for _, stored := range [][]byte{line, escaped} {
						var e pipelines.Event
						if err := json.Unmarshal(stored, &e); err != nil {
							t.Fatal(err)
						}
						switch passes := f.Sieve().Passes(stored); {
						case f.Matches(e) && !passes:
							t.Errorf("%+v turns away %s", f, stored)
						case passes:
							kept++
						default:
							turned++
						}
					}
				}
			}
		}
	}
	if turned < kept/2 { // half of what is asked is in all of them
		t.Errorf("%d lines pass and %d are turned away: it is no sieve", kept, turned)
	}
}

// FuzzSieve looks for a text that a sieve misses.
func FuzzSieve(f *testing.F) {
	f.Add("Ada Lovelace", "LOVE")
	f.Add("Rückbau", "üCK")
	f.Add("a\u2028K", "\u2028k")
	f.Fuzz(func(t *testing.T, text, asked string) {
		_, line, _ := auditlog.Head{Subject: text}.Link(sieveEntry(text, "Projects-1"))
		var e pipelines.Event
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatal(err)
		}
		for _, filter := range []auditlog.Filter{{Text: asked}, {Person: asked}, {Subject: asked}, {Kind: asked}} {
			if filter.Matches(e) && !filter.Sieve().Passes(line) {
				t.Errorf("%+v turns away %s", filter, line)
			}
		}
	})
}

// BenchmarkSieve is what a line costs that is turned away.
func BenchmarkSieve(b *testing.B) {
	e := sieveEntry(strings.Repeat("some words of a message, ", 15), "Projects-1")
	e.At = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	_, line, _ := auditlog.Head{Subject: e.Subject}.Link(e)
	for i, f := range []auditlog.Filter{{Text: "nobody wrote this"}, {Person: "nobody"}, {Kind: "sign-in"}, {Project: "Projects-2"}} {
		b.Run(fmt.Sprint(i), func(b *testing.B) {
			s := f.Sieve()
			b.SetBytes(int64(len(line)))
			for b.Loop() {
				if s.Passes(line) {
					b.Fatal("it passes")
				}
			}
		})
	}
}
