package catalog

import (
	"context"
	"fmt"
	"net"
	netmail "net/mail"
	"regexp"
	"strings"
	"unicode"

	"slipway/pipelines"
	"slipway/runner/mailroom"
	"slipway/runner/records"
	"slipway/runner/smtpmail"
)

// MailServerEdit is the mail server as somebody wants it.
type MailServerEdit struct {
	Host, Security, User, From, FromName, Hello string // Host may say the port, too
	Port                                        int    // 0: what belongs to Security
	// Password replaces the one that is kept. It is kept where this is empty and user,
	// host and port stay what they are: nobody may have it sent to another server.
	Password []byte
	// Revision is what was read, 0 for none.
	Revision int64
}

// MailServer reads the mail server that is set, with its revision.
func (c *Catalog) MailServer(ctx context.Context, p pipelines.Principal) (records.MailServer, int64, error) {
	if err := p.Demand(pipelines.ConfigureServer, pipelines.Where{}); err != nil {
		return records.MailServer{}, 0, err
	}
	return c.Records.MailServer(ctx)
}

// mayCarryMails: links that set a password, and codes that answer for somebody,
// go out by the mail server. Whoever says which it is could become anybody, so
// that takes an administrator.
func mayCarryMails(p pipelines.Principal) error {
	return p.Demand(pipelines.AdministerSystem, pipelines.Where{})
}

// SetMailServer makes the mail server what is wanted. Mails that are sent from
// then on go out by it.
func (c *Catalog) SetMailServer(ctx context.Context, p pipelines.Principal, in MailServerEdit) error {
	if err := mayCarryMails(p); err != nil {
		return err
	}
	before, revision, err := c.MailServer(ctx, p)
	if err != nil {
		return err
	}
	if revision != in.Revision {
		return changedMeanwhile(before)
	}
	in = in.tidy()
	after := records.MailServer{
		Host: in.Host, Port: in.Port, Security: in.Security, User: in.User, From: in.From, FromName: in.FromName, Hello: in.Hello,
		Changed: c.Env.Now(), By: p.Username,
	}
	keeps := in.User != "" && len(in.Password) == 0 && before.Password != nil
	if problems := append(in.check(), wrongServer(keeps, before, after)...); len(problems) > 0 {
		return &pipelines.Error{Code: pipelines.Invalid, Message: "the mail server cannot be set: " + problems[0].Message, Problems: problems}
	}
	switch {
	case keeps:
		after.Password = before.Password
	case len(in.Password) > 0:
		sealed, err := c.Sealer.Seal(ctx, "mail-server", in.Password)
		if err != nil {
			return err
		}
		after.Password = &sealed
	}
	entry := c.event(p, modified, mailServerID, "set the mail server to "+described(after))
	entry.From, entry.Details = p.From, mailServerLines(before, after, revision > 0, len(in.Password) > 0)
	return c.writeMailServer(ctx, entry, records.SetMailServer(after, revision))
}

// RemoveMailServer forgets the mail server: mails are kept for reading again.
func (c *Catalog) RemoveMailServer(ctx context.Context, p pipelines.Principal, seen int64) error {
	if err := mayCarryMails(p); err != nil {
		return err
	}
	before, revision, err := c.MailServer(ctx, p)
	if err != nil {
		return err
	}
	switch {
	case revision == 0:
		return pipelines.Refuse(pipelines.Conflict, "there is no mail server to remove")
	case revision != seen:
		return changedMeanwhile(before)
	}
	entry := c.event(p, deleted, mailServerID, "removed the mail server "+described(before))
	entry.From = p.From
	return c.writeMailServer(ctx, entry, records.RemoveMailServer(revision))
}

func (c *Catalog) writeMailServer(ctx context.Context, entry pipelines.Event, change records.Change) error {
	err := c.Records.Tell(ctx, []pipelines.Event{entry}, change)
	if records.Conflict(err) {
		return changedMeanwhile(records.MailServer{})
	}
	return err
}

// mailServerID is what audit entries about it are about.
const mailServerID = "MailServer"

func changedMeanwhile(now records.MailServer) error {
	by := ""
	if now.By != "" {
		by = " by " + now.By + ", to " + described(now)
	}
	return pipelines.Refuse(pipelines.Conflict, "the mail server was changed meanwhile%s: look at it again, then save", by)
}

func described(m records.MailServer) string {
	text := fmt.Sprintf("%s:%d with %s", m.Host, m.Port, m.Security)
	if m.User != "" {
		text += " as " + m.User
	}
	return text + ", from " + m.From
}

// mailServerLines are before and after, line by line; of a password only whether
// there is one.
func mailServerLines(before, after records.MailServer, was, fresh bool) map[string]string {
	out := map[string]string{"after": strings.Join(mailServerText(after, fresh), "\n")}
	if was {
		out["before"] = strings.Join(mailServerText(before, false), "\n")
	}
	return out
}

func mailServerText(m records.MailServer, fresh bool) []string {
	lines := []string{"host: " + m.Host, fmt.Sprintf("port: %d", m.Port), "security: " + m.Security}
	if m.User != "" {
		lines = append(lines, "user: "+m.User)
	}
	switch {
	case fresh:
		lines = append(lines, "password: ******** (new)")
	case m.Password != nil:
		lines = append(lines, "password: ********")
	}
	lines = append(lines, "from: "+m.From)
	if m.FromName != "" {
		lines = append(lines, "from-name: "+m.FromName)
	}
	if m.Hello != "" {
		lines = append(lines, "hello: "+m.Hello)
	}
	return lines
}

