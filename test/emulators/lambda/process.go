package lambda

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"time"
)

// initLimit: "The Init phase is limited to 10 seconds" (Understanding the Lambda execution environment lifecycle).
const initLimit = 10 * time.Second

// process is one execution environment.
type process struct {
	of      *Function
	cmd     *exec.Cmd
	api     *http.Server
	started time.Time
	init    time.Duration // set before ready is closed

	ready chan struct{} // closed at the first request for work
	asks  chan struct{} // one value for each later request for work
	jobs  chan *job
	dead  chan struct{} // closed when the process has ended
	exit  string        // how, set before dead is closed

	mu       sync.Mutex
	current  *job
	asked    bool
	initErr  []byte
	outdated bool // guarded by Function.mu
}

// job is one event on its way through a process.
type job struct {
	id       string
	payload  []byte
	deadline time.Time
	answer   chan outcome // takes one
}

// outcome is how an event ended for the process.
type outcome struct {
	payload []byte
	errType string // "" if the function answered
	maxRSS  int64
}

// start runs the function's program with the environment of the function and nothing of ours.
func (f *Function) start(bootstrap string) (*process, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &process{of: f, ready: make(chan struct{}), asks: make(chan struct{}, 1), jobs: make(chan *job), dead: make(chan struct{})}
	p.api = &http.Server{Handler: p.runtimeAPI()}
	go func() { _ = p.api.Serve(listener) }()
	p.cmd = exec.Command(bootstrap)
	p.cmd.Dir = filepath.Dir(bootstrap)
	p.cmd.Env = f.environment(listener.Addr().String())
	p.cmd.Stdout, p.cmd.Stderr = f.settings.Log, f.settings.Log
	p.cmd.SysProcAttr = ownGroup()
	p.started = time.Now()
	begun := make(chan error)
	go p.run(begun)
	if err := <-begun; err != nil {
		_ = p.api.Close()
		return nil, err
	}
	return p, nil
}

// run stays on the thread that starts the process: with it the kernel would take the process along.
func (p *process) run(begun chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := p.cmd.Start()
	begun <- err
	if err == nil {
		p.wait()
	}
}

// environment: "Lambda runtimes set several environment variables during initialization" (Defined runtime environment variables).
// There is no HOME among them.
func (f *Function) environment(api string) []string {
	s := f.settings
	all := map[string]string{
		"AWS_LAMBDA_RUNTIME_API": api, "AWS_LAMBDA_FUNCTION_NAME": s.Name, "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": strconv.Itoa(s.Memory),
		"AWS_LAMBDA_FUNCTION_VERSION": "$LATEST", "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
		"AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/" + s.Name, "AWS_LAMBDA_LOG_STREAM_NAME": time.Now().UTC().Format("2006/01/02") + "/[$LATEST]" + newID(),
		"AWS_REGION": s.Region, "AWS_DEFAULT_REGION": s.Region, "_HANDLER": "bootstrap", "LANG": "en_US.UTF-8", "TZ": ":UTC",
		"LAMBDA_TASK_ROOT": filepath.Dir(s.Bootstrap), "LAMBDA_RUNTIME_DIR": "/var/runtime", "PATH": "/usr/local/bin:/usr/bin/:/bin:/opt/bin",
	}
	for name, value := range s.Env {
		all[name] = value
	}
	var out []string
	for name, value := range all {
		out = append(out, name+"="+value)
	}
	return out
}

// wait sees the process end; an event it had is lost with it.
func (p *process) wait() {
	err := p.cmd.Wait()
	p.exit = "exit status 0"
	if ended := new(exec.ExitError); errors.As(err, &ended) {
		p.exit = ended.Error()
	}
	p.of.forget(p)
	close(p.dead)
	_ = p.api.Close()
}

// kill ends the process and its children without warning.
func (p *process) kill() { _ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) }

// freeze: "Lambda freezes the execution environment when the runtime and each extension have completed and there are no pending
// events" (Understanding the Lambda execution environment lifecycle).
func (p *process) freeze() { _ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGSTOP) }

func (p *process) thaw() { _ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGCONT) }

// awaitReady waits for the first request for work.
func (p *process) awaitReady() error {
	select {
	case <-p.ready:
		return nil
	case <-p.dead:
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.initErr != nil {
			return &initError{payload: p.initErr}
		}
		return &initError{payload: failure("Runtime.ExitError", "Error: Runtime exited with error: "+p.exit)}
	case <-time.After(initLimit):
		p.kill()
		return &initError{payload: failure("Sandbox.Timedout", fmt.Sprintf("Task timed out after %.2f seconds", initLimit.Seconds()))}
	}
}

// initError is a process that never asked for work.
type initError struct{ payload []byte }

func (e *initError) Error() string { return string(e.payload) }
