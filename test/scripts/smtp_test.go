package scripts

import (
	"io"
	"log"
	"net"
	"regexp"
	"strings"
	"sync"

	"github.com/emersion/go-smtp"
	"github.com/rogpeppe/go-internal/testscript"
)

// mailServers are the ones running, by the folder of their script.
var mailServers sync.Map

// mailServer is a mail server in this process that keeps what it got.
type mailServer struct {
	address string
	srv     *smtp.Server
	mu      sync.Mutex
	greyTo  bool // it asks for patience
	texts   []string
}

type mailSession struct{ *mailServer }

func (s mailSession) Mail(string, *smtp.MailOptions) error { return nil }
func (s mailSession) Reset()                               {}
func (s mailSession) Logout() error                        { return nil }

func (s mailSession) Rcpt(string, *smtp.RcptOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.greyTo {
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "greylisted"}
	}
	return nil
}

func (s mailSession) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.texts = append(s.texts, string(text))
	return err
}

// smtpServer runs a mail server: `smtp up` sets $SMTP_PORT, `smtp down` ends it,
// `smtp patience` lets it ask for patience, `smtp got SUBJECT` waits for a mail.
func smtpServer(ts *testscript.TestScript, neg bool, args []string) {
	known, _ := mailServers.LoadOrStore(ts.Getenv("WORK"), &mailServer{})
	s := known.(*mailServer)
	switch args[0] {
	case "up":
		if s.address == "" {
			s.address = "127.0.0.1:0"
		}
		listener, err := net.Listen("tcp", s.address)
		ts.Check(err)
		s.address = listener.Addr().String()
		srv := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return mailSession{s}, nil }))
		srv.ErrorLog = log.New(io.Discard, "", 0)
		go srv.Serve(listener)
		s.srv = srv
		ts.Defer(func() { srv.Close() })
		_, port, _ := net.SplitHostPort(s.address)
		ts.Setenv("SMTP_PORT", port)
		s.mu.Lock()
		s.greyTo = false
		s.mu.Unlock()
	case "down":
		ts.Check(s.srv.Close())
	case "patience":
		s.mu.Lock()
		s.greyTo = true
		s.mu.Unlock()
	case "got":
		if neg {
			if s.count(args[1]) > 0 {
				ts.Fatalf("the mail server got %q", args[1])
			}
			return
		}
		until(ts, "the mail server has "+args[1], func() bool { return s.count(args[1]) > 0 })
		if n := s.count(args[1]); n != 1 {
			ts.Fatalf("the mail server got %q %d times", args[1], n)
		}
	}
}

func (s *mailServer) count(subject string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, text := range s.texts {
		if strings.Contains(text, "Subject: "+subject) {
			n++
		}
	}
	return n
}

// mailWaits waits until the settings say that a mail waits.
func mailWaits(ts *testscript.TestScript, _ bool, args []string) {
	pattern := regexp.MustCompile(args[0])
	until(ts, "a mail waits: "+args[0], func() bool {
		if err := run(ts, "admin", "mail", "server", "show"); err != nil {
			return false
		}
		return pattern.MatchString(ts.ReadFile("stdout"))
	})
}
