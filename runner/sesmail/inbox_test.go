package sesmail

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	netmail "net/mail"
	"strings"
	"testing"

	"slipway/runner/mail/mailtest"
)

// arrived reads a mail as a mail program would; what tells mails apart is in
// References, since SES writes over the Message-ID.
func arrived(t *testing.T, raw []byte) mailtest.Arrived {
	t.Helper()
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatalf("%v in\n%s", err, raw)
	}
	if !strings.HasSuffix(m.Header.Get("Message-ID"), ".amazonses.com>") {
		t.Errorf("Message-ID %s, want SES's own", m.Header.Get("Message-ID"))
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		t.Fatal(err)
	}
	a := mailtest.Arrived{
		MessageID: strings.Trim(m.Header.Get("References"), "<>"), Subject: subject,
		From: addresses(t, m, "From")[0], To: addresses(t, m, "To"),
	}
	if m.Header.Get("Reply-To") != "" {
		a.ReplyTo = addresses(t, m, "Reply-To")[0]
	}
	if a.Date, err = m.Header.Date(); err != nil {
		t.Fatal(err)
	}
	media, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	if media == "text/plain" {
		one := "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: " + m.Header.Get("Content-Transfer-Encoding") + "\r\n\r\n"
		m.Body = io.MultiReader(strings.NewReader("--x\r\n"+one), m.Body, strings.NewReader("\r\n--x--\r\n"))
		params["boundary"] = "x"
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		p, err := parts.NextPart() // decodes quoted-printable
		if err == io.EOF {
			return a
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(p)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") {
			a.HTML = string(text)
			continue
		}
		if a.HTML != "" {
			t.Error("the text comes behind the HTML")
		}
		a.Text = string(text)
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
