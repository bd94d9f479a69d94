package tableblobs

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestKilledWhilePutting kills a process that puts without end, small ones and large ones, and looks at what it left:
// everything it has reported, and nothing that is not whole.
func TestKilledWhilePutting(t *testing.T) {
	t.Parallel()
	if dir := os.Getenv("PUT_WITHOUT_END_INTO"); dir != "" {
		putWithoutEnd(t, dir)
	}
	dir := t.TempDir()
	for round := range 5 {
		reported := reportedBefore(t, dir, round, 40+round*17)
		h := enter(t, dir, "logs/")
		for _, name := range reported {
			want(t, h, name, contentOf(name))
		}
		infos, err := h.List(t.Context(), "", "", 0)
		if err != nil || len(infos) < len(reported) {
			t.Fatalf("List: got %d blobs and %v, want at least %d", len(infos), err, len(reported))
		}
		for _, info := range infos {
			want(t, h, info.Name, contentOf(info.Name))
			if err := h.Delete(t.Context(), info.Name); err != nil {
				t.Fatal(err)
			}
		}
		if err := h.bolt.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// reportedBefore is what a life of the process has reported when it is killed, after so many or some more.
func reportedBefore(t *testing.T, dir string, round, most int) []string {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestKilledWhilePutting$")
	child.Env = append(os.Environ(), "PUT_WITHOUT_END_INTO="+dir, fmt.Sprintf("ROUND=%d", round))
	out, err := child.StdoutPipe()
	if err := errors.Join(err, child.Start()); err != nil {
		t.Fatal(err)
	}
	var reported []string
	for lines := bufio.NewScanner(out); len(reported) < most && lines.Scan(); {
		reported = append(reported, lines.Text())
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait() // it was killed
	return reported
}

func putWithoutEnd(t *testing.T, dir string) {
	h := enter(t, dir, "logs/")
	next := make(chan int)
	for range 4 {
		go func() {
			for i := range next {
				name := fmt.Sprintf("logs/%s-%d/%d", os.Getenv("ROUND"), i%3, i)
				if _, err := h.Put(t.Context(), name, strings.NewReader(contentOf(name))); err != nil {
					fmt.Println("error:", err)
					os.Exit(1)
				}
				fmt.Println(name)
			}
		}()
	}
	for i := 0; ; i++ {
		next <- i
	}
}

// contentOf is small for most names, and large for some.
func contentOf(name string) string {
	if strings.HasSuffix(name, "7") {
		return strings.Repeat(name, mostBytes)
	}
	return strings.Repeat(name, 20)
}
