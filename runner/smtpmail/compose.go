package smtpmail

import (
	"bytes"
	"fmt"

	gomail "github.com/wneessen/go-mail"

	"slipway/runner/mail"
)

// compose writes the mail as it travels. The same message gives the same
// headers; only the boundary between its parts differs.
func compose(msg mail.Message) ([]byte, error) {
	m := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := m.From(msg.From); err != nil {
		return nil, &mail.FieldError{Field: "From", Reason: err.Error()}
	}
	if err := m.To(msg.To...); err != nil {
		return nil, &mail.FieldError{Field: "To", Reason: err.Error()}
	}
	if msg.ReplyTo != "" {
		if err := m.ReplyTo(msg.ReplyTo); err != nil {
			return nil, &mail.FieldError{Field: "ReplyTo", Reason: err.Error()}
		}
	}
	m.Subject(msg.Subject)
	m.SetDateWithValue(msg.Date)
	m.SetMessageIDWithValue(msg.MessageID())
	// Keeps out-of-office answers from coming back.
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetBodyString(gomail.TypeTextPlain, msg.Text)
	if msg.HTML != "" {
		m.AddAlternativeString(gomail.TypeTextHTML, msg.HTML)
	}
	var text bytes.Buffer
	if _, err := m.WriteTo(&text); err != nil {
		return nil, fmt.Errorf("mail %s: %w", msg.ID, err)
	}
	return text.Bytes(), nil
}
