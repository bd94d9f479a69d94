package pages

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// HeldMailPolicy goes with the HTML part of a held mail, which is somebody else's
// text: it may look like itself and open its links, and do nothing else. Only our
// own page may frame it.
const HeldMailPolicy = "sandbox " + heldMailSandbox + "; default-src 'none'; style-src 'unsafe-inline'; img-src data:; " +
	"form-action 'none'; base-uri 'none'; frame-ancestors 'self'"

// heldMailSandbox lets a link of the mail open beside our page, free of the sandbox.
const heldMailSandbox = "allow-popups allow-popups-to-escape-sandbox"

// HeldMailHTML is the HTML part as HeldMailHTMLPath serves it: its links open in a
// tab of their own, because no page of ours may stand in a frame.
func HeldMailHTML(html string) string {
	const base = `<base target="_blank">`
	start := len(html) - len(strings.TrimLeft(html, " \t\r\n"))
	if rest := html[start:]; len(rest) > 9 && strings.EqualFold(rest[:9], "<!doctype") {
		if end := strings.IndexByte(rest, '>'); end > 0 {
			return html[:start+end+1] + base + rest[end+1:] // a doctype is one only while it comes first
		}
	}
	return base + html
}

// HeldMails lists the mails that were kept for reading instead of sent.
type HeldMails struct {
	Frame
	Items []HeldMailItem // newest first
	// Settings is where a mail server is named, "" for who may not.
	Settings string
}

// HeldMailItem is one line of the list.
type HeldMailItem struct {
	ID, From, To, Subject string
	When                  Moment
}

// HeldMail is one held mail.
type HeldMail struct {
	Frame
	ID, From, To, Subject string
	When                  Moment
	HasHTML               bool // its own address is HeldMailHTMLPath
	Text                  string
}

// The height of a held mail's frame, in pixels: nothing tells a page how tall what
// stands in its frame has become, so it is reckoned, rather too tall, from the text
// that a phone shows.
const (
	mailLetters, mailLine, mailParagraph = 34, 25, 14
	mailAround, mailTallest              = 420, 4000
)

// height is enough for the mail on a phone.
func (v HeldMail) height() string {
	tall := mailAround
	for line := range strings.Lines(v.Text) {
		letters := utf8.RuneCountInString(strings.TrimSpace(line))
		tall += mailParagraph + mailLine*((letters+mailLetters-1)/mailLetters)
	}
	return strconv.Itoa(min(tall, mailTallest))
}
