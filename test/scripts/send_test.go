package scripts

import (
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// sends is a program that asks the server with a key: `sends $KEY PUT
// /v1/projects/App/variables '{…}'`. What comes back is stdout, its status first.
func sends(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 4 {
		ts.Fatalf("sends KEY METHOD PATH BODY")
	}
	r, err := http.NewRequest(args[1], ts.Getenv("SLIPWAY_URL")+args[2], strings.NewReader(args[3]))
	ts.Check(err)
	r.Header.Set("X-Slipway-ApiKey", args[0])
	answer, err := http.DefaultClient.Do(r)
	ts.Check(err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	ts.Check(err)
	fmt.Fprintf(ts.Stdout(), "%d %s\n", answer.StatusCode, body)
	if refused := answer.StatusCode >= 400; refused != neg {
		ts.Fatalf("%s %s: %s %s", args[1], args[2], answer.Status, body)
	}
}
