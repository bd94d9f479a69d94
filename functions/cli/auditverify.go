package cli

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"slipway/pipelines/auditlog"
)

func (p *program) auditVerify() *cobra.Command {
	c := verb("verify FILE", "Check an export of the audit log, without a server", nil)
	c.Long = `Check that FILE, an export of the audit log as JSON lines (- is standard input), is
as it was exported: no entry was edited, dropped, moved, doubled or put in. What is
found is named by line, chain and number.

The file alone cannot tell two things: that the newest entries of a chain were cut
off, and that a whole chain was written anew, by somebody who also made all that
comes after it fit; a whole chain may be missing, too. Anchors tell them: entries that say how far each chain had
come, of which the server keeps copies apart (files in blobs/anchors of the data
folder, on AWS objects in a bucket). --anchors holds the export against such
copies, or against another export that you have kept.

A filtered export proves only the entries that are there: anybody can drop one and
call the rest filtered. So it is refused unless --filtered says that it should be
one. Held against an export of the whole log (--anchors), entries that fit the
filter and are missing are found, too; and where that is of later, the log's own
entry of the filtered export shows that it is just as it was written.

Exit codes: 0 nothing was found, 1 something was.`
	c.Example = `  slipway audit export | slipway audit verify -
  slipway audit verify audit.jsonl --anchors last-month.jsonl
  slipway audit verify quotes.jsonl --filtered --anchors audit.jsonl
  aws s3 sync s3://BUCKET/store/anchors anchors && slipway audit verify audit.jsonl --anchors anchors`
	anchors := c.Flags().StringSlice("anchors", nil, "a file or folder of anchors, or an older export, that was kept elsewhere")
	filtered := c.Flags().Bool("filtered", false, "the export should be a filtered one, which proves only the entries that are there")
	c.RunE = func(_ *cobra.Command, args []string) error { return p.verifyAudit(args[0], *anchors, *filtered) }
	return c
}

// auditVerdict is what verify answers as JSON.
type auditVerdict struct {
	OK       bool     `json:"ok"`
	Entries  int      `json:"entries"`
	Chains   int      `json:"chains"`
	Before   int      `json:"beforeTheChains"`
	Anchors  int      `json:"anchors"`
	Filter   string   `json:"filter,omitempty"`
	Known    string   `json:"known,omitempty"` // what was kept that has the log's entry of this export
	Held     bool     `json:"held,omitempty"`  // against what was kept and fits the filter
	Findings []string `json:"findings"`
	More     int      `json:"more,omitempty"`
}

func (p *program) verifyAudit(name string, anchors []string, filtered bool) error {
	v := auditlog.NewVerifier()
	for _, from := range anchors {
		if err := readAnchors(from, v.AnchorLine); err != nil {
			return err
		}
	}
	file, err := p.openAudit(name)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := auditLines(file, v.Line); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if v.End().Filter != "" {
		for _, from := range anchors {
			if err := readAnchors(from, func(from string, line []byte) bool { v.Kept(from, line); return true }); err != nil {
				return err
			}
		}
	}
	r := v.Report()
	if r.Filter != "" && !filtered {
		r.Findings = append([]auditlog.Finding{{Message: "it is called filtered (" + r.Filter + "): whether entries were dropped cannot be told from it. If it should be a filtered export, say --filtered; else get a whole one"}}, r.Findings...)
	}
	verdict := auditVerdict{OK: r.OK(), Entries: r.Entries, Chains: r.Chains, Before: r.Before, Anchors: r.Anchors, Filter: r.Filter, Known: r.Known, Held: r.Held, Findings: []string{}, More: r.Left}
	for _, f := range r.Findings {
		verdict.Findings = append(verdict.Findings, f.String())
	}
	if err := p.answer(verdict, func() { p.verdict(name, r, len(anchors) > 0) }); err != nil {
		return err
	}
	if !r.OK() {
		return exit(codeFailed)
	}
	return nil
}

func (p *program) verdict(name string, r auditlog.Report, kept bool) {
	p.filteredVerdict(name, r)
	for _, f := range r.Findings {
		p.say("%s: %s", name, f)
	}
	if r.Left > 0 {
		p.say("%s: and %d more", name, r.Left)
	}
	if r.Before > 0 {
		p.say("%d entries are from before the chain: they have no hash, and nothing is proved of them", r.Before)
	}
	if r.Known != "" && r.Filter == "" {
		p.say("the log in %s knows this very export", r.Known)
	}
	if r.OK() && !kept {
		p.say("not checked: whether the newest entries are missing, or the whole log was written anew. For that, say --anchors with anchors or an older export that were kept elsewhere")
	}
	found := "nothing was found"
	if n := len(r.Findings) + r.Left; n > 0 {
		found = fmt.Sprintf("TAMPERED WITH OR DAMAGED: found %d", n)
	}
	p.say("%d entries in %d chains, held against %d anchored heads: %s", r.Entries, r.Chains, r.Anchors, found)
}

// filteredVerdict says first of all what a filtered export cannot prove.
func (p *program) filteredVerdict(name string, r auditlog.Report) {
	switch {
	case r.Filter == "":
	case r.Known != "" && r.OK():
		p.say("%s is filtered (%s), and the log in %s knows this very export: nothing was left out of it since", name, r.Filter, r.Known)
	default:
		held := "whether entries that fit the filter were dropped cannot be told from the file"
		if r.Held {
			held = "of entries that fit the filter those are missed that stand in what was kept elsewhere, and no others"
		}
		p.say("%s is called filtered (%s): it proves the entries that are there, and their order, and nothing of others; %s", name, r.Filter, held)
	}
}

// readAnchors reads what was kept of the chains elsewhere: a file, or all files
// of a folder.
func readAnchors(from string, take func(from string, line []byte) bool) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		defer file.Close()
		some := false
		err = auditLines(file, func(line []byte) { some = take(path, line) || some })
		if err == nil && !some && path == from {
			err = fmt.Errorf("there is nothing in it to hold an export against")
		}
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		return nil
	})
}
