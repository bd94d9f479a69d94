package lambda

import (
	"bytes"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Record is what is known of one event that a process was given.
type Record struct {
	RequestID string
	Function  string
	Event     []byte
	Answer    []byte
	Error     string // "" or the error type
	At        time.Time
	PID       int
	Cold      bool          // the process was started for it
	Init      time.Duration // from exec to the first request for work; 0 if warm
	Duration  time.Duration // of the event itself
	Billed    time.Duration
	Memory    int   // MB, as set
	MaxRSS    int64 // bytes, the most the process ever had
}

// GBms is what the event costs in GB-milliseconds.
func (r Record) GBms() float64 {
	return float64(r.Memory) / 1024 * float64(r.Billed.Milliseconds())
}

// Records are all events so far, in the order they ended.
func (f *Function) Records() []Record {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.records)
}

func (f *Function) note(r Record) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.records = append(f.records, r)
}

// billed is what is paid for. "Duration is calculated from the time your code begins executing until it returns or otherwise
// terminates, rounded up to the nearest 1 ms" (AWS Lambda Pricing); the start of a custom runtime counts with it.
func billed(init, duration time.Duration) time.Duration {
	const ms = time.Millisecond
	return (init + duration + ms - 1) / ms * ms
}

// maxRSS is the kernel's high-water mark of the process's memory, 0 if it is gone.
func maxRSS(pid int) int64 {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0
	}
	for line := range bytes.Lines(text) {
		if rest, ok := strings.CutPrefix(string(line), "VmHWM:"); ok {
			n, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return n << 10
		}
	}
	return 0
}
