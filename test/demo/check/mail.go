package main

import (
	"net/http"
	"net/url"
	"strings"
	"time"
)

// kept is a mail as the API shows it.
type kept struct {
	Key     string   `json:"key"`
	To      []string `json:"to"`
	Subject string   `json:"subject"`
	Text    string   `json:"text"`
}

// mail waits for the newest mail with a subject to somebody, and gives its
// text.
func (d *demo) mail(subject, to string) string {
	var found kept
	d.until("a mail «"+subject+"» to "+to, 15*time.Second, func() bool {
		var all []kept
		d.ask("GET", "/v1/mail", nil, &all)
		for _, m := range all {
			if strings.Contains(m.Subject, subject) && strings.Contains(strings.Join(m.To, " "), to) {
				return d.ask("GET", "/v1/mail/"+m.Key, nil, &found) == 200
			}
		}
		return false
	})
	return strings.ReplaceAll(found.Text, "\r\n", "\n")
}

// signOffMail is the link and the code that somebody got.
func (d *demo) signOffMail(environment, who string) (link, code string) {
	text := d.mail("Sign-off needed: Random Quotes 1.0.1 to "+environment, who+"@example.org")
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "http") && strings.Contains(line, "/answer/") && link == "" {
			link = line
		}
		if rest, ok := strings.CutPrefix(line, "Your code:"); ok {
			code = strings.ReplaceAll(strings.TrimSpace(rest), " ", "")
		}
	}
	if link == "" || code == "" {
		d.fail("the mail has no link or no code:\n%s", text)
	}
	return link, code
}

// answer posts the form that the link leads to, as a browser would.
func (d *demo) answer(link, code, decision string) int {
	action, _, _ := strings.Cut(link, "?")
	req, err := http.NewRequest("POST", action, strings.NewReader(url.Values{"code": {code}, "answer": {decision}, "note": {"checked"}}.Encode()))
	d.must(err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	answer, err := http.DefaultClient.Do(req)
	d.must(err)
	defer answer.Body.Close()
	return answer.StatusCode
}
