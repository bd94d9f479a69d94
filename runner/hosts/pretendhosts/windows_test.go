package pretendhosts

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/hosts"
)

var win = hosts.Target{ID: "win-1", Name: "Win 1", Transport: "pretend", Platform: "windows"}

// windows is a pretend Windows host with a clock that goes on by an hour for
// each attempt.
type windows struct {
	*testing.T
	hosts *Hosts
	now   time.Time
	dir   string
	n     int
}

func newWindows(t *testing.T, dir string) *windows {
	w := &windows{T: t, now: time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC), dir: dir}
	w.restart()
	return w
}

func (w *windows) restart() {
	w.hosts = New(Settings{Now: func() time.Time { return w.now }, Dir: w.dir, Pace: time.Second})
}

// does is what an attempt said, its end in front, without what stands before IIS.
func (w *windows) does(o task.Order) string {
	w.Helper()
	w.n++
	o.ID = fmt.Sprintf("a%d", w.n)
	if err := w.hosts.Start(w.Context(), win, o); err != nil {
		w.Fatal(err)
	}
	w.now = w.now.Add(time.Hour)
	texts, end, err := hear(w.Context(), w.hosts, win, o.ID, 0)
	if err != nil {
		w.Fatal(err)
	}
	return strings.Join(append([]string{strings.TrimSpace(string(end.Outcome) + " " + end.Message)}, texts...), "\n")
}

func quotes(version string, change func(*task.IIS)) task.Order {
	work := task.IIS{Site: &task.IISSite{
		Name: "Quotes", Pool: task.IISPool{Name: "Quotes", Framework: "v4.0"}, Bindings: []task.IISBinding{{Protocol: "http", Port: "#{Port}"}}, Anonymous: true,
	}}
	if change != nil {
		change(&work)
	}
	o := order("", "")
	o.Work.Kind = task.KindIIS
	o.Work.Settings, _ = json.Marshal(work)
	o.Package = &task.Package{ID: "RandomQuotes", Version: version, FileName: "RandomQuotes." + version + ".nupkg", Size: 7}
	o.Variables = []task.Variable{{Name: "Port", Value: "8082"}}
	return o
}

