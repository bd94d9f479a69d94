package cli

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"slipway/pipelines/auditlog"
	"slipway/web/rest"
)

func (p *program) audit() *cobra.Command {
	c := group("audit", "See who did what, and check that the log was not tampered with", p.auditList(), p.auditExport(), p.auditVerify(), p.auditKey())
	c.Long = `The audit log: who did what, when, to what, and from where.

Entries are only ever added. Each holds the hash of the one before it in its chain,
and an export ends with a line that the server has signed: so ` + "`slipway audit verify`" + `
finds, without a server, what was edited, dropped, moved or put in.`
	return c
}

// auditFilters are the flags by which entries are looked for.
func auditFilters(c *cobra.Command) func() url.Values {
	f := c.Flags()
	values := map[string]*string{
		"person":      f.String("person", "", "only what this user did, by username"),
		"since":       f.String("since", "", "only from this day or moment on, like 2026-03-01 or 2026-03-01T12:00:00Z"),
		"until":       f.String("until", "", "only up to this day, or before this moment"),
		"project":     f.String("project", "", "only what is about this project"),
		"environment": f.String("environment", "", "only what is about this environment"),
		"kind":        f.String("kind", "", "only of this kind: sign-in, configuration, package, release, deployment, decision, refusal, log, or one category like LoginFailed"),
		"subject":     f.String("subject", "", "only what is about the thing of this id, like Deployments-7"),
		"text":        f.String("text", "", "only what has this text in it"),
	}
	return func() url.Values {
		out := url.Values{}
		for name, value := range values {
			if *value != "" {
				out.Set(name, *value)
			}
		}
		return out
	}
}

func (p *program) auditList() *cobra.Command {
	c := verb("list", "Show entries, newest first", nil)
	filters := auditFilters(c)
	limit := c.Flags().Int("limit", 50, "how many at most")
	wide := c.Flags().Bool("wide", false, "show messages whole, however wide the terminal is")
	after := c.Flags().String("after", "", "go on where a former list ended")
	c.RunE = p.asking(func(ctx context.Context, s *client, _ []string) error {
		query := filters()
		query.Set("limit", strconv.Itoa(*limit))
		if *after != "" {
			query.Set("after", *after)
		}
		var page rest.Audit
		if err := s.get(ctx, at("audit")+"?"+query.Encode(), &page); err != nil {
			return err
		}
		return p.answer(page, func() { p.entries(page, *wide) })
	})
	return c
}

func (p *program) entries(page rest.Audit, wide bool) {
	var rows [][]cell
	for _, e := range page.Entries {
		from := wayIn(e.Via)
		if e.From != "" {
			from += " from " + e.From
		}
		rows = append(rows, []cell{plain(e.At.UTC().Format("2006-01-02 15:04:05")), plain(e.Username), plain(auditlog.What(e.Event)), plain(oneLine(e.Message)), plain(strings.TrimSpace(from))})
	}
	if !wide {
		p.fit(rows, 3)
	}
	p.table(rows)
	if len(rows) == 0 && page.Next == "" {
		p.say("there is no such entry that you may see")
	}
	if page.Next != "" {
		if page.Short {
			p.say("looked back to %s", page.LookedTo.UTC().Format("2006-01-02 15:04:05 UTC"))
		}
		p.say("there is more: --after %s", page.Next)
	}
}

// wayIn says how somebody came in, as people would.
func wayIn(via string) string {
	switch via {
	case "", "session": // a page, as most do
		return ""
	case "api key":
		return "by API key"
	}
	return "by " + via
}

func (p *program) auditKey() *cobra.Command {
	c := verb("key", "Show the public key that exports are signed by", nil)
	c.Long = `Show the public half of the key by which the server signs the last line of each
export of the audit log. Keep it where those cannot write who might tamper with an
export, and give it to ` + "`slipway audit verify --key`" + `.`
	c.Example = `  slipway audit key > audit.key
  slipway audit verify audit.jsonl --key audit.key`
	c.RunE = p.asking(func(ctx context.Context, s *client, _ []string) error {
		var key rest.AuditKey
		if err := s.get(ctx, at("audit", "key"), &key); err != nil {
			return err
		}
		return p.answer(key, func() { p.say("%s", key.Key) })
	})
	return c
}

func (p *program) auditExport() *cobra.Command {
	c := verb("export", "Print all entries that are asked for, as JSON lines or CSV", nil)
	c.Long = `Print all entries that are asked for, newest first.

As JSON lines it is what ` + "`slipway audit verify`" + ` checks: the entries byte by byte as
they are stored, and a last line that says how many there are. As CSV it is for
tables. That somebody has exported the log is an entry itself.`
	c.Example = `  slipway audit export > audit.jsonl
  slipway audit export --format csv --since 2026-01-01 --project "Random Quotes" > quotes.csv`
	filters := auditFilters(c)
	format := c.Flags().String("format", "json", "json or csv")
	c.RunE = p.asking(func(ctx context.Context, s *client, _ []string) error {
		query := filters()
		query.Set("format", *format)
		body, err := s.download(ctx, at("audit", "export")+"?"+query.Encode())
		if err != nil {
			return err
		}
		defer body.Close()
		if _, err := io.Copy(p.stdout, body); err != nil {
			return fmt.Errorf("the export broke off and is not whole: %w", err)
		}
		return nil
	})
	return c
}
