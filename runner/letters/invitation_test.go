package letters

import (
	"strings"
	"testing"
)

func TestPasswordLetters(t *testing.T) {
	t.Parallel()
	const server, until = "https://deploy.example.org/slipway", "Fri 27 Nov 2026, 14:02 UTC"
	const token = "q83vASNFZ4mrze8BI0VniavN7wEjRWeJq83vASNFZ4k"
	for name, l := range map[string]interface{ Letter() (Letter, error) }{
		"invitation": Invitation{Username: "nina", By: "Ada Lovelace", Server: server, URL: server + "/invitation/" + token, Until: until},
		"reset":      Reset{Username: "nina", Server: server, URL: server + "/reset/" + token, Until: until},
		"invitation-hostile": Invitation{
			Username: "n</td></table>\r\nBcc: all@example.org", By: "\u202egro.elpmaxe@ada <script>alert(1)</script>\r\nX-Header: 1",
			Server: server, URL: server + "/invitation/x?a=1&b=\"2\"", Until: until,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := l.Letter()
			if err != nil {
				t.Fatal(err)
			}
			if strings.ContainsAny(got.Subject, "\r\n") || strings.Contains(got.HTML, "<script") || strings.Contains(got.Text, "\nBcc:") || strings.Contains(got.Text, "\nX-Header:") {
				t.Errorf("what somebody is called breaks out: %q\n%s\n%s", got.Subject, got.Text, got.HTML)
			}
			if n := strings.Count(got.HTML, "<a "); n != 1 {
				t.Errorf("%d links in the letter, want the one that people look for", n)
			}
			for i, line := range strings.Split(got.Text, "\n") {
				if len(line) > 78 && !strings.Contains(line, "://") {
					t.Errorf("text line %d has %d characters: %s", i+1, len(line), line)
				}
			}
			golden(t, name+".html", got.HTML)
			golden(t, name+".txt", "Subject: "+got.Subject+"\n\n"+got.Text)
		})
	}
	for _, address := range []string{"", "/invitation/x", "javascript:alert(1)", "file:///etc/passwd"} {
		if l, err := (Reset{Username: "nina", Server: server, URL: address}).Letter(); err == nil {
			t.Errorf("Letter() with the link %q = %+v, want an error", address, l)
		}
	}
}