func TestIISOfAWindowsHost(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{"", t.TempDir()} {
		w := newWindows(t, dir)
		const root = `C:\Applications\Test\RandomQuotes\`
		expect := func(o task.Order, want ...string) {
			t.Helper()
			if got := w.does(o); got != strings.Join(want, "\n") {
				t.Errorf("got\n%s\n\nwant\n%s", got, strings.Join(want, "\n"))
			}
			if dir != "" {
				w.restart()
			}
		}
		unpack := func(version, into string) string {
			return "unpack RandomQuotes." + version + ".nupkg (7 bytes) into " + root + into
		}
		expect(quotes("1.0.1", nil), "succeeded", unpack("1.0.1", "1.0.1"),
			`IIS: create application pool "Quotes"`,
			`IIS: let application pool "Quotes" run as ApplicationPoolIdentity`,
			`IIS: let application pool "Quotes" load .NET v4.0`,
			`IIS: create site "Quotes" with id 2, folder `+root+`1.0.1 and, for now, the binding http :81:od-temp.example.com`,
			`IIS: move site "Quotes" to application pool "Quotes"`,
			`IIS: set authentication of site "Quotes": anonymous on, basic off, Windows off`,
			`IIS: give site "Quotes" the bindings http *:8082:`,
			`IIS: start application pool "Quotes"`,
			`IIS: start site "Quotes"`)
		expect(quotes("1.0.2", nil), "succeeded", unpack("1.0.2", "1.0.2"), `IIS: switch site "Quotes" from `+root+`1.0.1 to `+root+`1.0.2`)
		expect(quotes("1.0.2", nil), "succeeded", unpack("1.0.2", "1.0.2_1"), `IIS: switch site "Quotes" from `+root+`1.0.2 to `+root+`1.0.2_1`)

		// What fails leaves IIS as it was, unless it is to keep the new folder.
		broken := func(keep bool) func(*task.IIS) {
			return func(work *task.IIS) { work.Scripts.PostDeploy, work.KeepNewPath = "echo #{Nobody}", keep }
		}
		const noValue = "failed post-deployment script uses #{Nobody}, which has no value here: define it for this environment or correct the name"
		expect(quotes("1.0.3", broken(false)), noValue, unpack("1.0.3", "1.0.3"), `IIS: switch site "Quotes" from `+root+`1.0.2_1 to `+root+`1.0.3`)
		expect(quotes("1.0.4", broken(true)), noValue, unpack("1.0.4", "1.0.4"), `IIS: switch site "Quotes" from `+root+`1.0.2_1 to `+root+`1.0.4`)

		retires := quotes("1.0.5", nil)
		retires.Retire = []string{root + "1.0.2"}
		expect(retires, "succeeded", unpack("1.0.5", "1.0.5"), `IIS: switch site "Quotes" from `+root+`1.0.4 to `+root+`1.0.5`)
		expect(quotes("1.0.2", nil), "succeeded", unpack("1.0.2", "1.0.2"), `IIS: switch site "Quotes" from `+root+`1.0.5 to `+root+`1.0.2`)

		expect(quotes("1.0.6", func(work *task.IIS) { work.Site.Bindings[0].Port = "80" }),
			`failed binding http *:80: of site "Quotes" belongs to site "Default Web Site" already: choose another port or host for one of them, or stop "Default Web Site"`, unpack("1.0.6", "1.0.6"))
		expect(quotes("1.0.7", func(work *task.IIS) { work.Site.WebRoot = `wwwroot\public` }), "succeeded", unpack("1.0.7", "1.0.7"),
			`IIS: switch site "Quotes" from `+root+`1.0.2 to `+root+`1.0.7\wwwroot\public`)
		expect(quotes("1.0.8", func(work *task.IIS) { work.Site.WebRoot = `..\secrets` }),
			`failed site.web-root "../secrets" leads outside the installation: write a folder below it, or a whole path`, unpack("1.0.8", "1.0.8"))
		expect(quotes("1.0.8", func(work *task.IIS) { work.Directory = `D:\Sites\#{Port}` }), "succeeded", unpack("1.0.8", "1.0.8_1"),
			`copy it into D:\Sites\8082`, `IIS: switch site "Quotes" from `+root+`1.0.7\wwwroot\public to D:\Sites\8082`)
		expect(quotes("1.0.8", func(work *task.IIS) { work.Directory = `D:\Sites\8082` }), "succeeded", unpack("1.0.8", "1.0.8_2"),
			`copy it into D:\Sites\8082`, `IIS: everything is as wanted, nothing to change`)
	}
}

