package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// deployment is what the API says of one.
type deployment struct {
	ID       string `json:"id"`
	Release  string `json:"release"`
	Status   string `json:"status"`
	Message  string `json:"message"`
	Older    bool   `json:"older"`
	Ended    bool   `json:"ended"`
	Packages []struct {
		SHA256 string `json:"sha256"`
	} `json:"packages"`
	Steps []struct {
		Name   string `json:"name"`
		Status string `json:"status"`
	} `json:"steps"`
}

func (d *demo) bootHost() string {
	key := filepath.Join(d.folder, "id")
	d.address = d.script("test/hosts/host.sh", "up", d.host, "auto", key+".pub")
	d.site = d.onHost("sha256sum < /etc/nginx/sites-enabled/default")
	return d.address
}

func (d *demo) startServer() string {
	d.cli(0, password()+"\n", "init", "--data", filepath.Join(d.folder, "data"), "--admin", "admin", "--mail", "admin@example.org", "--password-stdin", "--print-key")
	if again := d.cli(1, password()+"\n", "init", "--data", filepath.Join(d.folder, "data"), "--admin", "admin", "--password-stdin"); !strings.Contains(again, "holds data") {
		d.fail("a second init says %q", again)
	}
	d.must(os.RemoveAll(filepath.Join(d.folder, "data")))
	out := d.cli(0, password()+"\n", "init", "--data", filepath.Join(d.folder, "data"), "--admin", "admin", "--mail", "admin@example.org", "--password-stdin", "--print-key", "--json")
	for _, word := range strings.FieldsFunc(out, func(r rune) bool { return strings.ContainsRune(" \n\t\",:{}", r) }) {
		if strings.HasPrefix(word, "API-") {
			d.key = word
		}
	}
	if d.key == "" {
		d.fail("init printed no key: %s", out)
	}
	d.serve()
	if busy := d.cli(1, "", "serve", "--data", d.other(), "--listen", d.listen); !strings.Contains(busy, d.listen) {
		d.fail("a busy port says %q", busy)
	}
	return "http://" + d.listen
}

// other is a second data folder, made once.
func (d *demo) other() string {
	dir := filepath.Join(d.folder, "other")
	if _, err := os.Stat(dir); err != nil {
		d.cli(0, password()+"\n", "init", "--data", dir, "--admin", "admin", "--password-stdin")
	}
	return dir
}

func (d *demo) configure() string {
	d.cli(0, d.key+"\n", "login", "http://"+d.listen, "--key-stdin")
	d.cli(0, "", "apply", "pipelines/textform/samples/random-quotes", "--yes")
	d.cli(0, "", "apply", "test/demo/check/kills.yaml", "--yes")
	hostKey := d.script("test/hosts/host.sh", "hostkey", d.host)
	d.cli(0, "", "target", "add", "web-1", "--ssh", "octopus@"+d.address, "--key-file", filepath.Join(d.folder, "id"), "--host-key", hostKey,
		"--role", "web", "--environment", "Dev", "--environment", "Test", "--environment", "Prod")
	return ""
}

func (d *demo) checkTarget() string {
	out := d.cli(0, "", "target", "check", "web-1")
	if !strings.Contains(out, "Debian") && !strings.Contains(out, "Ubuntu") {
		d.fail("target check does not name the system:\n%s", out)
	}
	return ""
}

// pack makes a version of the sample application.
func (d *demo) pack(version string) string {
	source := filepath.Join(d.folder, "app-"+version)
	d.must(os.CopyFS(source, os.DirFS("test/tutorials/randomquotes")))
	d.must(os.WriteFile(filepath.Join(source, "VERSION"), []byte(version+"\n"), 0o644))
	d.cli(0, "", "pack", source, "--id", "RandomQuotes", "--version", version, "--out", d.folder)
	return filepath.Join(d.folder, "RandomQuotes."+version+".nupkg")
}

func (d *demo) pushAndDev() string {
	file := d.pack("1.0.1")
	start := time.Now()
	latency := d.watchLatency("Random Quotes")
	d.cli(0, "", "push", file)
	quote := fmt.Sprintf("http://%s:8081/api/quote", d.address)
	d.until("Dev answering on 8081", 10*time.Second, func() bool { return environmentOf(quote) == "Dev" })
	answers := time.Since(start)
	d.dev = d.newest("Random Quotes")
	d.dev = d.ended(d.dev.ID, "succeeded")
	worst := latency()
	if worst > 3*time.Second {
		d.fail("a line was on the page %s after the host printed it, want at most 3 s", worst)
	}
	return fmt.Sprintf("after %.1f s; lines on the page after at most %.1f s", answers.Seconds(), worst.Seconds())
}

// environmentOf is what the application says of itself, "" if it is not there.
func environmentOf(url string) string {
	_, body := get(url)
	var quote struct {
		EnvironmentName string `json:"environmentName"`
	}
	_ = json.Unmarshal([]byte(body), &quote)
	return quote.EnvironmentName
}

