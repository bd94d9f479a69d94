package sesmail

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"net/textproto"
	"strings"
	"time"

	"slipway/runner/mail"
)

// compose writes a checked message as it travels to these recipients. The same
// message gives the same bytes.
func compose(msg mail.Message, to []string) ([]byte, error) {
	var out bytes.Buffer
	header := func(field, value string) { out.WriteString(fold(field+": "+value) + "\r\n") }
	header("From", encoded(msg.From))
	header("To", encodedList(to))
	if msg.ReplyTo != "" {
		header("Reply-To", encoded(msg.ReplyTo))
	}
	header("Subject", mime.QEncoding.Encode("utf-8", msg.Subject))
	header("Date", msg.Date.UTC().Format(time.RFC1123Z))
	header("Message-ID", "<"+msg.MessageID()+">")
	// SES writes its own Message-ID over ours; this one stays.
	header("References", "<"+msg.MessageID()+">")
	// Keeps out-of-office answers from coming back.
	header("Auto-Submitted", "auto-generated")
	header("MIME-Version", "1.0")
	if msg.HTML == "" {
		header("Content-Type", "text/plain; charset=utf-8")
		header("Content-Transfer-Encoding", "quoted-printable")
		out.WriteString("\r\n")
		err := body(&out, msg.Text)
		return out.Bytes(), err
	}
	parts := multipart.NewWriter(&out)
	sum := sha256.Sum256([]byte(msg.ID))
	if err := parts.SetBoundary("=_" + hex.EncodeToString(sum[:16])); err != nil { // `=_` cannot stand in quoted-printable
		return nil, fmt.Errorf("mail %s: %w", msg.ID, err)
	}
	header("Content-Type", `multipart/alternative; boundary="`+parts.Boundary()+`"`)
	out.WriteString("\r\n")
	for _, part := range []struct{ kind, text string }{{"text/plain", msg.Text}, {"text/html", msg.HTML}} {
		w, err := parts.CreatePart(textproto.MIMEHeader{"Content-Type": {part.kind + "; charset=utf-8"}, "Content-Transfer-Encoding": {"quoted-printable"}})
		if err != nil {
			return nil, fmt.Errorf("mail %s: %w", msg.ID, err)
		}
		if err := body(w, part.text); err != nil {
			return nil, fmt.Errorf("mail %s: %w", msg.ID, err)
		}
	}
	if err := parts.Close(); err != nil {
		return nil, fmt.Errorf("mail %s: %w", msg.ID, err)
	}
	return out.Bytes(), nil
}

func body(to interface{ Write([]byte) (int, error) }, text string) error {
	w := quotedprintable.NewWriter(to)
	if _, err := w.Write([]byte(text)); err != nil {
		return err
	}
	return w.Close()
}

// fold breaks a header at spaces, so that no line is long.
func fold(line string) string {
	var out strings.Builder
	length := 0
	for i, word := range strings.Split(line, " ") {
		switch {
		case i == 0:
		case length > 0 && length+1+len(word) > 76 && word != "":
			out.WriteString("\r\n ")
			length = 1
		default:
			out.WriteByte(' ')
			length++
		}
		out.WriteString(word)
		length += len(word)
	}
	return out.String()
}

// encoded is an address in ASCII; the domain of a checked one is as it was written.
func encoded(address string) string {
	a, err := netmail.ParseAddress(address)
	if err != nil {
		return address
	}
	if a.Name == "" {
		return a.Address
	}
	return a.String()
}

func encodedList(all []string) string {
	out := make([]string, len(all))
	for i, a := range all {
		out[i] = encoded(a)
	}
	return strings.Join(out, ", ")
}

func bare(address string) string {
	a, err := netmail.ParseAddress(address)
	if err != nil {
		return address
	}
	return a.Address
}
