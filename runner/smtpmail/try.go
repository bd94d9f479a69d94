package smtpmail

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strconv"
	"strings"
	"sync"
	"time"

	gomaillog "github.com/wneessen/go-mail/log"

	"slipway/runner/mail"
)

// Line is one line of a conversation with a mail server, without what proves who
// we are.
type Line struct {
	Who  Speaker `json:"who"`
	Text string  `json:"text"`
}

// Speaker is who said a line.
type Speaker string

// The speakers. Note is what nobody said: that there is a connection, how it is
// protected.
const (
	Us     Speaker = "us"
	Server Speaker = "server"
	Note   Speaker = "note"
)

// mostHeard bounds a conversation, and longestHeard a line of it: a server is
// foreign.
const (
	mostHeard    = 200
	longestHeard = 500
)

// Try sends a message as Send does, and tells what was said. The error is as
// Explain words it.
func (m *Mail) Try(ctx context.Context, msg mail.Message) ([]Line, error) {
	if err := msg.Check(); err != nil {
		return nil, err
	}
	text, err := compose(msg)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, m.config.Timeout)
	defer cancel()
	heard := &hearing{}
	t := talk{config: m.config, ctx: ctx, heard: heard}
	defer t.hangUp()
	if err := t.begin(); err != nil {
		return heard.all(), t.failed("", msg.To, err)
	}
	err = t.deliver(msg, text)
	return heard.all(), err
}

// hearing writes a conversation down; nil hears nothing.
type hearing struct {
	mu    sync.Mutex
	lines []Line
}

func (h *hearing) all() []Line {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.lines
}

func (h *hearing) say(who Speaker, format string, args ...any) {
	if h == nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for line := range strings.Lines(fmt.Sprintf(format, args...)) {
		if len(h.lines) == mostHeard {
			return
		}
		h.lines = append(h.lines, Line{who, readable(line)})
	}
}

// readable is a line that can stand in a page and in a terminal.
func readable(line string) string {
	line = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(line, "�"))
	if len(line) > longestHeard {
		return strings.ToValidUTF8(line[:longestHeard], "") + " …"
	}
	return line
}

// Debugf takes the library's log, which leaves out what proves who we are.
func (h *hearing) Debugf(l gomaillog.Log) {
	text := fmt.Sprintf(l.Format, l.Messages...)
	if strings.Contains(text, "auth data redacted") {
		text = "(what proves who we are)"
	}
	if l.Direction == gomaillog.DirClientToServer {
		h.say(Us, "%s", text)
		return
	}
	if strings.HasPrefix(text, "0 ") { // the line was cut before an answer
		return
	}
	code, rest, _ := strings.Cut(text, " ")
	for line := range strings.Lines(rest + "\n") {
		h.say(Server, "%s %s", code, strings.TrimRight(line, "\n"))
	}
}

// Infof is part of what the library writes to.
func (h *hearing) Infof(gomaillog.Log) {}

// Warnf is part of what the library writes to.
func (h *hearing) Warnf(gomaillog.Log) {}

// Errorf is part of what the library writes to.
func (h *hearing) Errorf(gomaillog.Log) {}

// refused notes the answer that an error holds, of which the library says nothing
// where it makes an error of it.
func (h *hearing) refused(err error) {
	e, spoken := errors.AsType[*textproto.Error](err)
	if h == nil || !spoken {
		return
	}
	if all := h.all(); len(all) > 0 && all[len(all)-1].Who == Server && strings.HasPrefix(all[len(all)-1].Text, strconv.Itoa(e.Code)) {
		return
	}
	h.say(Server, "%d %s", e.Code, e.Msg)
}

// greeted notes how the line stands once somebody has answered.
func (h *hearing) greeted(conn net.Conn) {
	if h == nil {
		return
	}
	h.say(Note, "connected to %s", conn.RemoteAddr())
	if secured, ok := conn.(*tls.Conn); ok {
		h.secured(secured.ConnectionState())
	}
}

// secured notes how the line is protected, and by whose word.
func (h *hearing) secured(state tls.ConnectionState) {
	if h == nil || len(state.PeerCertificates) == 0 {
		return
	}
	c := state.PeerCertificates[0]
	h.say(Note, "%s, certificate of %s, valid until %s", tls.VersionName(state.Version), nameOf(c.Subject.CommonName, c.DNSNames), c.NotAfter.UTC().Format(time.DateOnly))
}

func nameOf(common string, names []string) string {
	switch {
	case len(names) > 0:
		return strings.Join(names[:min(len(names), 3)], ", ")
	case common != "":
		return common
	}
	return "no name"
}

// firstLine is a connection whose first line from the server is heard: the
// greeting, which the library reads before anybody can listen.
type firstLine struct {
	net.Conn
	heard *hearing
	kept  []byte
	done  bool
}

func (f *firstLine) Read(p []byte) (int, error) {
	n, err := f.Conn.Read(p)
	if !f.done {
		f.kept = append(f.kept, p[:n]...)
		if end := bytes.IndexByte(f.kept, '\n'); end >= 0 || len(f.kept) > longestHeard || err != nil {
			if end >= 0 {
				f.kept = f.kept[:end]
			}
			if len(f.kept) > 0 {
				f.heard.say(Server, "%s", f.kept)
			}
			f.done, f.kept = true, nil
		}
	}
	return n, err
}
