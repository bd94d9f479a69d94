package gateway

import (
	"net/http"
	"net/http/httptest"
	"time"
)

// Kind is what goes wrong.
type Kind string

// What can go wrong with a call.
const (
	Throttle Kind = "throttle" // the service says "too many", in its own words
	Broken   Kind = "broken"   // the service has an internal error
	Late     Kind = "late"     // the answer takes Delay
	Cut      Kind = "cut"      // the service does it, and the connection ends before the answer
	Lost     Kind = "lost"     // the connection ends before the service hears of it
	Skewed   Kind = "skewed"   // the service's clock is Delay ahead of the caller's: the signature is from another time
)

// Fault is trouble for some calls.
type Fault struct {
	Kind      Kind
	Operation string // "" is every operation
	Resource  string // "" is every resource
	After     int    // so many calls of it pass first
	Times     int    // then so many are struck; 0 is all
	Delay     time.Duration
}

// Add makes trouble from now on.
func (g *Gateway) Add(f Fault) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if f.Times == 0 {
		f.Times = 1 << 30
	}
	g.faults = append(g.faults, &f)
}

// Calm ends all trouble.
func (g *Gateway) Calm() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.faults = nil
}

// due is the fault that strikes this call.
func (g *Gateway) due(operation, resource string) *Fault {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, f := range g.faults {
		if f.Operation != "" && f.Operation != operation || f.Resource != "" && f.Resource != resource || f.Times == 0 {
			continue
		}
		if f.After > 0 {
			f.After--
			continue
		}
		f.Times--
		return f
	}
	return nil
}

// strike lets the fault happen and says whether the call goes on to the service all the same.
func (g *Gateway) strike(w *watcher, r *http.Request, f *Fault) bool {
	switch f.Kind {
	case Throttle:
		throttle(w, g.settings.Service)
	case Broken:
		refuse(w, g.settings.Service, http.StatusInternalServerError, "InternalServerError", "The request processing has failed because of an unknown error, exception or failure.")
	case Lost:
		hangUp(w)
	case Cut:
		done := httptest.NewRecorder()
		g.on.ServeHTTP(done, r)
		hangUp(w)
		w.status = done.Code
	case Skewed:
		return !skewed(w, g.settings.Service, r, f.Delay)
	case Late:
		select {
		case <-time.After(f.Delay):
			return true
		case <-r.Context().Done():
		}
	}
	return false
}

// hangUp ends the connection without an answer.
func hangUp(w *watcher) {
	connection, _, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err == nil {
		_ = connection.Close()
	}
}

// skewed refuses a signature that is older or younger than the service's clock allows, and tells its time in the Date header:
// "The difference between the request time and the server's time is too large" (Amazon S3 API Reference, error RequestTimeTooSkewed);
// "Signature expired" (DynamoDB, InvalidSignatureException). Fifteen minutes are allowed by S3, five by the others.
func skewed(w *watcher, service string, r *http.Request, ahead time.Duration) bool {
	now := time.Now().Add(ahead)
	allowed := 5 * time.Minute
	if service == "S3" {
		allowed = 15 * time.Minute
	}
	signed, err := time.Parse("20060102T150405Z", r.Header.Get("X-Amz-Date"))
	w.Header().Set("Date", now.UTC().Format(http.TimeFormat))
	if err != nil || now.Sub(signed).Abs() <= allowed {
		return false
	}
	if service == "S3" {
		refuse(w, service, http.StatusForbidden, "RequestTimeTooSkewed", "The difference between the request time and the server's time is too large.")
		return true
	}
	refuse(w, service, http.StatusBadRequest, "InvalidSignatureException", "Signature expired: "+signed.Format("20060102T150405Z")+" is now earlier than "+now.Add(-allowed).UTC().Format("20060102T150405Z"))
	return true
}
