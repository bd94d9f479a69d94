package route

import (
	"io"
	"net/http"
	"time"
)

// What is read on of a body that was refused, and for how long.
const (
	mostDropped  = 16 << 20
	dropsAtMost  = 30 * time.Second
	waitsToBeLet = "100-continue"
)

// bounded is a request's body as far as its route allows, with all of it behind.
type bounded struct {
	io.ReadCloser
	whole io.Reader
}

// Drop reads on what a client still sends of a body that is too large, and forgets it:
// many read no answer before they have sent all, and would see a broken pipe.
func Drop(w http.ResponseWriter, r *http.Request) {
	body, ok := r.Body.(*bounded)
	if !ok || r.ContentLength > mostDropped || r.Header.Get("Expect") == waitsToBeLet {
		return
	}
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(dropsAtMost)) // where the connection has none it is bounded elsewhere
	_, _ = io.CopyN(io.Discard, body.whole, mostDropped)
}
