// Package dynamodb starts Amazon's DynamoDB Local for tests and for the whole product on one machine.
//
// It knows nothing of the adapter it serves, and imitates nothing itself: it makes tables as the stack has them and
// ends what it started.
//
// What a newcomer would miss: one emulator serves a whole test process, a table for each test. It throttles nobody
// and is consistent at once, so throttling and lost answers have to come from a transport in between.
package dynamodb

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"
)

// startTime is how long the emulator may take to answer: 3 s on a quiet machine.
const startTime = 60 * time.Second

// Server is one emulator.
type Server struct {
	dir  string // where its data lies; "" for memory
	port int

	mu    sync.Mutex
	java  *exec.Cmd
	ended chan struct{} // closed when java has ended
	said  *tail
}

// Missing says what this machine lacks to start an emulator, nil if nothing.
func Missing() error {
	if _, err := exec.LookPath("java"); err != nil {
		return errors.New("DynamoDB Local needs java (Debian: default-jre-headless)")
	}
	if _, err := os.Stat(filepath.Join(folder(), "DynamoDBLocal.jar")); err != nil {
		return fmt.Errorf("there is no DynamoDB Local in %s: test/emulators/dynamodb/install.sh puts it there", folder())
	}
	return nil
}

// folder is where install.sh puts the emulator.
func folder() string {
	tools := os.Getenv("SLIPWAY_TOOLS")
	if tools == "" {
		tools = "/var/cache/slipway/tools"
	}
	return filepath.Join(tools, "dynamodb")
}

// Start starts an emulator on a free port and waits until it answers. Its data lies in the folder dir, or in memory if
// dir is "". It ends with Stop or Kill, and on Linux with this process at the latest.
func Start(ctx context.Context, dir string) (*Server, error) {
	if err := Missing(); err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	s := &Server{dir: dir, port: port}
	return s, s.Again(ctx)
}

// Again starts a stopped or killed emulator under its old address. What it had in memory is gone, what it had in its
// folder is there.
func (s *Server) Again(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running() {
		return fmt.Errorf("the emulator on port %d runs already", s.port)
	}
	s.java, s.said, s.ended = s.command(), &tail{}, make(chan struct{})
	s.java.Stdout, s.java.Stderr = s.said, s.said
	started := make(chan error)
	go func() {
		// The child dies with the thread that made it, so that thread must stay.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := s.java.Start()
		started <- err
		if err == nil {
			_ = s.java.Wait() // killed by us, as a rule
			close(s.ended)
		}
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("start DynamoDB Local: %w", err)
	}
	return s.ready(ctx)
}

func (s *Server) command() *exec.Cmd {
	args := []string{
		"-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
		"-Djava.library.path=" + filepath.Join(folder(), "DynamoDBLocal_lib"), "-jar", filepath.Join(folder(), "DynamoDBLocal.jar"),
		"-sharedDb", "-disableTelemetry", "-port", fmt.Sprint(s.port),
	}
	if s.dir == "" {
		args = append(args, "-inMemory")
	} else {
		args = append(args, "-dbPath", s.dir)
	}
	java := exec.Command("java", args...)
	java.Dir = folder()
	java.SysProcAttr = dieWithParent()
	return java
}

// ready waits until the emulator answers anything at all.
func (s *Server) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.Endpoint(), nil)
		if err != nil {
			return err
		}
		if answer, err := http.DefaultClient.Do(request); err == nil {
			return answer.Body.Close()
		}
		select {
		case <-s.ended:
			return fmt.Errorf("DynamoDB Local ended at once: %s", s.said)
		case <-ctx.Done():
			_ = s.java.Process.Kill()
			<-s.ended
			return fmt.Errorf("DynamoDB Local does not answer on port %d: %w: %s", s.port, ctx.Err(), s.said)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Endpoint is the value for AWS_ENDPOINT_URL_DYNAMODB. It takes any region and credentials.
func (s *Server) Endpoint() string { return fmt.Sprintf("http://127.0.0.1:%d", s.port) }

// Stop ends the emulator in good order. A stopped one may be stopped again.
func (s *Server) Stop() error { return s.end(os.Interrupt) }

// Kill ends the emulator in the middle of whatever it does. It keeps its folder's files in order, but writes them a
// moment after it has answered: the last writes may be gone, each as a whole. DynamoDB itself forgets nothing.
func (s *Server) Kill() error { return s.end(os.Kill) }

func (s *Server) end(how os.Signal) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.running() {
		return nil
	}
	if err := s.java.Process.Signal(how); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-s.ended:
		return nil
	case <-time.After(10 * time.Second):
	}
	_ = s.java.Process.Kill()
	<-s.ended
	return nil
}

func (s *Server) running() bool {
	if s.ended == nil {
		return false
	}
	select {
	case <-s.ended:
		return false
	default:
		return s.java.Process != nil
	}
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// tail keeps the end of what the emulator says.
type tail struct {
	mu   sync.Mutex
	said []byte
}

func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.said = append(t.said, b...)
	if extra := len(t.said) - 4<<10; extra > 0 {
		t.said = t.said[extra:]
	}
	return len(b), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(string(t.said))
}
