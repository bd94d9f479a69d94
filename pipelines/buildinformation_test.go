package pipelines

import (
	"strings"
	"testing"
)

func TestBuildInformationIsChecked(t *testing.T) {
	t.Parallel()
	const sha = "4f1c9e2d07a55c6e8b13f9a0d4472c9e6b8a1f03"
	ok := BuildInformation{Package: "RandomQuotes", Version: "1.0.7", Commit: sha}
	for name, c := range map[string]struct {
		change func(*BuildInformation)
		path   string // "" for nothing wrong
		says   string
	}{
		"as it is":                {func(*BuildInformation) {}, "", ""},
		"a changeset":             {func(b *BuildInformation) { b.Commit, b.Changeset, b.Repository = "", "4711", "$/RandomQuotes" }, "", ""},
		"ssh":                     {func(b *BuildInformation) { b.Repository = "git@github.com:OctopusSamples/RandomQuotes-Ruby.git" }, "", ""},
		"a commit in TFVC":        {func(b *BuildInformation) { b.Type = "tfvc" }, "commit", "changeset"},
		"a changeset in Git":      {func(b *BuildInformation) { b.Type, b.Changeset = "git", "4711" }, "changeset", "only TFVC"},
		"an unknown type":         {func(b *BuildInformation) { b.Type = "cvs" }, "type", "git, tfvc or other"},
		"no version":              {func(b *BuildInformation) { b.Version = "today" }, "version", "1.0.7"},
		"nothing said":            {func(b *BuildInformation) { b.Commit = "" }, "", "at least one thing"},
		"a script for a build":    {func(b *BuildInformation) { b.BuildURL = "javascript:alert(1)" }, "buildUrl", "https:// or http://"},
		"a script in disguise":    {func(b *BuildInformation) { b.BuildURL = "JaVaScRiPt://ci.example.org/%0aalert(1)" }, "buildUrl", "https:// or http://"},
		"a script for a commit":   {func(b *BuildInformation) { b.Commits = []Commit{{ID: "1", Link: "data:text/html,x"}} }, "commits[0].link", "https:// or http://"},
		"a script for a root":     {func(b *BuildInformation) { b.Repository = "javascript:alert(1)" }, "repository", "https, http, ssh or git"},
		"a script like scp":       {func(b *BuildInformation) { b.Repository = "vbscript:a@b:c" }, "repository", "https, http, ssh or git"},
		"a file for a repository": {func(b *BuildInformation) { b.Repository = "file:///etc/passwd" }, "repository", "https, http, ssh or git"},
		"a commit without an id":  {func(b *BuildInformation) { b.Commits = []Commit{{Message: "m"}} }, "commits[0].id", "has an id"},
		"two lines":               {func(b *BuildInformation) { b.Branch = "main\nSet-Cookie: x" }, "branch", "one line"},
		"a long branch":           {func(b *BuildInformation) { b.Branch = strings.Repeat("b", 500) }, "branch", "200 letters"},
		"a long address":          {func(b *BuildInformation) { b.BuildURL = "https://ci.example.org/" + strings.Repeat("b", 3000) }, "buildUrl", "2000 bytes"},
	} {
		b := ok
		c.change(&b)
		found := b.Tidy().Check()
		switch {
		case c.says == "" && len(found) > 0:
			t.Errorf("%s: %v", name, found)
		case c.says != "" && (len(found) != 1 || found[0].Path != c.path || !strings.Contains(found[0].Message, c.says)):
			t.Errorf("%s: %+v, want one problem at %q with %q", name, found, c.path, c.says)
		}
	}
}