// A user's password cannot be read back, so a pool that runs as one is left alone.
func TestPoolsOfUsersOfAWindowsHost(t *testing.T) {
	t.Parallel()
	w := newWindows(t, "")
	as := func(user string) task.Order {
		return quotes("1.0.1", func(work *task.IIS) { work.Site.Pool.Identity, work.Site.Pool.User = "SpecificUser", user })
	}
	if got, want := w.does(as("web")), `IIS: create application pool "Quotes", which runs as user web`+"\n"+`IIS: let application pool "Quotes" load`; !strings.Contains(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := w.does(as("web")); strings.Contains(got, "pool") {
		t.Errorf("the second time:\n%s", got)
	}
	if got, want := w.does(as("www")), `IIS: let application pool "Quotes" run as user www`; !strings.Contains(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A stopped attempt has changed nothing, wherever it was.
func TestStoppedAtIIS(t *testing.T) {
	t.Parallel()
	w := newWindows(t, t.TempDir())
	o := quotes("1.0.1", nil)
	o.ID = "stopped"
	if err := w.hosts.Start(t.Context(), win, o); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.Add(5 * time.Second)
	if err := w.hosts.Stop(t.Context(), win, "stopped"); err != nil {
		t.Fatal(err)
	}
	w.restart()
	if got, want := w.does(quotes("1.0.1", nil)), "1.0.1_1\nIIS: create application pool"; !strings.Contains(got, want) {
		t.Errorf("got\n%s\nwant %q in it", got, want)
	}
}

func TestWindowsHost(t *testing.T) {
	t.Parallel()
	w := newWindows(t, "")
	facts, err := w.hosts.Ready(t.Context(), win)
	if err != nil || facts.OS != "windows" || !strings.HasPrefix(facts.Home, `C:\`) {
		t.Errorf("Ready = %+v, %v", facts, err)
	}
	script := func(syntax, body string) task.Order {
		o := order("", body)
		o.Work.Settings, _ = json.Marshal(task.Script{Syntax: syntax, Body: body})
		return o
	}
	site := quotes("1.0.1", nil)
	site.Work.Kind, site.Work.Settings = task.KindNginx, json.RawMessage(`{"name":"quotes"}`)
	plain := quotes("1.0.1", nil)
	plain.Work.Kind, plain.Work.Settings = task.KindPackage, json.RawMessage(`{}`)
	for _, c := range []struct {
		order task.Order
		want  string
	}{
		{script(task.SyntaxBash, "echo a"), "failed the script is written in bash"},
		{script(task.SyntaxPowerShell, "Write-Host \"a b\"\necho c\nexit 3"), "failed script ended with exit code 3\na b\nc"},
		{script(task.SyntaxPython, "print(1)"), "succeeded\nprint(1)"},
		{site, "failed this host runs Windows, and an NGINX step needs Linux"},
		{plain, "succeeded\nunpack RandomQuotes.1.0.1.nupkg (7 bytes) into C:\\Applications\\Test\\RandomQuotes\\1.0.1"},
	} {
		if got := w.does(c.order); !strings.HasPrefix(got, c.want) {
			t.Errorf("got\n%s\nwant\n%s", got, c.want)
		}
	}
}

func TestPowerShell(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		"Write-Host 'a b'\nwrite-output c":                  "succeeded a b|c took 0s",
		"Write-Warning careful\nWrite-Error \"oh no\"":      "succeeded warning:careful|err:oh no took 0s",
		"Start-Sleep 2\nStart-Sleep -Seconds 3\nsleep 1":    "succeeded  took 6s",
		"Start-Sleep -Milliseconds 300\nStart-Sleep -m 200": "succeeded  took 500ms",
		"Start-Sleep soon\nStart-Sleep -5\nStart-Sleep":     "succeeded Start-Sleep soon|Start-Sleep -5|Start-Sleep took 0s",
		"1..3":                      "succeeded 1|2|3 took 0s",
		"1..x":                      "succeeded 1..x took 0s",
		"throw 'it broke'\necho no": "failed err:it broke took 0s",
		"Get-Service w3svc":         "succeeded Get-Service w3svc took 0s",
		"Set-OctopusVariable -name \"A B\" -value 'c d'":                "succeeded  took 0s A B=c d",
		"set-octopusvariable A 1\nSet-OctopusVariable -value 2 -Name B": "succeeded  took 0s A=1 B=2",
	} {
		o := order("a1", "")
		o.Work.Settings, _ = json.Marshal(task.Script{Syntax: task.SyntaxPowerShell, Body: body})
		r := play("win-1", machine{windows: true}, &o, time.Unix(0, 0), 0)
		var texts []string
		for _, line := range r.lines {
			text := line.Text
			if line.Stream != task.Stdout {
				text = string(line.Stream) + ":" + text
			}
			texts = append(texts, text)
		}
		got := fmt.Sprintf("%s %s took %s", r.end.Outcome, strings.Join(texts, "|"), r.end.At.Sub(time.Unix(0, 0)))
		var outputs []string
		for name, value := range r.end.Outputs {
			outputs = append(outputs, " "+name+"="+value)
		}
		slices.Sort(outputs)
		if got += strings.Join(outputs, ""); got != want {
			t.Errorf("play %q:\n got %s\nwant %s", body, got, want)
		}
	}
}
