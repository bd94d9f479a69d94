package s3

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// program is the versitygw process, reached by a socket: no port to be lost to somebody else.
type program struct {
	dir, hook, socket string
	client            *http.Client
	mu                sync.Mutex
	cmd               *exec.Cmd
	ended             chan struct{}
	said              bytes.Buffer
}

// newProgram makes a folder for the socket alone: a socket's path must be short.
func newProgram(dir, hook string) (*program, error) {
	short, err := os.MkdirTemp("", "s3-")
	if err != nil {
		return nil, err
	}
	p := &program{dir: dir, hook: hook, socket: filepath.Join(short, "s3")}
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", p.socket)
	}
	p.client = &http.Client{Transport: &http.Transport{DialContext: dial, MaxIdleConnsPerHost: 64}}
	return p, nil
}

func (p *program) config() aws.Config { return config("http://versitygw.invalid", p.client) }

func (p *program) start() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, err := os.Stat(Tool()); err != nil {
		return fmt.Errorf("versitygw is not at %s: run test/emulators/s3/install.sh", Tool())
	}
	data, versions := filepath.Join(p.dir, "data"), filepath.Join(p.dir, "versions")
	for _, dir := range []string{data, versions} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	if err := os.Remove(p.socket); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	p.cmd = exec.Command(Tool(), "--access", AccessKey, "--secret", SecretKey, "--region", Region, "--port", p.socket, "--keep-alive",
		"--quiet", "--event-webhook-url", p.hook, "--health", "/is-it-up", "posix", "--versioning-dir", versions, data)
	p.said.Reset()
	p.cmd.Stdout, p.cmd.Stderr = &p.said, &p.said
	p.cmd.SysProcAttr = dyingWithUs()
	p.ended = make(chan struct{})
	begun := make(chan error)
	go p.run(begun)
	if err := <-begun; err != nil {
		return err
	}
	return p.awaitAnswer()
}

// run stays on the thread that starts the process: with it the kernel takes the process along.
func (p *program) run(begun chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer close(p.ended)
	err := p.cmd.Start()
	begun <- err
	if err == nil {
		_ = p.cmd.Wait() // it was killed, or its words say why it ended
	}
}

func (p *program) awaitAnswer() error {
	deadline := time.Now().Add(30 * time.Second)
	for time.Now().Before(deadline) {
		answer, err := p.client.Get("http://versitygw.invalid/is-it-up")
		if err == nil {
			_ = answer.Body.Close()
			return nil
		}
		select {
		case <-p.ended:
			return fmt.Errorf("versitygw ended at once: %s", p.said.String())
		case <-time.After(10 * time.Millisecond):
		}
	}
	p.stop()
	return fmt.Errorf("versitygw did not answer within 30 s: %s", p.said.String())
}

func (p *program) kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stop()
}

// remove is after kill. The data stay.
func (p *program) remove() error { return os.RemoveAll(filepath.Dir(p.socket)) }

func (p *program) stop() {
	if p.cmd == nil {
		return
	}
	_ = p.cmd.Process.Kill() // it may have ended already
	<-p.ended
	p.cmd = nil
	p.client.CloseIdleConnections()
}
