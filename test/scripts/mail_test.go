package scripts

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// mail is what a kept mail says.
type mail struct {
	Key, Subject, Text string
	To                 []string
}

// letter waits for the newest mail to somebody and prints it as stdout does:
// `letter stella@example.org`, then `stdout Approve`.
func letter(ts *testscript.TestScript, _ bool, args []string) {
	m := newest(ts, args[0], args[1:]...)
	ts.Check(run(ts, "admin", "mail", "show", m.Key))
}

// newest waits for a mail to somebody whose newest one says all of this.
func newest(ts *testscript.TestScript, to string, saying ...string) mail {
	var found mail
	until(ts, "there is a mail to "+to, func() bool {
		var all []mail
		get(ts, "/v1/mail", &all)
		for _, m := range all {
			if strings.Contains(strings.Join(m.To, " "), to) {
				get(ts, "/v1/mail/"+url.PathEscape(m.Key), &found)
				return !slices.ContainsFunc(saying, func(text string) bool { return !strings.Contains(found.Text, text) })
			}
		}
		return false
	})
	return found
}

var (
	approveLink = regexp.MustCompile(`Approve:\s+(\S+)`)
	theCode     = regexp.MustCompile(`Your code:\s+([^\r\n]+)`)
)

// answer follows the link of the newest mail to somebody, as they would:
// `answer stella@example.org approve` with the mail's code, or with the one
// given as third. Whoever only opens the link has decided nothing.
func answer(ts *testscript.TestScript, neg bool, args []string) {
	m := newest(ts, args[0])
	link, code := approveLink.FindStringSubmatch(m.Text), theCode.FindStringSubmatch(m.Text)
	if link == nil || code == nil {
		ts.Fatalf("the mail %q has no link or no code:\n%s", m.Subject, m.Text)
	}
	given := strings.TrimSpace(code[1])
	if len(args) > 2 {
		given = args[2]
	}
	address, _, _ := strings.Cut(link[1], "?")
	opened, err := http.Get(link[1])
	ts.Check(err)
	opened.Body.Close()
	form := url.Values{"answer": {args[1]}, "code": {given}, "note": {"from the mail"}}
	done, err := http.PostForm(address, form)
	ts.Check(err)
	done.Body.Close()
	if (done.StatusCode == http.StatusOK) == neg {
		ts.Fatalf("answering %s by mail: %s", args[1], done.Status)
	}
}

// field keeps a part of the last stdout for later lines: `field NAME PATTERN`
// sets $NAME to the pattern's first group.
func field(ts *testscript.TestScript, _ bool, args []string) {
	pattern, err := regexp.Compile(args[1])
	ts.Check(err)
	found := pattern.FindStringSubmatch(ts.ReadFile("stdout"))
	if len(found) != 2 {
		ts.Fatalf("stdout has no %s", args[1])
	}
	ts.Setenv(args[0], found[1])
}
