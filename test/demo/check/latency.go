package main

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"sync"
	"time"
)

// watchLatency reads the newest deployment's page over and over, as a browser
// does, and compares the moment a line appears there with the moment the host
// printed it. The returned func gives the worst.
func (d *demo) watchLatency(project string) func() time.Duration {
	done := make(chan struct{})
	var wait sync.WaitGroup
	var worst time.Duration
	wait.Go(func() {
		seen := map[string]bool{}
		for {
			select {
			case <-done:
				return
			case <-time.After(200 * time.Millisecond):
			}
			x := d.newest(project)
			if x.ID == "" {
				continue
			}
			page := d.page("/deployments/" + x.ID)
			now := time.Now()
			for _, line := range d.lines(x.ID) {
				if seen[line.Text] || !strings.Contains(page, escaped(line.Text)) {
					continue
				}
				seen[line.Text] = true
				worst = max(worst, now.Sub(line.At))
			}
		}
	})
	return func() time.Duration {
		time.Sleep(time.Second) // the last lines come onto the page
		close(done)
		wait.Wait()
		if worst == 0 {
			d.fail("no line of the log was ever seen on the page")
		}
		return worst
	}
}

type line struct {
	At   time.Time `json:"at"`
	Text string    `json:"text"`
}

func (d *demo) lines(id string) []line {
	var log struct {
		Lines []line `json:"lines"`
	}
	d.ask("GET", "/v1/deployments/"+id+"/log", nil, &log)
	return log.Lines
}

var browser = func() *http.Client {
	jar, _ := cookiejar.New(nil) // never fails without options
	return &http.Client{Jar: jar, Timeout: 5 * time.Second}
}()

// page reads a page with the key in place of a session.
func (d *demo) page(path string) string {
	req, err := http.NewRequest("GET", "http://"+d.listen+path, nil)
	d.must(err)
	req.Header.Set("X-Octopus-ApiKey", d.key)
	answer, err := browser.Do(req)
	if err != nil {
		return ""
	}
	defer answer.Body.Close()
	b, _ := io.ReadAll(answer.Body)
	return string(b)
}

func escaped(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;").Replace(text)
}
