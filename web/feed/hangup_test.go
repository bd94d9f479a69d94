package feed

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math/rand"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"slipway/pipelines/packagefile"
)

// large is more than any buffer between two programs holds.
const large = 40 << 20

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// Whoever pushes much with a wrong key learns that, and not that the line is dead.
func TestALargePushHearsItsRefusal(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.feed.MaxPackage = 1 << 30
	server := httptest.NewServer(s.handler)
	t.Cleanup(server.Close)
	for _, c := range []struct {
		name   string
		length int64
		want   string
	}{
		{"with its length", large, "401"},
		{"in pieces", -1, "401"},
		{"too large at that", 2 << 30, "401"},
	} {
		body := io.LimitReader(zeros{}, large)
		if c.length > large {
			body = io.LimitReader(zeros{}, c.length)
		}
		r, err := http.NewRequestWithContext(t.Context(), "PUT", server.URL+"/nuget/packages", body)
		must(t, err)
		r.ContentLength = c.length
		r.Header.Set(keyHeader, "API-WRONG")
		answer, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Errorf("%s: %v, want %s", c.name, err, c.want)
			continue
		}
		answer.Body.Close()
		if !strings.HasPrefix(answer.Status, c.want) {
			t.Errorf("%s: %s, want %s", c.name, answer.Status, c.want)
		}
	}
}

func TestNuGetPushesMuchWithAWrongKey(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("nuget"); err != nil {
		t.Skip("there is no nuget here")
	}
	s := newShop(t)
	s.feed.MaxPackage = 1 << 30
	server := httptest.NewServer(s.handler)
	t.Cleanup(server.Close)
	noise := make([]byte, 16<<20)
	_, _ = rand.New(rand.NewSource(1)).Read(noise)
	var pkg bytes.Buffer
	must(t, packagefile.Pack(&pkg, packagefile.PackInput{ID: "Big", Version: "1.0.0", Format: packagefile.Nupkg, Files: fstest.MapFS{"noise.bin": {Data: noise}}}))
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "Big.1.0.0.nupkg"), pkg.Bytes(), 0o644))
	cmd := exec.CommandContext(t.Context(), "nuget", "push", "Big.1.0.0.nupkg", "API-WRONG", "-Source", server.URL+"/nuget/packages", "-NonInteractive")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "HOME="+dir)
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "provide credentials") {
		t.Errorf("nuget push: %v, %s; want it to ask for credentials", err, out)
	}
}

// Reading on is for a few at a time: more of them are cut off, so that nobody
// keeps us busy with uploads that are refused.
func TestFewAreHeardOut(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.feed.MaxPackage = 1 << 30
	server := httptest.NewServer(s.handler)
	t.Cleanup(server.Close)
	taken := func() int64 {
		conn, err := net.Dial("tcp", server.Listener.Addr().String())
		must(t, err)
		defer conn.Close()
		fmt.Fprintf(conn, "PUT /nuget/packages HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n", large)
		answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
		must(t, err)
		answer.Body.Close()
		n, _ := io.CopyN(conn, zeros{}, large) // a line that is cut is what is counted
		return n
	}
	if n := taken(); n != large {
		t.Errorf("of an upload %d bytes were taken, want %d", n, large)
	}
	s.feed.hearing.Add(readOnAtOnce)
	if n := taken(); n == large {
		t.Errorf("one more than %d is heard out, too", readOnAtOnce)
	}
}