// A build server's token never comes into what is kept.
func TestBuildInformationIsTidied(t *testing.T) {
	t.Parallel()
	b := BuildInformation{
		Type: " GIT ", Repository: "https://ci:s3cret@github.com/o/r.git", BuildURL: "https://x:y@ci.example.org/7", Branch: "refs/heads/main",
		Commits: []Commit{{ID: " 1 ", Link: "https://t@github.com/o/r/commit/1", Message: strings.Repeat("m", 5000)}},
	}.Tidy()
	if b.Type != Git || b.Repository != "https://github.com/o/r.git" || b.BuildURL != "https://ci.example.org/7" || b.Branch != "main" || b.Commits[0].Link != "https://github.com/o/r/commit/1" {
		t.Errorf("Tidy gives %+v", b)
	}
	if n := len([]rune(b.Commits[0].Message)); n != longestMessage {
		t.Errorf("a message keeps %d letters, want %d", n, longestMessage)
	}
	many := BuildInformation{}
	for range 10_000 {
		many.Commits = append(many.Commits, Commit{ID: "1", Message: "m"})
	}
	if got := many.Tidy(); len(got.Commits) != MostCommits || got.LeftOut != 10_000-MostCommits {
		t.Errorf("of 10,000 commits %d are kept and %d counted", len(got.Commits), got.LeftOut)
	}
	for i := range many.Commits {
		many.Commits[i].Message = strings.Repeat("m", 900)
	}
	if got := many.Tidy(); len(got.Commits)*900 > mostCommitBytes || got.LeftOut+len(got.Commits) != 10_000 {
		t.Errorf("of 9 MB of commits %d are kept and %d counted", len(got.Commits), got.LeftOut)
	}
}

func TestRevisionsAreNamedAsPeopleDo(t *testing.T) {
	t.Parallel()
	const sha = "4f1c9e2d07a55c6e8b13f9a0d4472c9e6b8a1f03"
	for _, c := range []struct {
		b           BuildInformation
		short, link string
	}{
		{BuildInformation{Type: Git, Commit: sha, Repository: "https://github.com/o/r.git"}, "4f1c9e2d", "https://github.com/o/r/commit/" + sha},
		{BuildInformation{Type: Git, Commit: sha, Repository: "https://gitlab.com/o/r/"}, "4f1c9e2d", "https://gitlab.com/o/r/-/commit/" + sha},
		{BuildInformation{Type: Git, Commit: sha, Repository: "https://dev.azure.com/o/p/_git/r"}, "4f1c9e2d", "https://dev.azure.com/o/p/_git/r/commit/" + sha},
		{BuildInformation{Type: Git, Commit: sha, Repository: "https://git.example.org/r"}, "4f1c9e2d", ""},
		{BuildInformation{Type: Git, Commit: "v1.0", Repository: "https://github.com/o/r"}, "v1.0", ""},
		{BuildInformation{Type: TFVC, Changeset: "4711", Repository: "http://localhost:9090/DefaultCollection/"}, "4711", ""},
		{BuildInformation{Type: OtherVersion, Commit: sha}, sha, ""},
		{BuildInformation{Type: Git, Commit: "a", Commits: []Commit{{ID: "a", Link: "https://x.example/a"}}}, "a", "https://x.example/a"},
	} {
		id := c.b.Revision()
		if got := c.b.ShortRevision(id); got != c.short {
			t.Errorf("ShortRevision of %s %s is %q, want %q", c.b.Type, id, got, c.short)
		}
		if got := c.b.CommitAddress(id); got != c.link {
			t.Errorf("CommitAddress in %s is %q, want %q", c.b.Repository, got, c.link)
		}
	}
}

func TestCommitsOfAChangeComeOnce(t *testing.T) {
	t.Parallel()
	c := PackageChange{Builds: []BuildInformation{
		{Version: "1.0.3", Commits: []Commit{{ID: "c"}, {ID: "b"}}},
		{Version: "1.0.2", Commits: []Commit{{ID: "b"}, {ID: "a"}}},
		{Version: "1.0.1", Type: TFVC, Changeset: "7"},
	}}
	var got []string
	for _, one := range c.Commits() {
		got = append(got, one.ID+" "+one.Build.Version)
	}
	if want := "c 1.0.3,b 1.0.3,a 1.0.2,7 1.0.1"; strings.Join(got, ",") != want {
		t.Errorf("Commits gives %v, want %s", got, want)
	}
}
