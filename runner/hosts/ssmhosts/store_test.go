package ssmhosts

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/blobs"
)

// store is a blob store in memory with an HTTP door for hosts, which tests shut,
// slow down and break.
type store struct {
	server *httptest.Server

	mu      sync.Mutex
	blobs   map[string][]byte
	leaves  map[string]leave // by the secret in a signed address or form
	puts    []put
	away    bool // hosts get no answer
	refuse  bool // hosts are told that every leave is over
	break_  int  // the next so many reads end after half of what is left
	reads   int
	ranges  []string
	changed []string // names put again with other bytes
}

type leave struct {
	name, prefix string
	most         int64
	until        time.Time
}

// put is one post of a host.
type put struct {
	name string
	at   time.Time
}

func newStore(t testing.TB) *store {
	s := &store{blobs: map[string][]byte{}, leaves: map[string]leave{}}
	s.server = httptest.NewServer(s)
	t.Cleanup(s.server.Close)
	return s
}

func (s *store) set(change func(*store)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

func (s *store) Put(_ context.Context, name string, r io.Reader) (blobs.Info, error) {
	if err := blobs.CheckName(name); err != nil {
		return blobs.Info{}, err
	}
	b, err := io.ReadAll(r)
	if err != nil {
		return blobs.Info{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, taken := s.blobs[name]; taken {
		return blobs.Info{}, blobs.ErrExists
	}
	s.blobs[name] = b
	return blobs.Info{Name: name, Size: int64(len(b))}, nil
}

func (s *store) Get(_ context.Context, name string) (io.ReadCloser, blobs.Info, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, there := s.blobs[name]
	if !there {
		return nil, blobs.Info{}, blobs.ErrNotFound
	}
	return io.NopCloser(bytes.NewReader(b)), blobs.Info{Name: name, Size: int64(len(b))}, nil
}

func (s *store) GetRange(ctx context.Context, name string, off, n int64) (io.ReadCloser, error) {
	return nil, fmt.Errorf("not asked for here")
}

func (s *store) List(_ context.Context, prefix, after string, limit int) ([]blobs.Info, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []blobs.Info
	for name, b := range s.blobs {
		if strings.HasPrefix(name, prefix) && name > after {
			all = append(all, blobs.Info{Name: name, Size: int64(len(b))})
		}
	}
	slices.SortFunc(all, func(a, b blobs.Info) int { return strings.Compare(a.Name, b.Name) })
	if limit == 0 {
		limit = blobs.MaxList
	}
	return all[:min(limit, len(all))], nil
}

func (s *store) Delete(_ context.Context, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.blobs, name)
	return nil
}

func (s *store) sign(l leave) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	secret := fmt.Sprintf("signature-%d-%x", len(s.leaves), sha256.Sum256([]byte(l.name+l.prefix)))
	s.leaves[secret] = l
	return secret
}

func (s *store) SignGet(_ context.Context, name string, lasts time.Duration) (task.Request, error) {
	secret := s.sign(leave{name: name, until: time.Now().Add(lasts)})
	return task.Request{Method: http.MethodGet, URL: s.server.URL + "/store/" + name + "?X-Amz-Signature=" + secret}, nil
}

func (s *store) SignPut(context.Context, string, string, time.Duration) (task.Request, error) {
	return task.Request{}, fmt.Errorf("not asked for here")
}

func (s *store) SignForm(_ context.Context, prefix string, most int64, lasts time.Duration) (task.Form, error) {
	until := time.Now().Add(lasts)
	policy, err := json.Marshal(map[string]any{"expiration": until})
	secret := s.sign(leave{prefix: "store/" + prefix, most: most, until: until})
	return task.Form{URL: s.server.URL + "/", Prefix: "store/" + prefix, Fields: map[string]string{
		"policy": base64.StdEncoding.EncodeToString(policy), "x-amz-signature": secret,
	}}, err
}

// ServeHTTP is what hosts see of the bucket.
func (s *store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	away, refuse := s.away, s.refuse
	s.mu.Unlock()
	if away {
		panic(http.ErrAbortHandler)
	}
	if r.Method == http.MethodGet {
		s.serveGet(w, r, refuse)
		return
	}
	s.serveForm(w, r, refuse)
}

func (s *store) serveGet(w http.ResponseWriter, r *http.Request, refuse bool) {
	name := strings.TrimPrefix(r.URL.Path, "/store/")
	s.mu.Lock()
	l, known := s.leaves[r.URL.Query().Get("X-Amz-Signature")]
	b, there := s.blobs[name]
	s.reads++
	s.ranges = append(s.ranges, r.Header.Get("Range"))
	cut := s.break_ > 0 && strings.HasPrefix(name, "packages/")
	if cut {
		s.break_--
	}
	s.mu.Unlock()
	if !known || l.name != name || refuse || time.Now().After(l.until) {
		denied(w)
		return
	}
	if !there {
		http.NotFound(w, r)
		return
	}
	if cut {
		w = &half{ResponseWriter: w, left: len(b) / 4}
	}
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b))
}

// half breaks the connection in the middle.
type half struct {
	http.ResponseWriter
	left int
}

func (h *half) Write(p []byte) (int, error) {
	if len(p) > h.left {
		h.ResponseWriter.Write(p[:h.left])
		h.ResponseWriter.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
	h.left -= len(p)
	return h.ResponseWriter.Write(p)
}

func (s *store) serveForm(w http.ResponseWriter, r *http.Request, refuse bool) {
	if err := r.ParseMultipartForm(8 << 20); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	key := r.FormValue("key")
	file, _, err := r.FormFile("file")
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	b, _ := io.ReadAll(file)
	s.mu.Lock()
	defer s.mu.Unlock()
	l, known := s.leaves[r.FormValue("x-amz-signature")]
	name, ours := strings.CutPrefix(key, "store/")
	if !known || !ours || l.prefix == "" || !strings.HasPrefix(key, l.prefix) || int64(len(b)) > l.most || refuse || time.Now().After(l.until) || blobs.CheckName(name) != nil {
		denied(w)
		return
	}
	if old, taken := s.blobs[name]; taken && !bytes.Equal(old, b) {
		s.changed = append(s.changed, name)
	}
	s.blobs[name] = b
	s.puts = append(s.puts, put{name, time.Now()})
	w.WriteHeader(http.StatusNoContent)
}

func denied(w http.ResponseWriter) {
	w.WriteHeader(http.StatusForbidden)
	io.WriteString(w, `<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Invalid according to Policy: Policy expired.</Message></Error>`)
}

// expire ends every leave given so far.
func (s *store) expire() {
	s.set(func(s *store) {
		for secret, l := range s.leaves {
			l.until = time.Now().Add(-time.Second)
			s.leaves[secret] = l
		}
	})
}

func (s *store) names(prefix string) []string {
	all, _ := s.List(context.Background(), prefix, "", 0)
	var names []string
	for _, info := range all {
		names = append(names, info.Name)
	}
	return names
}

func (s *store) read(name string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.blobs[name]
}

func hashOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func packed(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	w.Close()
	return b.Bytes()
}
