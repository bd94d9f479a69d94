package mail

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/mail"
	"strings"
	"unicode"
)

// Check refuses what cannot or must not become a mail. A line break in a field
// that becomes a header would let its author add headers of his own, so no
// header field may hold a control character.
func (m Message) Check() error {
	if m.ID == "" {
		return &FieldError{"ID", "is empty: it is what makes a repeated mail harmless"}
	}
	if m.Date.IsZero() {
		return &FieldError{"Date", "is not set"}
	}
	if err := oneLine("Subject", m.Subject); err != nil {
		return err
	}
	if err := address("From", m.From); err != nil {
		return err
	}
	if m.ReplyTo != "" {
		if err := address("ReplyTo", m.ReplyTo); err != nil {
			return err
		}
	}
	return m.checkRecipients()
}

func (m Message) checkRecipients() error {
	if len(m.To) == 0 {
		return &FieldError{"To", "is empty: a mail needs at least one recipient"}
	}
	for i, to := range m.To {
		if err := address(fmt.Sprintf("To[%d]", i), to); err != nil {
			return err
		}
	}
	return nil
}

func oneLine(field, value string) error {
	for _, r := range value {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return &FieldError{field, fmt.Sprintf("holds a line break or control character (%q): write it on one line", r)}
		}
	}
	return nil
}

func address(field, value string) error {
	if value == "" {
		return &FieldError{field, "is empty: write an address like `name@example.org`"}
	}
	if err := oneLine(field, value); err != nil {
		return err
	}
	if _, err := mail.ParseAddress(value); err != nil {
		return &FieldError{field, fmt.Sprintf("is no mail address: %q; write it like `name@example.org` or `Name <name@example.org>`", value)}
	}
	return nil
}

// MessageID is the Message-ID of a checked message, without angle brackets:
// always the same for the same ID and sender.
func (m Message) MessageID() string {
	domain := "slipway.invalid"
	if a, err := mail.ParseAddress(m.From); err == nil {
		domain = a.Address[strings.LastIndexByte(a.Address, '@')+1:]
	}
	return localPart(m.ID) + "@" + domain
}

// localPart turns any key into characters that a Message-ID may hold. What is
// long or unusual becomes a hash, so that two keys never meet.
func localPart(id string) string {
	plain := len(id) <= 128 && !strings.HasPrefix(id, ".") && !strings.HasSuffix(id, ".") && !strings.Contains(id, "..")
	for _, r := range id {
		plain = plain && (r == '.' || r == '-' || r == '_' || r == '/' || r < 128 && (unicode.IsLetter(r) || unicode.IsDigit(r)))
	}
	if plain {
		return id
	}
	sum := sha256.Sum256([]byte(id))
	return "sha256-" + hex.EncodeToString(sum[:])
}
