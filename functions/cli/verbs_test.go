package cli

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/test/sshserver"
	"slipway/web/rest"
)

func TestStatus(t *testing.T) {
	t.Parallel()
	failed := deployment(pipelines.Failed)
	failed.Release = "1.0.8"
	failed.Message = "step Deploy failed on web-1:\nnginx -t"
	done := ended(pipelines.Succeeded)
	begin, end := noon.Add(-time.Minute), noon.Add(-50*time.Second)
	failed.Steps = []rest.Step{
		{Name: "Deploy", Status: pipelines.Failed, Started: &begin, Ended: &end, Targets: []rest.TaskOnTarget{{Target: "web-1", Status: pipelines.Failed, Message: "nginx -t"}, {Target: "web-2", Status: pipelines.Succeeded}}},
		{Name: "Sign Off", Status: pipelines.Succeeded, Started: &begin, Ended: &end, Answer: &rest.Answer{Proceed: true, By: "Grace", Note: "fine"}},
		signOff,
		{Name: "Mail", Status: pipelines.Skipped, Message: "it skips Dev"},
	}
	s := somebody(t, answers{
		"GET /v1/status": rest.Status{Projects: []rest.ProjectStatus{
			{Project: "Random Quotes", Environments: []rest.EnvironmentStatus{
				{Environment: "Dev", Live: "1.0.7", Newest: &done}, {Environment: "Test", Live: "1.0.7", Newest: &failed}, {Environment: "Prod"},
			}},
			{Project: "Ünïcode", Environments: []rest.EnvironmentStatus{{Environment: "Dev"}}},
		}},
		"GET /v1/deployments":               []rest.Deployment{failed, done},
		"GET /v1/deployments/Deployments-7": failed,
	})
	var all string
	for _, args := range [][]string{{"status"}, {"status", "random quotes"}, {"status", "Deployments-7"}} {
		got := s.types(args...)
		got.want(t, strings.Join(args, " "), 0)
		all += "$ slipway " + strings.Join(args, " ") + "\n" + got.out + "\n"
	}
	golden(t, "status.txt", all)
	s.types("status", "Rando").want(t, "no project", 1, `there is no project "Rando"`)
	var back rest.Status
	if err := json.Unmarshal([]byte(s.types("status", "--json").out), &back); err != nil || len(back.Projects) != 2 {
		t.Errorf("status --json = %+v, %v", back, err)
	}
}

func TestPush(t *testing.T) {
	t.Parallel()
	file := write(t, filepath.Join(t.TempDir(), "Random Quotes.1.0.7.nupkg"), strings.Repeat("x", 3<<20))
	s := somebody(t, answers{
		"PUT /v1/packages/Random%20Quotes.1.0.7.nupkg": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			n, _ := io.Copy(io.Discard, r.Body)
			if r.ContentLength != 3<<20 || n != 3<<20 {
				t.Errorf("upload of %d bytes, announced %d, want %d", n, r.ContentLength, 3<<20)
			}
			d := deployment(pipelines.Queued)
			writeJSON(w, http.StatusOK, rest.Received{Package: pipelines.Package{ID: "Random Quotes", Version: "1.0.7", SHA256: "abc", Size: n}, Releases: []string{"1.0.7"}, Deployments: []rest.Deployment{d}})
		}),
		"POST /v1/packages/uploads":        rest.Upload{Direct: true},
		"PUT /v1/packages/Other.1.0.nupkg": refusal{http.StatusConflict, rest.Error{Code: pipelines.Conflict, Message: "package Other 1.0 is here already with other bytes"}},
	})
	s.types("push", file).want(t, "push", 0, "Random Quotes 1.0.7  3.1 MB  sha256 abc\n", "  release 1.0.7\n", "Deployments-7  Random Quotes 1.0.7 to Test")
	other := write(t, filepath.Join(t.TempDir(), "Other.1.0.nupkg"), strings.Repeat("y", 8<<20))
	s.types("push", other).want(t, "other bytes", 1, "slipway: package Other 1.0 is here already with other bytes\n")
	s.types("push", file+"x").want(t, "no file", 1, "there is no file ")
	s.types("push", filepath.Dir(file)).want(t, "folder", 1, "`slipway pack` makes a package")
}

func TestPack(t *testing.T) {
	t.Parallel()
	dir, s := t.TempDir(), somebody(t, answers{})
	write(t, filepath.Join(dir, "src/a.rb"), "puts 1")
	line := []string{"pack", filepath.Join(dir, "src"), "--id", "App", "--version", "1.0.1", "--out"}
	first := s.types(append(line, filepath.Join(dir, "one"))...)
	first.want(t, "pack", 0, "App.1.0.1.nupkg", "sha256 ")
	must(t, os.Chtimes(filepath.Join(dir, "src/a.rb"), noon, noon))
	s.types(append(line, filepath.Join(dir, "two"))...).want(t, "pack again", 0, first.out[strings.Index(first.out, "sha256"):])
	s.types(append(line, filepath.Join(dir, "src/out"))...).want(t, "into itself", 1, "would land in the folder it is made of")
	s.types("pack", dir+"/none", "--id", "App", "--version", "1.0.1").want(t, "no folder", 1, "there is no folder")
	s.types(append(line, filepath.Join(dir, "one"), "--format", "rar")...).want(t, "format", 1, `package format "rar"`)
	left, err := os.ReadDir(filepath.Join(dir, "one"))
	if err != nil || len(left) != 1 {
		t.Errorf("the place holds %v (%v), want the one package", left, err)
	}
}