func (d *demo) newest(project string) deployment {
	var list []deployment
	if code := d.ask("GET", "/v1/deployments?take=1&project="+strings.ReplaceAll(project, " ", "%20"), nil, &list); code != 200 || len(list) == 0 {
		return deployment{}
	}
	return list[0]
}

func (d *demo) get(id string) deployment {
	var x deployment
	if code := d.ask("GET", "/v1/deployments/"+id, nil, &x); code != 200 {
		d.fail("deployment %s answers %d", id, code)
	}
	return x
}

// ended waits for the end of a deployment, which must be the one wanted.
func (d *demo) ended(id, want string) deployment {
	var x deployment
	d.until(id+" ending", 60*time.Second, func() bool { x = d.get(id); return x.Ended })
	if x.Status != want {
		d.fail("%s is %s (%s), want %s\n%s", id, x.Status, x.Message, want, d.cli(0, "", "logs", id))
	}
	return x
}

func (d *demo) pushAgain() string {
	d.cli(0, "", "push", filepath.Join(d.folder, "RandomQuotes.1.0.1.nupkg"))
	if now := d.newest("Random Quotes"); now.ID != d.dev.ID {
		d.fail("the same bytes again made another deployment, %s", now.ID)
	}
	d.must(os.WriteFile(filepath.Join(d.folder, "app-1.0.1", "extra.txt"), []byte("other"), 0o644))
	elsewhere := filepath.Join(d.folder, "other-bytes")
	d.must(os.MkdirAll(elsewhere, 0o755))
	d.cli(0, "", "pack", filepath.Join(d.folder, "app-1.0.1"), "--id", "RandomQuotes", "--version", "1.0.1", "--out", elsewhere)
	if refused := d.cli(1, "", "push", filepath.Join(elsewhere, "RandomQuotes.1.0.1.nupkg")); !strings.Contains(refused, "other bytes") {
		d.fail("other bytes under the same version say %q", refused)
	}
	return ""
}

func (d *demo) prodTooEarly() string {
	if said := d.cli(1, "", "deploy", "Random Quotes", "1.0.1", "Prod"); !strings.Contains(said, "phase Test needs 1 success, has 0") {
		d.fail("the refusal does not name the rule: %q", said)
	}
	return ""
}

// deploy starts a deployment and waits until it waits for people.
func (d *demo) deploy(environment string) deployment {
	d.cli(0, "", "deploy", "Random Quotes", "1.0.1", environment)
	x := d.newest("Random Quotes")
	d.until("the sign-off in "+environment, 40*time.Second, func() bool {
		x = d.get(x.ID)
		if x.Ended {
			d.fail("%s ended %s (%s) before anybody was asked\n%s", x.ID, x.Status, x.Message, d.cli(0, "", "logs", x.ID))
		}
		return x.Status == "waiting"
	})
	return x
}

func (d *demo) deployTest() string {
	d.test = d.deploy("Test")
	for _, who := range []string{"stella", "omar"} {
		d.signOffMail("Test", who)
	}
	return d.test.ID
}

func (d *demo) approveTest() string {
	link, code := d.signOffMail("Test", "stella")
	for range 20 {
		if status, _ := get(link); status != 200 {
			d.fail("the approval link answers %d", status)
		}
	}
	if x := d.get(d.test.ID); x.Status != "waiting" {
		d.fail("after GETs alone the deployment is %s", x.Status)
	}
	if status := d.answer(link, "AAAAAA", "approve"); status == 200 && d.get(d.test.ID).Status != "waiting" {
		d.fail("a wrong code decided")
	}
	d.answer(link, code, "approve")
	d.ended(d.test.ID, "succeeded")
	d.answer(link, code, "reject")
	if x := d.get(d.test.ID); x.Status != "succeeded" {
		d.fail("the link worked twice: %s", x.Status)
	}
	return ""
}

