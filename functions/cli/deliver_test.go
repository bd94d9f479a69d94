package cli

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"slipway/pipelines"
	"slipway/pipelines/task"
	"slipway/runner/requests"
	"slipway/web/rest"
)

// signingServer is a server with a store of its own beside it, as far as pushes
// go. What it heard is kept as one line a request.
type signingServer struct {
	t     *testing.T
	store *httptest.Server

	mu     sync.Mutex
	heard  []string
	held   map[string]string // by hash
	refuse []string          // what the store says to the next uploads, "status code message"
	direct bool              // nothing is signed
	damage string            // hash that is signed in place of the right one
}

func newSigningServer(t *testing.T) *signingServer {
	s := &signingServer{t: t, held: map[string]string{}}
	s.store = httptest.NewServer(http.HandlerFunc(s.keep))
	t.Cleanup(s.store.Close)
	return s
}

func (s *signingServer) note(format string, args ...any) {
	s.heard = append(s.heard, fmt.Sprintf(format, args...))
}

// keep is the store: it takes bytes that have the hash in the signed header.
func (s *signingServer) keep(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.refuse) > 0 {
		var status int
		var code string
		_, _ = fmt.Sscan(s.refuse[0], &status, &code)
		_, message, _ := strings.Cut(s.refuse[0], code+" ")
		s.refuse = s.refuse[1:]
		s.note("store says %d", status)
		w.WriteHeader(status)
		fmt.Fprintf(w, "<?xml version=\"1.0\"?><Error><Code>%s</Code><Message>%s</Message></Error>", code, message)
		return
	}
	hash := sha256.New()
	n, _ := io.Copy(hash, r.Body)
	if r.Header.Get("X-Slipway-ApiKey")+r.Header.Get("Authorization") != "" {
		s.t.Errorf("the store was told who asks: %v", r.Header)
	}
	if got := hex.EncodeToString(hash.Sum(nil)); got != r.Header.Get("X-Sum") {
		s.note("store has other bytes")
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, "<Error><Code>XAmzContentChecksumMismatch</Code><Message>no</Message></Error>")
		return
	} else if _, there := s.held[got]; there {
		w.WriteHeader(http.StatusPreconditionFailed)
	} else {
		s.held[got] = "bytes"
		s.note("store keeps %d bytes, announced %d", n, r.ContentLength)
	}
}

func (s *signingServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	who := r.Header.Get("X-Slipway-ApiKey") + r.Header.Get("X-Octopus-ApiKey") + r.Header.Get("Authorization")
	if who == "API-WRONG" {
		writeJSON(w, http.StatusUnauthorized, rest.Error{Code: pipelines.Unauthenticated, Message: "sign in first, or send an API key"})
		return
	}
	path := r.URL.EscapedPath()
	switch {
	case r.Method == "PUT":
		n, _ := io.Copy(io.Discard, r.Body)
		s.note("%s puts %s, %d bytes", who, path, n)
		s.answer(w, n, "direct", false)
	case path == "/v1/packages/uploads":
		var a requests.Announcement
		must(s.t, json.NewDecoder(r.Body).Decode(&a))
		s.note("%s announces %s, %d bytes", who, a.FileName, a.Size)
		switch {
		case s.direct:
			writeJSON(w, http.StatusOK, rest.Upload{Direct: true})
		case s.held[a.SHA256] == "registered":
			writeJSON(w, http.StatusOK, rest.Upload{Received: &rest.Received{Package: pipelines.Package{ID: "Big", Version: "1.0.0", SHA256: a.SHA256, Size: a.Size}, Existed: true}})
		default:
			sum := a.SHA256
			if s.damage != "" {
				sum = s.damage
			}
			writeJSON(w, http.StatusOK, rest.Upload{Send: &rest.Send{Until: noon, Request: task.Request{Method: "PUT", URL: s.store.URL + "/packages/" + a.SHA256 + "?X-Signature=abc", Header: map[string]string{"X-Sum": sum, "If-None-Match": "*"}}}})
		}
	case strings.HasSuffix(path, "/done"):
		sum := strings.Split(path, "/")[4]
		var sent rest.Sent
		must(s.t, json.NewDecoder(r.Body).Decode(&sent))
		s.note("%s is done with %s", who, sent.FileName)
		if s.held[sum] == "" {
			writeJSON(w, http.StatusNotFound, rest.Error{Code: pipelines.NotFound, Message: "the bytes have not come in whole"})
			return
		}
		if strings.HasPrefix(sent.FileName, "Clash") {
			writeJSON(w, http.StatusConflict, rest.Error{Code: pipelines.Conflict, Message: "package Clash 1.0.0 is here already with other bytes"})
			return
		}
		s.held[sum] = "registered"
		s.answer(w, 0, sum, false)
	default:
		s.note("%s asks %s", who, r.Method+" "+r.URL.RequestURI())
		writeJSON(w, http.StatusOK, map[string]string{"here": r.URL.RequestURI(), "host": r.Host})
	}
}

func (s *signingServer) answer(w http.ResponseWriter, size int64, sum string, existed bool) {
	writeJSON(w, http.StatusOK, rest.Received{Package: pipelines.Package{ID: "Big", Version: "1.0.0", SHA256: sum, Size: size}, Existed: existed, Releases: []string{"1.0.0"}})
}