func TestRequests(t *testing.T) {
	t.Parallel()
	heard := map[string]string{}
	hears := func(then any) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			b, _ := io.ReadAll(r.Body)
			heard[r.URL.RequestURI()] = string(b)
			writeJSON(w, http.StatusOK, then)
		}
	}
	s := somebody(t, answers{
		"POST /v1/releases":                         hears(rest.Release{Number: "1.0.8", Packages: []pipelines.Selected{{Package: "RandomQuotes", Version: "1.0.1"}}}),
		"POST /v1/deployments/Deployments-7/answer": hears(nil),
		"PUT /v1/secrets/a%2Fb%20c":                 hears(rest.Secret{Name: "a/b c", Version: 2}),
		"PUT /v1/users/ada/password":                hears(nil),
		"GET /v1/me":                                rest.Me{Username: "grace"},
	})
	s.types("release", "create", "Random Quotes", "--package", "RandomQuotes:1.0.1", "--notes", "n").
		want(t, "release", 0, "release 1.0.8 of Random Quotes with RandomQuotes 1.0.1", "slipway deploy 'Random Quotes' 1.0.8 ENVIRONMENT")
	s.types("reject", "Deployments-7", "--note", "too \"red\"", "--step", "Sign Off").want(t, "reject", 0, "Deployments-7 rejected")
	s.stdin = "a value\n"
	s.types("secret", "set", "a/b c", "--unmasked-risk").want(t, "secret", 0, "secret a/b c, version 2", "!a value")
	s.stdin = "-----BEGIN-----\nx\n"
	s.types("secret", "set", "a/b c").want(t, "secret of lines", 0)
	s.stdin = " pass word\r\n"
	s.types("user", "password", "ada", "--password-stdin").want(t, "password", 0, "ada has a new password")
	for uri, want := range map[string]string{
		"/v1/releases":                             `{"project":"Random Quotes","notes":"n","packages":{"RandomQuotes":"1.0.1"}}`,
		"/v1/deployments/Deployments-7/answer":     `{"deployment":"Deployments-7","step":"Sign Off","proceed":false,"note":"too \"red\""}`,
		"/v1/secrets/a%2Fb%20c?unmasked-risk=true": "a value",
		"/v1/secrets/a%2Fb%20c":                    "-----BEGIN-----\nx\n",
		"/v1/users/ada/password":                   `{"password":" pass word"}`,
	} {
		if heard[uri] != want {
			t.Errorf("the server heard at %s\n%q, want\n%q", uri, heard[uri], want)
		}
	}
	s.stdin = ""
	s.types("secret", "set", "x").want(t, "no value", 1, "stdin is empty")
}

func TestTargetAdd(t *testing.T) {
	t.Parallel()
	host := sshserver.New(t)
	var made pipelines.Target
	var secret string
	s := somebody(t, answers{
		"POST /v1/targets": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			must(t, json.NewDecoder(r.Body).Decode(&made))
			writeJSON(w, http.StatusOK, rest.Target{Target: made, Address: made.Address()})
		}),
		"PUT /v1/secrets/ssh-web%201": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			b, _ := io.ReadAll(r.Body)
			secret = string(b)
			writeJSON(w, http.StatusOK, rest.Secret{Name: "ssh-web 1", Version: 1})
		}),
	})
	line := []string{"target", "add", "web 1", "--ssh", "deploy@" + host.Address, "--role", "web", "--environment", "Dev", "--environment", "Test"}
	s.types(line...).want(t, "without a key", 1, "presents ssh-ed25519 SHA256:", "nobody is here to answer: say --host-key KEY, or --accept-new-host-key")
	if made.Name != "" {
		t.Errorf("a target was made without a pinned key: %+v", made)
	}
	key := write(t, filepath.Join(t.TempDir(), "id"), string(host.Key))
	s.types(append(line, "--accept-new-host-key", "--key-file", key)...).want(t, "accepted", 0, "target web 1 at ssh://deploy@", "slipway target check 'web 1'")
	if len(made.SSH.HostKeys) != 1 || made.SSH.Key != "ssh-web 1" || len(made.Environments) != 2 || secret != string(host.Key) {
		t.Errorf("made %+v with %+v, secret of %d bytes", made, made.SSH, len(secret))
	}
	pinned := made.SSH.HostKeys[0]
	s.types(append(line, "--host-key", pinned+" root@web", "--key", "deploy")...).want(t, "given", 0)
	if made.SSH.Key != "deploy" {
		t.Errorf("made %+v, want the key deploy", made.SSH)
	}
	file := write(t, filepath.Join(t.TempDir(), "keys"), "# a comment\n\n"+pinned+"\n")
	s.types(append(line, "--host-key-file", file)...).want(t, "from a file", 0)
	if len(made.SSH.HostKeys) != 1 || made.SSH.HostKeys[0] != pinned {
		t.Errorf("pinned %q, want %q", made.SSH.HostKeys, pinned)
	}
	s.types(append(line, "--host-key", "SHA256:abc")...).want(t, "no key", 1, "a host key has the form")
	s.types(append(line, "--accept-new-host-key", "--key-file", file)...).want(t, "public half", 1, "holds no private key")
	ssm := []string{"target", "add", "cloud", "--role", "web", "--environment", "Dev", "--ssm", "mi-0abc123def4567890"}
	made = pipelines.Target{}
	s.types(ssm...).want(t, "by SSM", 0, "target cloud at ssm://mi-0abc123def4567890\n", "slipway target check cloud")
	if made.SSH != nil || made.SSM == nil || *made.SSM != (pipelines.SSMAddress{Instance: "mi-0abc123def4567890", Platform: "linux"}) {
		t.Errorf("made %+v, want an SSM target of linux", made)
	}
	s.types(append(ssm, "--platform", "windows")...).want(t, "Windows by SSM", 0)
	if made.SSM.Platform != "windows" {
		t.Errorf("made %+v, want windows", made.SSM)
	}
	line[4] = "web.example.org"
	s.types(line...).want(t, "no user", 1, "USER@HOST")
}