func (in MailServerEdit) tidy() MailServerEdit {
	for _, text := range []*string{&in.Host, &in.Security, &in.User, &in.From, &in.FromName, &in.Hello} {
		*text = strings.TrimSpace(*text)
	}
	if host, port, err := smtpmail.At(in.Host); err == nil && (port == 0 || in.Port == 0 || in.Port == port) {
		in.Host = host
		if port != 0 {
			in.Port = port
		}
	}
	filled := smtpmail.Config{Host: in.Host, Port: in.Port, Security: smtpmail.Security(in.Security)}.Filled()
	in.Port, in.Security = filled.Port, string(filled.Security)
	return in
}

var hostName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$`)

// longestField bounds what becomes a part of a header or of a conversation.
const longestField = 200

func (in MailServerEdit) check() []pipelines.Problem {
	var found []pipelines.Problem
	wrong := func(path, format string, args ...any) {
		found = append(found, pipelines.Problem{Path: path, Message: fmt.Sprintf(format, args...)})
	}
	if _, port, err := smtpmail.At(in.Host); err == nil && port != 0 && port != in.Port {
		wrong("host", "%s says port %d, and the port is said to be %d: say it once", cut(in.Host), port, in.Port)
	} else if !hostName.MatchString(in.Host) && net.ParseIP(in.Host) == nil {
		wrong("host", "the host is a name like smtp.example.org or, with its port, smtp.example.org:587, without ://; got %q", cut(in.Host))
	}
	if in.Port < 1 || in.Port > 65535 {
		wrong("port", "a port is a number up to 65535: 587 for STARTTLS, 465 for TLS")
	}
	switch smtpmail.Security(in.Security) {
	case smtpmail.StartTLS, smtpmail.TLS:
	case smtpmail.Plain:
		if in.User != "" && !smtpmail.ThisMachine(in.Host) {
			wrong("security", "without TLS the password of %s could be read on the way to %s: choose STARTTLS or TLS, or no user", cut(in.User), cut(in.Host))
		}
	default:
		wrong("security", "the security is starttls, tls or plain; got %q", cut(in.Security))
	}
	if a, err := netmail.ParseAddress(in.From); err != nil || a.Name != "" || a.Address != in.From {
		wrong("from", "the sender is an address like deploy@example.org; its name has a field of its own")
	}
	if in.Hello != "" && !hostName.MatchString(in.Hello) {
		wrong("hello", "the name for EHLO is a host name like deploy.example.org; got %q", cut(in.Hello))
	}
	if len(in.Password) > 0 && in.User == "" {
		wrong("user", "a password belongs to a user: name it")
	}
	for _, one := range []struct{ path, text string }{{"user", in.User}, {"fromName", in.FromName}, {"from", in.From}, {"password", string(in.Password)}} {
		if len(one.text) > longestField || strings.ContainsFunc(one.text, unicode.IsControl) {
			wrong(one.path, "it has at most %d bytes, on one line, without control characters", longestField)
		}
	}
	return found
}

func cut(text string) string {
	if len(text) > 60 {
		return strings.ToValidUTF8(text[:60], "") + "…"
	}
	return text
}

// wrongServer refuses to keep a password for another server than it was given for.
func wrongServer(keeps bool, before, after records.MailServer) []pipelines.Problem {
	if !keeps || before.Host == after.Host && before.Port == after.Port && before.User == after.User && (after.Security != string(smtpmail.Plain) || before.Security == after.Security) {
		return nil
	}
	return []pipelines.Problem{{Path: "password", Message: "type the password once more: the one that is kept belongs to " + before.User + " at " + described(before)}}
}

// TestMail sends a test mail and tells what was said. It is an act like others:
// somebody gets a mail.
func (c *Catalog) TestMail(ctx context.Context, p pipelines.Principal, room *mailroom.Room, to string) (mailroom.Tried, error) {
	if err := p.Demand(pipelines.ConfigureServer, pipelines.Where{}); err != nil {
		return mailroom.Tried{}, err
	}
	to = strings.TrimSpace(to)
	if a, err := netmail.ParseAddress(to); err != nil || a.Address != to || len(to) > longestField {
		return mailroom.Tried{}, &pipelines.Error{Code: pipelines.Invalid, Message: "a test mail goes to one address, like ada@example.org", Problems: []pipelines.Problem{{Path: "to", Message: "a test mail goes to one address, like ada@example.org"}}}
	}
	tried, err := room.Try(ctx, to, p.Called)
	if err != nil {
		return tried, err
	}
	message := "sent a test mail to " + to
	if tried.Kind == mailroom.Held {
		message = "a test mail to " + to + " was only kept, since no mail server is set"
	}
	if tried.Error != "" {
		message = "a test mail to " + to + " did not go out: " + cut(tried.Error)
	}
	entry := c.event(p, "MailTested", mailServerID, message)
	entry.From = p.From
	return tried, c.Records.Tell(ctx, []pipelines.Event{entry})
}
