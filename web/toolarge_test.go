package web

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// Simple clients send all of a body before they read: they are to see why it was
// refused, and what they asked for is not done beside the body.
func TestBodiesThatAreTooLarge(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	server := httptest.NewServer(h.server)
	defer server.Close()
	for _, c := range []struct{ method, path, kind string }{
		{"POST", "/v1/users/dora/disable", "application/json"}, {"POST", "/v1/releases", "application/json"}, {"POST", "/environments/new", "application/x-www-form-urlencoded"},
	} {
		if got := sentWhole(t, server.Listener.Addr().String(), c.method, c.path, c.kind, h.key); got != http.StatusRequestEntityTooLarge {
			t.Errorf("%s %s with 10 MB: got %d, want 413", c.method, c.path, got)
		}
	}
	users, err := h.records.Users(t.Context())
	h.must(err)
	for _, u := range users {
		if u.Disabled {
			t.Errorf("%s was disabled whatever came along", u.Username)
		}
	}
}

func sentWhole(t *testing.T, at, method, path, kind, key string) int {
	t.Helper()
	conn, err := net.Dial("tcp", at)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(time.Minute))
	const length = 10 << 20
	fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: localhost\r\nX-Slipway-ApiKey: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n", method, path, key, kind, length)
	piece := strings.Repeat("x", 64<<10)
	for range length / len(piece) {
		if _, err := conn.Write([]byte(piece)); err != nil {
			t.Errorf("%s %s: %v", method, path, err)
			return 0
		}
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Errorf("%s %s: %v", method, path, err)
		return 0
	}
	answer.Body.Close()
	return answer.StatusCode
}
