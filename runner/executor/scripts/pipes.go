package scripts

import (
	"os"
	"os/exec"
	"sync"
	"time"

	"slipway/pipelines/task"
)

// outputs are the two pipes a script writes to.
type outputs struct {
	readers [2]*os.File
	writers [2]*os.File
}

func openOutputs(cmd *exec.Cmd) (*outputs, error) {
	var o outputs
	for i := range o.readers {
		r, w, err := os.Pipe()
		if err != nil {
			o.close()
			return nil, err
		}
		o.readers[i], o.writers[i] = r, w
	}
	cmd.Stdout, cmd.Stderr = o.writers[0], o.writers[1]
	return &o, nil
}

func (o *outputs) closeWriters() {
	for _, w := range o.writers {
		w.Close()
	}
}

func (o *outputs) close() {
	for i := range o.readers {
		o.readers[i].Close()
		o.writers[i].Close()
	}
}

// readAll passes everything on; the channel is closed after the last byte.
func (o *outputs) readAll(to *speech) <-chan struct{} {
	var both sync.WaitGroup
	for i, stream := range []task.Stream{task.Stdout, task.Stderr} {
		both.Go(func() {
			buf := make([]byte, 64<<10)
			for {
				n, err := o.readers[i].Read(buf)
				to.write(stream, buf[:n])
				if err != nil {
					return
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { both.Wait(); close(done) }()
	return done
}

// drain waits for the last bytes after the script has ended. A daemon that
// inherited the pipe would keep it open for ever: it gets a moment, then we
// stop reading and say false.
func (o *outputs) drain(read <-chan struct{}) bool {
	select {
	case <-read:
		return true
	case <-time.After(quiet):
	}
	for _, r := range o.readers {
		r.SetReadDeadline(time.Now())
	}
	<-read
	return false
}