func (d *demo) statusMail() string {
	text := d.mail("Random quotes deployment status", "team@example.org")
	for _, want := range []string{"Deployment to Test", "StepName: Deploy web app to Nginx\nStatus: Succeeded", "StepName: Deployment Sign Off\nStatus: Succeeded"} {
		if !strings.Contains(text, want) {
			d.fail("the status mail does not say %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "#{") {
		d.fail("the status mail holds a raw expression:\n%s", text)
	}
	return ""
}

func (d *demo) prod() string {
	d.prod1 = d.deploy("Prod")
	link, code := d.signOffMail("Prod", "omar")
	d.answer(link, code, "approve")
	d.ended(d.prod1.ID, "succeeded")
	return d.prod1.ID
}

var ports = map[string]string{"Dev": "8081", "Test": "8082", "Prod": "8083"}

func (d *demo) threeAtOnce() string {
	for environment, port := range ports {
		base := "http://" + d.address + ":" + port
		if got := environmentOf(base + "/api/quote"); got != environment {
			d.fail("%s/api/quote says %q, want %s", base, got, environment)
		}
		if status, body := get(base + "/"); status != 200 || !strings.Contains(body, "<html") {
			d.fail("%s/ answers %d, want the package's index.html", base, status)
		}
		if status, _ := get(base + "/js/index.js"); status != 200 {
			d.fail("%s/js/index.js answers %d", base, status)
		}
	}
	return "8081 Dev, 8082 Test, 8083 Prod"
}

func (d *demo) hostFiles() string {
	if now := d.onHost("sha256sum < /etc/nginx/sites-enabled/default"); now != d.site {
		d.fail("sites-enabled/default has changed")
	}
	for environment := range ports {
		unit := "RandomQuotes-" + environment
		if state := d.onHost("systemctl is-active " + unit); state != "active" {
			d.fail("%s is %s", unit, state)
		}
		if folder := d.onHost("ls -d /home/Octopus/Applications/" + environment + "/RandomQuotes/1.0.1"); folder == "" {
			d.fail("nothing is installed for %s", environment)
		}
	}
	d.onHost("nginx -t")
	d.onHost("systemctl restart nginx") // it also starts cold
	d.until("nginx answering after a cold start", 5*time.Second, func() bool { return environmentOf("http://"+d.address+":8082/api/quote") == "Test" })
	return ""
}

func (d *demo) onePackage() string {
	var versions []struct {
		Version string `json:"version"`
		SHA256  string `json:"sha256"`
	}
	d.ask("GET", "/v1/packages/RandomQuotes", nil, &versions)
	if len(versions) == 0 {
		d.fail("the package is not listed")
	}
	for _, x := range []deployment{d.get(d.dev.ID), d.get(d.test.ID), d.get(d.prod1.ID)} {
		if len(x.Packages) != 1 || x.Packages[0].SHA256 != versions[0].SHA256 {
			d.fail("%s names %v, want SHA-256 %s", x.ID, x.Packages, versions[0].SHA256)
		}
	}
	return "sha256 " + versions[0].SHA256[:16] + "…"
}

func (d *demo) older() string {
	file := d.pack("1.0.2")
	d.cli(0, "", "push", file)
	d.until("1.0.2 on its way to Dev", 10*time.Second, func() bool { return d.newest("Random Quotes").Release == "1.0.2" })
	d.ended(d.newest("Random Quotes").ID, "succeeded")
	d.cli(0, "", "deploy", "Random Quotes", "1.0.1", "Dev", "--follow")
	x := d.newest("Random Quotes")
	if !x.Older {
		d.fail("%s does not say that 1.0.1 is older than 1.0.2", x.ID)
	}
	if folder := d.onHost("ls -d /home/Octopus/Applications/Dev/RandomQuotes/1.0.1_1"); folder == "" {
		d.fail("the second 1.0.1 went into the folder of the first")
	}
	return ""
}

// kills ends the server without warning while a payload runs, three times; the
// payload appends one line to a file on the host.
func (d *demo) kills() string {
	d.cli(0, "", "release", "create", "Kill Check", "--number", "1.0.0")
	for i := range 3 {
		d.cli(0, "", "deploy", "Kill Check", "1.0.0", "Dev")
		x := d.newest("Kill Check")
		d.until("the payload beginning", 20*time.Second, func() bool {
			return d.onHost("cat /home/Octopus/kills.log 2>/dev/null | wc -l") == strconv.Itoa(i+1)
		})
		time.Sleep(time.Duration(100+i*300) * time.Millisecond)
		d.kill()
		d.serve()
		d.ended(x.ID, "succeeded")
		if log := d.cli(0, "", "logs", x.ID); strings.Count(log, "after the kill") != 1 {
			d.fail("the log of %s does not hold the line printed after the kill exactly once:\n%s", x.ID, log)
		}
	}
	if lines := d.onHost("wc -l < /home/Octopus/kills.log"); lines != "3" {
		d.fail("three attempts wrote %s lines", lines)
	}
	return "3 attempts, 3 lines"
}

// idle measures what the server costs while nothing happens.
func (d *demo) idle() string {
	pid := d.server.Process.Pid
	before := cpu(pid)
	time.Sleep(2 * time.Second)
	busy := cpu(pid) - before
	resident := memory(pid)
	if busy > 100*time.Millisecond {
		d.fail("the idle server used %s of processor time in 2 s", busy)
	}
	if resident > 60 {
		d.fail("the idle server holds %d MB, want less than 60", resident)
	}
	return fmt.Sprintf("%d MB resident, %d ms processor in 2 s", resident, busy.Milliseconds())
}

func memory(pid int) int {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, _ := strconv.Atoi(strings.Fields(rest)[0])
			return kb / 1024
		}
	}
	return 0
}

// cpu is the processor time a process has used.
func cpu(pid int) time.Duration {
	stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * time.Second / 100
}
