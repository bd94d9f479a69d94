package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"slipway/web/rest"
)

func (p *program) mail() *cobra.Command {
	return group("mail", "Set the mail server, and read mails that are kept without one", p.mailList(), p.mailShow(), p.mailServer())
}

func (p *program) mailList() *cobra.Command {
	return verb("list", "List kept mails, newest first", listing(p, at("mail"), "no mail is kept", func(all []rest.HeldMail) {
		rows := [][]cell{heading("MAIL", "TO", "SUBJECT", "WHEN")}
		for _, m := range all {
			rows = append(rows, []cell{plain(m.Key), plain(strings.Join(m.To, ", ")), plain(harmless(m.Subject)), plain(p.ago(m.Date))})
		}
		p.table(rows)
	}))
}

func (p *program) mailShow() *cobra.Command {
	return verb("show MAIL", "Show one kept mail as text", p.asking(func(ctx context.Context, s *client, args []string) error {
		var m rest.HeldMail
		if err := s.get(ctx, at("mail", args[0]), &m); err != nil {
			return err
		}
		return p.answer(m, func() {
			p.say("From:    %s", harmless(m.From))
			p.say("To:      %s", harmless(strings.Join(m.To, ", ")))
			p.say("Subject: %s", harmless(m.Subject))
			p.say("Date:    %s", m.Date.Format("Mon, 02 Jan 2006 15:04:05 -0700"))
			p.say("")
			for line := range strings.Lines(m.Text) {
				p.say("%s", harmless(line))
			}
		})
	}))
}
