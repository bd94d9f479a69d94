package tutorials

import (
	"io"
	"net/http"
	"strconv"
	"testing"
	"time"

	"slipway/test/hosts"
)

// home is the deploying user's folder on test hosts.
const home = "/home/Octopus"

// page reads a page of a host; the status is 0 where nobody answers.
func page(h *hosts.Host, port int, path string) (status int, body string) {
	client := http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Get(h.URL(port, path))
	if err != nil {
		return 0, ""
	}
	defer answer.Body.Close()
	b, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, ""
	}
	return answer.StatusCode, string(b)
}

// answers waits until a page is what it should be: NGINX lets go of its old workers only after a reload has come back.
func answers(t *testing.T, h *hosts.Host, port int, want string) {
	t.Helper()
	got := ""
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if _, got = page(h, port, "/"); got == want {
			return
		}
	}
	t.Fatalf("%s answers %q, want %q", h.URL(port, "/"), got, want)
}

// there says whether a path exists on the host.
func there(t *testing.T, h *hosts.Host, path string) bool {
	t.Helper()
	return h.Exec(t, "test -e '"+path+"' && echo yes || echo no") == "yes"
}

// touch lets a script go on that waits for the file.
func touch(t *testing.T, h *hosts.Host, path string) {
	t.Helper()
	h.Exec(t, "touch '"+path+"'")
}

// fingerprint covers names, modes and bytes of everything below a folder.
func fingerprint(t *testing.T, h *hosts.Host, dir string) string {
	t.Helper()
	return h.Exec(t, "cd '"+dir+"' && find . -type f -exec sha256sum {} + | sort -k2; find . -printf '%p %y %m %U %l\\n' | sort")
}

// count is the number of lines in a file on the host, 0 where there is none.
func count(t *testing.T, h *hosts.Host, path string) int {
	t.Helper()
	n, err := strconv.Atoi(h.Exec(t, "cat '"+path+"' 2>/dev/null | wc -l"))
	if err != nil {
		t.Fatal(err)
	}
	return n
}
