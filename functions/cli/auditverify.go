package cli

import (
	"errors"
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

With --key, the key that ` + "`slipway audit key`" + ` shows and that you have kept, the
signature of the last line is checked, and whatever was changed after the export is
found.

Without it anybody can write the file anew: an entry, its hash and those of all
behind it, the anchors in the file (entries that say how far each chain had come),
the last line and its signature by a key of their own. It is found if anything of
that was left as it was, and told what nothing but the last line holds. The server
keeps copies of the anchors apart (files in blobs/anchors of the data folder, on AWS
objects in a bucket): --anchors holds the export against such copies, or against
another export that you have kept, and so also finds what was changed on the server.

A filtered export proves only the entries that are there: anybody can drop one and
call the rest filtered. So it is refused unless --filtered says that it should be
one. Held against an export of the whole log (--anchors), entries that fit the
filter and are missing are found, too; and where that is of later, the log's own
entry of the filtered export shows that it is just as it was written.

Exit codes: 0 nothing was found, 1 something was.`
	c.Example = `  slipway audit export | slipway audit verify -
  slipway audit verify audit.jsonl --key audit.key
  slipway audit verify audit.jsonl --anchors last-month.jsonl
  slipway audit verify quotes.jsonl --filtered --anchors audit.jsonl
  aws s3 sync s3://BUCKET/store/anchors anchors && slipway audit verify audit.jsonl --anchors anchors`
	var with checking
	f := c.Flags()
	f.StringSliceVar(&with.anchors, "anchors", nil, "a file or folder of anchors, or an older export, that was kept elsewhere")
	f.StringVar(&with.key, "key", "", "the key that should have signed the export, or a file with it")
	f.BoolVar(&with.filtered, "filtered", false, "the export should be a filtered one, which proves only the entries that are there")
	f.BoolVar(&with.older, "older", false, "the export is of a Slipway that did not yet put the log's entry of it into the last line")
	c.RunE = func(_ *cobra.Command, args []string) error { return p.verifyAudit(args[0], with) }
	return c
}

// checking is what an export is checked with.
type checking struct {
	anchors         []string
	key             string
	filtered, older bool
}

// verifier has read what was kept elsewhere.
func (with checking) verifier() (*auditlog.Verifier, error) {
	v := auditlog.NewVerifier()
	if with.older {
		v.Older()
	}
	if with.key != "" {
		key, err := keyOrFile(with.key)
		if err != nil {
			return nil, err
		}
		v.Key(key)
	}
	for _, from := range with.anchors {
		if err := readAnchors(from, v.AnchorLine); err != nil {
			return nil, err
		}
	}
	return v, nil
}

// keyOrFile reads a key, or a file with one.
func keyOrFile(text string) (string, error) {
	key, refused := auditlog.ReadKey(text)
	if refused == nil {
		return key, nil
	}
	content, err := os.ReadFile(text)
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("--key: there is no such file, and %w", refused)
	}
	if err != nil {
		return "", err
	}
	if key, err = auditlog.ReadKey(string(content)); err != nil {
		return "", fmt.Errorf("--key: %s: %w", text, err)
	}
	return key, nil
}

// auditVerdict is what verify answers as JSON.
type auditVerdict struct {
	OK       bool     `json:"ok"`
	Entries  int      `json:"entries"`
	Chains   int      `json:"chains"`
	Before   int      `json:"beforeTheChains"`
	Anchors  int      `json:"anchors"`
	Filter   string   `json:"filter,omitempty"`
	Known    string   `json:"known,omitempty"`   // what was kept that has the log's entry of this export
	Held     bool     `json:"held,omitempty"`    // against what was kept and fits the filter
	Loose    int      `json:"loose"`             // entries that nothing but the last line holds
	Key      string   `json:"key,omitempty"`     // that signed the last line
	Trusted  bool     `json:"trusted,omitempty"` // it is the key that was given
	Findings []string `json:"findings"`
	More     int      `json:"more,omitempty"`
}

func (p *program) verifyAudit(name string, with checking) error {
	v, err := with.verifier()
	if err != nil {
		return err
	}
	file, err := p.openAudit(name)
	if err != nil {
		return err
	}
	defer file.Close()
	foreign, err := auditLines(file, v.Line)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if v.End().Filter != "" {
		for _, from := range with.anchors {
			if err := readAnchors(from, func(from string, line []byte) bool { v.Kept(from, line); return true }); err != nil {
				return err
			}
		}
	}
	r := v.Report()
	if r.Filter != "" && !with.filtered {
		r.Findings = append([]auditlog.Finding{{Message: "it is called filtered (" + r.Filter + "): whether entries were dropped cannot be told from it. If it should be a filtered export, say --filtered; else get a whole one"}}, r.Findings...)
	}
	verdict := auditVerdict{OK: r.OK(), Entries: r.Entries, Chains: r.Chains, Before: r.Before, Anchors: r.Anchors, Filter: r.Filter, Known: r.Known, Held: r.Held, Loose: r.Loose, Key: r.Key, Trusted: r.Trusted, Findings: []string{}, More: r.Left}
	for _, f := range r.Findings {
		verdict.Findings = append(verdict.Findings, f.String())
	}
	if err := p.answer(verdict, func() {
		if foreign {
			p.say("%s: its lines end with CR LF, which a program has made of LF: it was checked as if they did not", name)
		}
		p.verdict(name, r, len(with.anchors) > 0)
	}); err != nil {
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
	p.signature(r)
	if r.OK() && !kept && !r.Trusted {
		p.notChecked(r)
	}
	found := "nothing was found"
	if n := len(r.Findings) + r.Left; n > 0 {
		found = fmt.Sprintf("TAMPERED WITH OR DAMAGED: found %d", n)
	}
	p.say("%d entries in %d chains, held against %d anchored heads: %s", r.Entries, r.Chains, r.Anchors, found)
}

// signature says by whose word the last line is as it is.
func (p *program) signature(r auditlog.Report) {
	switch {
	case r.Trusted:
		p.say("signed by the key that was given")
	case r.Key != "":
		p.say("signed by the key %s, as the file itself says: compare it with `slipway audit key`, or say --key", r.Key)
	}
}

// notChecked says what somebody could still have done to the file.
func (p *program) notChecked(r auditlog.Report) {
	held := "1 entry is held by nothing but the last line"
	if r.Loose != 1 {
		held = fmt.Sprintf("%d entries are held by nothing but the last line", r.Loose)
	}
	p.say("not checked: whether the file was written anew. %s (no later entry of their chain and no anchor knows them), and all others by what stands in the file, too. For that, say --key with the key of the server, or --anchors with anchors or another export that were kept elsewhere", held)
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
		_, err = auditLines(file, func(line []byte) { some = take(path, line) || some })
		if err == nil && !some && path == from {
			err = fmt.Errorf("there is nothing in it to hold an export against")
		}
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		return nil
	})
}