// saidSince are the lines since the last call.
func (s *signingServer) saidSince() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := strings.Join(s.heard, "\n")
	s.heard = nil
	return out
}

func (s *signingServer) wants(what, want string) {
	s.t.Helper()
	if got := s.saidSince(); got != want {
		s.t.Errorf("%s: the server heard\n%s\nwant\n%s", what, got, want)
	}
}

func bigFile(t *testing.T, name string) string {
	return write(t, filepath.Join(t.TempDir(), name), strings.Repeat("large ", 1<<20))
}

func TestPushBySignedRequest(t *testing.T) {
	t.Parallel()
	server := newSigningServer(t)
	s := somebody(t, server)
	big := bigFile(t, "Big.1.0.0.zip")
	sum := fmt.Sprintf("%x", sha256.Sum256([]byte(strings.Repeat("large ", 1<<20))))

	s.types("push", big).want(t, "push", 0, "Big 1.0.0  ", "sha256 "+sum, "  release 1.0.0\n", "!was there already")
	server.wants("push", "API-TEST announces Big.1.0.0.zip, 6291456 bytes\nstore keeps 6291456 bytes, announced 6291456\nAPI-TEST is done with Big.1.0.0.zip")
	s.types("push", big).want(t, "push again", 0, "(was there already)")
	server.wants("push again", "API-TEST announces Big.1.0.0.zip, 6291456 bytes")

	server.held[sum] = "bytes" // another had brought them, and not said that it was done
	s.types("push", big).want(t, "push what is half done", 0, "Big 1.0.0")
	server.wants("push what is half done", "API-TEST announces Big.1.0.0.zip, 6291456 bytes\nAPI-TEST is done with Big.1.0.0.zip")

	small := write(t, filepath.Join(t.TempDir(), "Small.1.0.0.zip"), strings.Repeat("x", smallUpload))
	s.types("push", small).want(t, "a small one", 0, "sha256 direct")
	server.wants("a small one", "API-TEST puts /v1/packages/Small.1.0.0.zip, 4194304 bytes")

	server.direct = true
	s.types("push", big).want(t, "where nothing is signed", 0, "sha256 direct")
	server.wants("where nothing is signed", "API-TEST announces Big.1.0.0.zip, 6291456 bytes\nAPI-TEST puts /v1/packages/Big.1.0.0.zip, 6291456 bytes")
	server.direct = false

	delete(server.held, sum)
	clash := bigFile(t, "Clash.1.0.0.zip")
	s.types("push", clash).want(t, "other bytes", 1, "slipway: package Clash 1.0.0 is here already with other bytes\n")
	s.env["SLIPWAY_API_KEY"] = "API-WRONG"
	s.types("push", clash).want(t, "nobody", 1, "slipway: sign in first")
}

func TestPushThatTheStoreRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		says   []string
		damage string
		code   int
		words  []string
	}{
		{"expired", []string{"403 AccessDenied Request has expired"}, "", 1, []string{"its leave ended at 2026-03-03T12:00:00Z: push again", "the server's clock is wrong", "nothing is registered yet"}},
		{"the credentials ended", []string{"400 ExpiredToken The provided token has expired."}, "", 1, []string{"push again"}},
		{"the clock", []string{"403 RequestTimeTooSkewed The difference is too large"}, "", 1, []string{"set the server's clock"}},
		{"changed on the way", nil, strings.Repeat("0", 64), 1, []string{"the file changed while it was sent, or was damaged on the way", "nothing is registered yet"}},
		{"too large", []string{"400 EntityTooLarge Your upload exceeds"}, "", 1, []string{"more than it takes in one request"}},
		{"not allowed", []string{"403 AccessDenied Access Denied"}, "", 1, []string{"403 Forbidden AccessDenied Access Denied"}},
		{"busy, then not", []string{"503 SlowDown wait", "409 ConditionalRequestConflict other"}, "", 0, []string{"Big 1.0.0"}},
		{"busy", []string{"503 SlowDown a", "503 SlowDown a", "503 SlowDown a"}, "", 1, []string{"it is busy (503 Service Unavailable SlowDown)"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server := newSigningServer(t)
			server.refuse, server.damage = c.says, c.damage
			s := somebody(t, server)
			s.types("push", bigFile(t, "Big.1.0.0.zip")).want(t, c.name, c.code, c.words...)
			if c.code != 0 && len(server.held) != 0 {
				t.Errorf("something is held: %v", server.held)
			}
		})
	}
	server := newSigningServer(t)
	server.held[fmt.Sprintf("%x", sha256.Sum256([]byte(large)))] = "bytes"
	server.refuse = []string{"503 SlowDown a", "503 SlowDown a", "503 SlowDown a"}
	somebody(t, server).types("push", bigFile(t, "Big.1.0.0.zip")).want(t, "the bytes are there, and nobody said so", 0, "Big 1.0.0")
	server = newSigningServer(t)
	server.store.Close()
	somebody(t, server).types("push", bigFile(t, "Big.1.0.0.zip")).want(t, "the store is away", 1, "did not come through (", "connection refused", "nothing is registered yet")
}