func TestTargetCheck(t *testing.T) {
	t.Parallel()
	s := somebody(t, answers{
		"POST /v1/targets/good/check": rest.Check{Target: "good", Reachable: true, System: "Debian 12", OS: "linux", Arch: "amd64", Shell: "/bin/bash", Home: "/home/d", FreeBytes: 12_300_000_000, HostKey: "ssh-ed25519 AAAA", Pinned: []string{"ssh-ed25519 AAAA"}, NoSudo: []string{"nginx", "systemctl"}},
		"POST /v1/targets/bad/check":  rest.Check{Target: "bad", Problem: "it presents another key", HostKey: "ssh-ed25519 BBBB", Pinned: []string{"ssh-ed25519 AAAA"}},
	})
	good, bad := s.types("target", "check", "good"), s.types("target", "check", "bad")
	good.want(t, "good", 0)
	bad.want(t, "bad", 1)
	golden(t, "check.txt", good.out+"\n"+bad.out)
}

func TestQuoted(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"web-1": "web-1", "Random Quotes": "'Random Quotes'", "it's": `'it'\''s'`, "": "''", "$(x)": "'$(x)'"} {
		if got := quoted(in); got != want {
			t.Errorf("quoted(%q) = %s, want %s", in, got, want)
		}
	}
}

func TestLists(t *testing.T) {
	t.Parallel()
	s := somebody(t, answers{
		"GET /v1/projects/Random%20Quotes/releases": []rest.Release{{Number: "1.0.7", Created: noon.Add(-3 * time.Hour), CreatedBy: "Ada", Progression: []rest.Progress{{Environment: "Dev", Succeeded: true, Open: true}, {Environment: "Test", Open: true}, {Environment: "Prod"}}}},
		"GET /v1/targets":       []rest.Target{{Target: pipelines.Target{Name: "web-1", Environments: []string{"Dev"}, Roles: []string{"web", "db"}, Disabled: true}, Address: "pretend:x"}},
		"GET /v1/apikeys":       []rest.Key{{ID: "APIKeys-1", Purpose: "CI", Hint: "API-ABCD…", Created: noon.Add(-90 * 24 * time.Hour)}},
		"POST /v1/apikeys":      rest.NewKey{Key: rest.Key{ID: "APIKeys-2"}, Secret: "API-NEW"},
		"GET /v1/secrets":       []rest.Secret{{Name: "db", Version: 3, Created: noon.Add(-30 * time.Second), By: "ada"}},
		"GET /v1/mail":          []rest.HeldMail{{Key: "k1", To: []string{"a@b.c"}, Subject: "Sign \x1boff", Date: noon.Add(-3 * 24 * time.Hour)}},
		"GET /v1/mail/k1":       rest.HeldMail{From: "s@b.c", To: []string{"a@b.c"}, Subject: "Sign off", Date: noon, Text: "one\ntwo\n"},
		"DELETE /v1/targets/w1": nil,
	})
	var all string
	for _, line := range []string{"release list=Random Quotes", "target list", "key list", "key create=CI", "secret list", "mail list", "mail show=k1", "target remove=w1"} {
		verb, arg, with := strings.Cut(line, "=")
		args := strings.Fields(verb)
		if with {
			args = append(args, arg)
		}
		got := s.types(args...)
		got.want(t, line, 0)
		all += "$ slipway " + strings.Join(args, " ") + "\n" + got.out + "\n"
	}
	golden(t, "lists.txt", all)
}
