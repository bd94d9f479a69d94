package smtpmail

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"log"
	"math/big"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"slipway/runner/mail/mailtest"
)

// server is a mail server in this process. It takes mails but where a test
// told it to answer otherwise.
type server struct {
	port  int
	roots *x509.CertPool

	mu       sync.Mutex
	mails    []envelope
	answers  map[string]*smtp.SMTPError // for a recipient, "from", "data", or "auth"
	password string                     // asked for if set
}

type envelope struct {
	from string
	to   []string
	user string
	text []byte
}

// serve starts a server: with TLS from the first byte, or with STARTTLS if
// there is a certificate, or plain.
func serve(t *testing.T, how Security) *server {
	t.Helper()
	s := &server{answers: map[string]*smtp.SMTPError{}}
	srv := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{server: s}, nil }))
	srv.Domain, srv.AllowInsecureAuth, srv.EnableSMTPUTF8 = "mail.example.org", how == Plain, true
	srv.ErrorLog = log.New(io.Discard, "", 0)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.port = listener.Addr().(*net.TCPAddr).Port
	if how != Plain {
		cert, roots := certificate(t)
		s.roots, srv.TLSConfig = roots, &tls.Config{Certificates: []tls.Certificate{cert}}
	}
	if how == TLS {
		listener = tls.NewListener(listener, srv.TLSConfig)
	}
	go srv.Serve(listener)
	t.Cleanup(func() { srv.Close() })
	return s
}

func (s *server) config(how Security) Config {
	return Config{Host: "127.0.0.1", Port: s.port, Security: how, Roots: s.roots, Timeout: 10 * time.Second}
}

func (s *server) answer(to string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.answers[to]; e != nil {
		return e
	}
	return nil
}

func (s *server) received() []envelope {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mails
}

// inbox reads the mails back as a mail program would.
func (s *server) inbox(t *testing.T) (all []mailtest.Arrived) {
	t.Helper()
	for _, e := range s.received() {
		all = append(all, parse(t, e.text))
	}
	return all
}

type session struct {
	server *server
	env    envelope
}

func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if password != s.server.password {
			return smtp.ErrAuthFailed
		}
		s.env.user = user
		return s.server.answer("auth")
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.server.password != "" && s.env.user == "" {
		return smtp.ErrAuthRequired
	}
	s.env.from = from
	return s.server.answer("from")
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if err := s.server.answer(to); err != nil {
		return err
	}
	s.env.to = append(s.env.to, to)
	return nil
}

func (s *session) Data(r io.Reader) (err error) {
	if s.env.text, err = io.ReadAll(r); err != nil {
		return err
	}
	if err := s.server.answer("data"); err != nil {
		return err
	}
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.mails = append(s.server.mails, s.env)
	return nil
}

func (s *session) Reset()        { s.env = envelope{user: s.env.user} }
func (s *session) Logout() error { return nil }

func parse(t *testing.T, text []byte) mailtest.Arrived {
	t.Helper()
	m, err := netmail.ReadMessage(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	a := mailtest.Arrived{
		MessageID: strings.Trim(m.Header.Get("Message-ID"), "<>"),
		Subject:   decode(t, m.Header.Get("Subject")),
		From:      addresses(t, m, "From")[0],
		To:        addresses(t, m, "To"),
	}
	if m.Header.Get("Reply-To") != "" {
		a.ReplyTo = addresses(t, m, "Reply-To")[0]
	}
	if a.Date, err = m.Header.Date(); err != nil {
		t.Fatal(err)
	}
	bodies(t, m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Body, &a)
	return a
}

func bodies(t *testing.T, kind, encoding string, body io.Reader, a *mailtest.Arrived) {
	t.Helper()
	media, params, err := mime.ParseMediaType(kind)
	if err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(media, "multipart/") {
		parts := multipart.NewReader(body, params["boundary"])
		for {
			p, err := parts.NextRawPart()
			if err == io.EOF {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			bodies(t, p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p, a)
		}
	}
	if encoding == "quoted-printable" {
		body = quotedprintable.NewReader(body)
	}
	text, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	switch media {
	case "text/plain":
		a.Text = string(text)
	case "text/html":
		a.HTML = string(text)
	default:
		t.Fatalf("a part of kind %s", media)
	}
}

func addresses(t *testing.T, m *netmail.Message, field string) (all []string) {
	t.Helper()
	list, err := m.Header.AddressList(field)
	if err != nil {
		t.Fatalf("%s: %v", field, err)
	}
	for _, a := range list {
		if a.Name == "" {
			all = append(all, a.Address)
			continue
		}
		all = append(all, a.Name+" <"+a.Address+">")
	}
	return all
}

func decode(t *testing.T, text string) string {
	t.Helper()
	s, err := new(mime.WordDecoder).DecodeHeader(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// certificate is one for 127.0.0.1, and the pool that trusts it.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(cert)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}
