package aws

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/url"
	"strings"
	"time"
)

// mailTo waits for a mail that the fake of SES was given, and returns its plain text.
func (w *world) mailTo(who, subject string) string {
	w.t.Helper()
	text := ""
	w.until("a mail «"+subject+"» to "+who, 40*time.Second, func() bool {
		for _, m := range w.Mails.Mails() {
			parsed, err := mail.ReadMessage(bytes.NewReader(m.Raw))
			if err != nil || !strings.Contains(strings.Join(m.To, " "), who) {
				continue
			}
			heading, _ := new(mime.WordDecoder).DecodeHeader(parsed.Header.Get("Subject"))
			if strings.Contains(heading, subject) {
				text = plain(parsed.Header.Get("Content-Type"), parsed.Header.Get("Content-Transfer-Encoding"), parsed.Body)
				return true
			}
		}
		return false
	})
	return text
}

// plain is the text part of a mail.
func plain(contentType, encoding string, body io.Reader) string {
	kind, parameters, _ := mime.ParseMediaType(contentType)
	if strings.HasPrefix(kind, "multipart/") {
		for parts := multipart.NewReader(body, parameters["boundary"]); ; {
			p, err := parts.NextRawPart()
			if err != nil {
				return ""
			}
			if text := plain(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p); text != "" {
				return text
			}
		}
	}
	if kind != "text/plain" && kind != "" {
		return ""
	}
	if strings.EqualFold(encoding, "quoted-printable") {
		body = quotedprintable.NewReader(body)
	}
	b, _ := io.ReadAll(body)
	return strings.ReplaceAll(string(b), "\r\n", "\n")
}

// signOff opens the mail's link many times, which decides nothing, and then posts the answer with the mail's code.
func (w *world) signOff(id, environment, who, answer string) {
	w.t.Helper()
	text, link, code := w.mailTo(who+"@example.org", "to "+environment), "", ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "https://"+w.Domain) && strings.Contains(line, "/answer/") && link == "" {
			link = line
		}
		if rest, ok := strings.CutPrefix(line, "Your code:"); ok {
			code = strings.ReplaceAll(strings.TrimSpace(rest), " ", "")
		}
	}
	if link == "" || code == "" {
		w.t.Fatalf("the mail has no link or no code:\n%s", text)
	}
	for range 5 {
		if status, _ := w.page(link); status != 200 {
			w.t.Fatalf("the link answers %d", status)
		}
	}
	if d := w.deployment(id); d.Ended {
		w.t.Fatalf("GET alone has decided: %s", d.Status)
	}
	w.post(link, url.Values{"code": {"AAAAAA"}, "answer": {answer}, "note": {"guessed"}})
	if d := w.deployment(id); d.Ended {
		w.t.Fatalf("a wrong code has decided: %s", d.Status)
	}
	if status, body := w.post(link, url.Values{"code": {code}, "answer": {answer}, "note": {"checked"}}); status >= 400 {
		w.t.Fatalf("answering = %d %s", status, body)
	}
}
