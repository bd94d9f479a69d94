package browser

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"slipway/pipelines"
)

// refusing is a mail server that knows none of the people it is asked for, and
// gives its port.
func refusing(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go refuse(c)
		}
	}()
	return listener.Addr().(*net.TCPAddr).Port
}

func refuse(c net.Conn) {
	defer c.Close()
	fmt.Fprint(c, "220 mail.example.org\r\n")
	for lines := bufio.NewScanner(c); lines.Scan(); {
		answer := "250 ok"
		switch word, _, _ := strings.Cut(strings.ToUpper(lines.Text()), " "); word {
		case "RCPT":
			answer = "550 5.1.1 no such user"
		case "QUIT":
			fmt.Fprint(c, "221 bye\r\n")
			return
		}
		fmt.Fprintf(c, "%s\r\n", answer)
	}
}

// A mail that will not go out is told where mail is set up, with the server's own
// words, and leads to the deployment it was about.
func TestMailThatIsRefusedIsTold(t *testing.T) {
	t.Parallel()
	s := startTutorial(t)
	s.slipway("", "mail", "server", "set", "127.0.0.1", "--port", fmt.Sprint(refusing(t)), "--security", "plain", "--from", "slipway@example.org")
	id := s.deploy("Test")
	s.becomes(id, pipelines.Waiting)
	b := s.tab(t)
	b.do(chromedp.EmulateViewport(390, 844))
	b.signIn("admin")
	shown := there("mail-failures") + ` && document.querySelector('` + byTestID("mail-failures") + `').innerText`
	b.until(`(location.pathname === '/settings' ? ` + shown + ` : '') ? true : (location.href = '/settings', false)`)
	text := evaluate[string](b, shown)
	for _, want := range []string{"stella@example.org", "5.1.1 no such user", id} {
		if !strings.Contains(text, want) {
			t.Errorf("the settings page says of the refused mail %q, without %q", text, want)
		}
	}
	if wide := evaluate[int64](b, "document.documentElement.scrollWidth"); wide > 390 {
		t.Errorf("the page is %d px wide on a phone", wide)
	}
	b.press(byTestID("mail-failures") + " a")
	if b.deployment() != id {
		t.Errorf("the refused mail leads to %s, want %s", b.deployment(), id)
	}
}
