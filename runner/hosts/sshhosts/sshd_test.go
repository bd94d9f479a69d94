package sshhosts

import (
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/hosts"
	"slipway/runner/hosts/hoststest"
	"slipway/test/sshserver"
)

func sshdTarget(s *sshserver.SSHD, id string) hosts.Target {
	return hosts.Target{ID: id, Name: id, Transport: "ssh", Address: s.Address, User: s.User, HostKeys: []string{s.HostKey}, PrivateKey: s.Key}
}

// All tests of the suite share one OpenSSH, each as a target of its own.
func TestSuiteWithOpenSSH(t *testing.T) {
	t.Parallel()
	s := sshserver.NewSSHD(t)
	fresh := func(t *testing.T) hosts.Hosts { return connected(t, Settings{Programs: calling(t, "executor")}) }
	var n atomic.Int64
	hoststest.Run(t, func(t *testing.T) hoststest.Fixture {
		return hoststest.Fixture{
			Hosts: fresh(t), Again: fresh,
			Target:   sshdTarget(s, fmt.Sprintf("web-%d", n.Add(1))),
			Payload:  hoststest.Appending(filepath.Join(s.Home, "payload.log")),
			Payloads: hoststest.Appended(filepath.Join(s.Home, "payload.log")),
		}
	})
}

// BenchmarkOpenSSH measures what a deployment waits for, on loopback.
func BenchmarkOpenSSH(b *testing.B) {
	s := sshserver.NewSSHD(b)
	at := sshdTarget(s, "web-1")
	programs := calling(b, "executor")
	for range 2 {
		h := New(Settings{Programs: programs})
		if _, err := h.Ready(b.Context(), at); err != nil {
			b.Fatal(err)
		}
		h.Close()
	}
	kept := New(Settings{Programs: programs})
	defer kept.Close()
	b.Run("connect-and-ask", func(b *testing.B) {
		for b.Loop() {
			h := New(Settings{Programs: programs})
			if _, err := h.Ask(b.Context(), at, "a1"); err != nil {
				b.Fatal(err)
			}
			h.Close()
		}
	})
	b.Run("ask", func(b *testing.B) {
		for b.Loop() {
			if _, err := kept.Ask(b.Context(), at, "a1"); err != nil {
				b.Fatal(err)
			}
		}
	})
	n := 0
	order := func(body string) task.Order {
		n++
		o := longOrder()
		o.ID, o.Target = fmt.Sprintf("b%d-%d", n, time.Now().UnixNano()), at.ID
		o.Work.Settings = []byte(fmt.Sprintf(`{"syntax":"bash","body":%q}`, body))
		return o
	}
	b.Run("order-to-end", func(b *testing.B) {
		for b.Loop() {
			o := order("echo done")
			if err := kept.Start(b.Context(), at, o); err != nil {
				b.Fatal(err)
			}
			if err := kept.Attach(b.Context(), at, o.ID, 0, func(task.Report) error { return nil }); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("line-to-us", func(b *testing.B) {
		late, lines := time.Duration(0), 0
		for b.Loop() {
			o := order("for i in 1 2 3 4 5; do echo $i; sleep 0.1; done")
			if err := kept.Start(b.Context(), at, o); err != nil {
				b.Fatal(err)
			}
			err := kept.Attach(b.Context(), at, o.ID, 0, func(r task.Report) error {
				for _, line := range r.Lines {
					if line.Stream == task.Stdout && line.Seq > 1 {
						late, lines = late+time.Since(line.At), lines+1
					}
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(late.Milliseconds())/float64(lines), "ms/line")
		b.ReportMetric(0, "ns/op")
	})
}
