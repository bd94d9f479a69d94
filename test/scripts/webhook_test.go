package scripts

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// posts sends a message as a feed does: `posts STATUS PATH MESSAGE [TOKEN]`, where
// TOKEN is a word, or a file as `slipway feed webhook --json` writes it. A TOKEN in
// the path is the same one. The answer is stdout.
func posts(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 3 {
		ts.Fatalf("posts STATUS PATH MESSAGE [TOKEN]")
	}
	message, err := os.ReadFile(ts.MkAbs(args[2]))
	ts.Check(err)
	token := ""
	if len(args) > 3 {
		token = tokenIn(ts, args[3])
	}
	r, err := http.NewRequest(http.MethodPost, ts.Getenv("SLIPWAY_URL")+"/v1/"+strings.ReplaceAll(args[1], "TOKEN", token), bytes.NewReader(message))
	ts.Check(err)
	r.Header.Set("Content-Type", "application/json")
	if !strings.Contains(args[1], "TOKEN") {
		r.Header.Set("X-JFrog-Event-Auth", token)
	}
	answer, err := http.DefaultClient.Do(r)
	ts.Check(err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	ts.Check(err)
	_, err = ts.Stdout().Write(text)
	ts.Check(err)
	if got := strings.Fields(answer.Status)[0]; got != args[0] {
		ts.Fatalf("POST %s: got %s %s, want %s", args[1], answer.Status, text, args[0])
	}
}

func tokenIn(ts *testscript.TestScript, name string) string {
	text, err := os.ReadFile(ts.MkAbs(name))
	if err != nil {
		return name
	}
	var made struct{ Token string }
	ts.Check(json.Unmarshal(text, &made))
	return made.Token
}

// asked waits until the server has asked a feed for new versions.
func asked(ts *testscript.TestScript, _ bool, args []string) {
	until(ts, "feed "+args[0]+" is asked", func() bool {
		var all []struct {
			Name  string
			Heard struct{ Asked string }
		}
		get(ts, "/v1/feeds", &all)
		for _, f := range all {
			if f.Name == args[0] && f.Heard.Asked != "" {
				return true
			}
		}
		return false
	})
}
