package web

import (
	"compress/gzip"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"slipway/web/route"
)

// compressed makes the routes that read send text smaller to who takes it so.
//
// Only answers to GET, and none at an address that is itself a proof: from the
// lengths of compressed answers one who can put text into them may guess what
// else is in them. What is left to guess there is nothing: cookies are not sent
// with other sites' requests, there are no tokens in forms, and a key or a code
// is shown once, in the answer to a POST.
func compressed(routes []route.Route) []route.Route {
	out := make([]route.Route, len(routes))
	for i, r := range routes {
		if reads(r.Pattern) && !strings.Contains(r.Pattern, "{token}") {
			r.Serve = compressing(r.Serve)
		}
		out[i] = r
	}
	return out
}

// reads says whether a pattern takes GET, and with it HEAD.
func reads(pattern string) bool {
	method, _, named := strings.Cut(pattern, " ")
	return !named || method == http.MethodGet
}

func compressing(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			next(w, r)
			return
		}
		c := &compressor{ResponseWriter: w, wanted: takesGzip(r) && r.Header.Get("Range") == "", head: r.Method == http.MethodHead}
		next(c, r)
		c.close()
	}
}

// takesGzip says whether a client has named gzip among what it takes, and not
// with the weight 0.
func takesGzip(r *http.Request) bool {
	all := false
	for _, part := range strings.Split(strings.Join(r.Header.Values("Accept-Encoding"), ","), ",") {
		name, parameters, _ := strings.Cut(part, ";")
		name, weight := strings.ToLower(strings.TrimSpace(name)), 1.0
		if q, ok := strings.CutPrefix(strings.ReplaceAll(strings.ToLower(parameters), " ", ""), "q="); ok {
			weight, _ = strconv.ParseFloat(q, 64) // what cannot be read is no wish
		}
		switch name {
		case "gzip", "x-gzip":
			return weight > 0
		case "*":
			all = weight > 0
		}
	}
	return all
}

// worthIt is how long an answer must be: a shorter one is a single packet
// either way.
const worthIt = 1200

// compressor is an answer whose beginning is held back until it is known whether
// it is worth compressing: when there is enough of it, when the handler wants it
// sent, or at the end.
type compressor struct {
	http.ResponseWriter
	wanted, head bool

	status  int    // 0 before the handler says it
	held    []byte // the beginning, until decided
	decided bool
	packer  *gzip.Writer // nil where the answer goes out as it is
}

// packers are kept, since one takes more memory than most of what it packs.
// Their level is the fastest: pages are made anew for each request.
var packers = sync.Pool{New: func() any {
	w, _ := gzip.NewWriterLevel(io.Discard, gzip.BestSpeed) // fails only for a level that does not exist
	return w
}}

// Unwrap is for http.ResponseController.
func (c *compressor) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// WriteHeader implements http.ResponseWriter.
func (c *compressor) WriteHeader(status int) {
	switch {
	case c.status != 0:
		return
	case status < 200:
		c.ResponseWriter.WriteHeader(status)
		return
	}
	c.status = status
	if !c.mayPack() {
		c.decide(false)
	}
}

// mayPack says whether the answer is text that nobody has packed, and notes that
// the same address may be answered in two forms.
func (c *compressor) mayPack() bool {
	h := c.Header()
	text := isText(h.Get("Content-Type")) && h.Get("Content-Encoding") == "" && h.Get("Content-Range") == "" &&
		c.status != http.StatusNoContent && c.status != http.StatusNotModified && c.status != http.StatusPartialContent
	if text {
		variesByEncoding(h)
	}
	return text && c.wanted
}

// variesByEncoding tells caches that the same address is answered in two forms.
func variesByEncoding(h http.Header) {
	if !strings.Contains(strings.Join(h.Values("Vary"), ","), "Accept-Encoding") {
		h.Add("Vary", "Accept-Encoding")
	}
}

func isText(kind string) bool {
	kind, _, _ = strings.Cut(kind, ";")
	kind = strings.ToLower(strings.TrimSpace(kind))
	if kind == "text/event-stream" {
		return false
	}
	return strings.HasPrefix(kind, "text/") || strings.HasSuffix(kind, "+json") || strings.HasSuffix(kind, "+xml") ||
		kind == "application/json" || kind == "application/xml" || kind == "application/x-ndjson" || kind == "application/yaml"
}

// decide sends the header, and what was held back after it.
func (c *compressor) decide(pack bool) {
	c.decided = true
	if pack {
		h := c.Header()
		h.Set("Content-Encoding", "gzip")
		h.Del("Content-Length")
		h.Del("Accept-Ranges")
		if tag := h.Get("ETag"); strings.HasPrefix(tag, `"`) {
			h.Set("ETag", "W/"+tag) // the same page, in other bytes
		}
	}
	c.ResponseWriter.WriteHeader(c.status)
	if pack && !c.head {
		c.packer = packers.Get().(*gzip.Writer)
		c.packer.Reset(c.ResponseWriter)
	}
	held := c.held
	c.held = nil
	if len(held) > 0 {
		_, _ = c.send(held) // who asked has gone: the next write says so
	}
}

// Write implements http.ResponseWriter.
func (c *compressor) Write(b []byte) (int, error) {
	if c.status == 0 {
		if c.Header().Get("Content-Type") == "" {
			c.Header().Set("Content-Type", http.DetectContentType(b))
		}
		c.WriteHeader(http.StatusOK)
	}
	if c.decided {
		return c.send(b)
	}
	c.held = append(c.held, b...)
	if len(c.held) >= worthIt {
		c.decide(true)
	}
	return len(b), nil
}

func (c *compressor) send(b []byte) (int, error) {
	if c.packer != nil {
		return c.packer.Write(b)
	}
	return c.ResponseWriter.Write(b)
}

// ReadFrom lets a file that goes out as it is go the short way.
func (c *compressor) ReadFrom(from io.Reader) (int64, error) {
	if c.decided && c.packer == nil {
		return io.Copy(c.ResponseWriter, from)
	}
	return io.Copy(writeOnly{c}, from)
}

type writeOnly struct{ io.Writer }

// FlushError sends what there is: a handler that writes bit by bit is read so.
func (c *compressor) FlushError() error {
	if c.status == 0 {
		c.WriteHeader(http.StatusOK)
	}
	if !c.decided {
		c.decide(true)
	}
	if c.packer != nil {
		if err := c.packer.Flush(); err != nil {
			return err
		}
	}
	return http.NewResponseController(c.ResponseWriter).Flush()
}

// Flush implements http.Flusher.
func (c *compressor) Flush() { _ = c.FlushError() }

// close ends the answer. A handler that never wrote anything leaves it to the server.
func (c *compressor) close() {
	switch {
	case c.status == 0:
		return
	case !c.decided:
		c.endShort()
	case c.packer != nil:
		_ = c.packer.Close() // who asked has gone
		c.packer.Reset(io.Discard)
		packers.Put(c.packer)
	}
}

// endShort sends an answer that is not worth compressing. One to HEAD may have
// held back nothing of a long one: its header then says what GET would.
func (c *compressor) endShort() {
	length, err := strconv.Atoi(c.Header().Get("Content-Length"))
	c.decide(c.head && len(c.held) == 0 && err == nil && length >= worthIt)
}
