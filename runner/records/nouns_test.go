package records_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/runner/links"
	"slipway/runner/records"
	"slipway/runner/secrets"
	"slipway/runner/table"
)

func (k *kit) environment(name string, order int) string {
	return k.add(records.Environments, name, func(id string) any { return pipelines.Environment{ID: id, Name: name, SortOrder: order} })
}

// TestTwoNounsNeverShareAName: in any case, but only within a kind.
func TestTwoNounsNeverShareAName(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	id := k.environment("Dev", 0)
	changes, _, err := k.NewNoun(t.Context(), records.Environments, "DEV", func(id string, _ int) any { return pipelines.Environment{ID: id, Name: "DEV"} })
	k.must(err)
	if err := k.Write(t.Context(), changes...); !records.Conflict(err) {
		t.Errorf("a second Dev = %v, want a conflict", err)
	}
	k.add(records.Projects, "Dev", func(id string) any { return pipelines.Project{ID: id, Name: "Dev"} })
	k.write(records.RemoveNounAt(records.Environments, id, "Dev", 1)...)
	if again := k.environment("dev", 0); again == id {
		t.Errorf("the id %s was given twice", id)
	}
}

func TestNounsAreListedInTheirOrder(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.environment("Prod", 2)
	k.environment("Dev", 1)
	for _, name := range []string{"b", "C", "a"} {
		k.add(records.Projects, name, func(id string) any { return pipelines.Project{ID: id, Name: name} })
		k.add(records.Targets, name, func(id string) any { return pipelines.Target{ID: id, Name: name} })
		k.add(records.Users, name, func(id string) any { return pipelines.User{ID: id, Username: name} })
	}
	environments, err := k.Environments(t.Context())
	k.must(err)
	projects, err := k.Projects(t.Context())
	k.must(err)
	targets, err := k.Targets(t.Context())
	k.must(err)
	users, err := k.Users(t.Context())
	k.must(err)
	got := ""
	for _, e := range environments {
		got += " " + e.Name
	}
	for i := range projects {
		got += " " + projects[i].Name + targets[i].Name + users[i].Username
	}
	if got != " Dev Prod aaa bbb CCC" {
		t.Errorf("listed as%s", got)
	}
}

func TestReplaceDemandsTheRevision(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	id := k.add(records.Projects, "P", func(id string) any { return pipelines.Project{ID: id, Name: "P"} })
	first, err := k.Project(t.Context(), id)
	k.must(err)
	first.Noun.Description = "one"
	k.write(records.ReplaceNoun(records.Projects, id, first.Noun, first.Revision))
	first.Noun.Description = "two"
	if err := k.Write(t.Context(), records.ReplaceNoun(records.Projects, id, first.Noun, first.Revision)); !records.Conflict(err) {
		t.Errorf("the second edit = %v, want a conflict", err)
	}
	if p, err := k.Project(t.Context(), id); err != nil || p.Noun.Description != "one" {
		t.Errorf("the project is %+v (%v)", p, err)
	}
	if revision, err := k.Revision(t.Context(), records.Projects, id); err != nil || revision != 2 {
		t.Errorf("Revision = %d, %v", revision, err)
	}
}

func TestWhatIsNotThere(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	_, noProject := k.Project(t.Context(), "Projects-1")
	_, noTarget := k.Target(t.Context(), "Machines-1")
	_, noUser := k.User(t.Context(), "Users-1")
	_, noRelease := k.Release(t.Context(), "Releases-1")
	_, noDeployment := k.Deployment(t.Context(), "Deployments-1")
	_, noSecret := k.Secret(t.Context(), "s", 1)
	for want, err := range map[string]error{
		`there is no project "Projects-1"`: noProject, `there is no target "Machines-1"`: noTarget, `there is no user "Users-1"`: noUser,
		`there is no release "Releases-1"`: noRelease, `there is no deployment "Deployments-1"`: noDeployment, `there is no version 1 of the secret "s"`: noSecret,
	} {
		if pipelines.CodeOf(err) != pipelines.NotFound || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func TestLifecycleByName(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.environment("Dev", 0)
	k.add(records.Lifecycles, "Slow", func(id string) any { return pipelines.Lifecycle{ID: id, Name: "Slow"} })
	for name, want := range map[string]string{"slow": "Slow", "": pipelines.DefaultLifecycleName, "default lifecycle": pipelines.DefaultLifecycleName} {
		if l, err := k.Lifecycle(t.Context(), name); err != nil || l.Name != want {
			t.Errorf("Lifecycle(%q) = %s, %v; want %s", name, l.Name, err, want)
		}
	}
}

func TestSecretVersions(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	set := func(name, value string) []records.Change {
		changes, err := k.AddSecret(t.Context(), records.Secret{Name: name, Sealed: secrets.Sealed{Box: []byte(value)}})
		k.must(err)
		return changes
	}
	k.write(set("Db", "one")...)
	late := set("db", "three")
	k.write(set("DB", "two")...)
	if err := k.Write(t.Context(), late...); !records.Conflict(err) {
		t.Errorf("two people set a secret at once = %v, want a conflict", err)
	}
	if version, ok, err := k.SecretVersion(t.Context(), "db"); version != 2 || !ok || err != nil {
		t.Errorf("SecretVersion = %d, %v, %v", version, ok, err)
	}
	for version, want := range map[int]string{1: "one", 2: "two"} {
		if s, err := k.Secret(t.Context(), "dB", version); err != nil || string(s.Sealed.Box) != want {
			t.Errorf("version %d = %s, %v; want %s", version, s.Sealed.Box, err, want)
		}
	}
	if all, err := k.Secrets(t.Context()); err != nil || len(all) != 1 || all[0].Version != 2 {
		t.Errorf("Secrets = %+v, %v; want the newest of one", all, err)
	}
	if _, ok, err := k.SecretVersion(t.Context(), "other"); ok || err != nil {
		t.Errorf("SecretVersion of none = %v, %v", ok, err)
	}
}

func TestAPIKeys(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	key := records.APIKey{ID: "k1", Hash: "h1", UserID: "Users-1", Purpose: "ci"}
	k.write(records.AddAPIKey(key)...)
	k.write(records.AddAPIKey(records.APIKey{ID: "k2", Hash: "h2", UserID: "Users-2"})...)
	if got, ok, err := k.APIKey(t.Context(), "h1"); !reflect.DeepEqual(got, key) || !ok || err != nil {
		t.Errorf("APIKey = %+v, %v, %v", got, ok, err)
	}
	if got, err := k.APIKeys(t.Context(), "Users-1"); err != nil || len(got) != 1 || !reflect.DeepEqual(got[0], key) {
		t.Errorf("APIKeys = %+v, %v", got, err)
	}
	gone, err := k.RemoveAPIKey(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	k.write(gone...)
	if _, ok, err := k.APIKey(t.Context(), "h1"); ok || err != nil {
		t.Errorf("a removed key is there: %v, %v", ok, err)
	}
	if got, err := k.APIKeys(t.Context(), "Users-1"); err != nil || len(got) != 0 {
		t.Errorf("APIKeys = %+v, %v", got, err)
	}
}

func TestSessionsExpire(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	s := records.Session{ID: "Sessions-1", Hash: "h", UserID: "Users-1", Created: noon, Expires: noon.Add(time.Hour)}
	other := s
	other.ID, other.Hash = "Sessions-2", "other"
	k.write(records.AddSession("h", s)...)
	k.write(records.AddSession("other", other)...)
	if got, err := k.Sessions(t.Context(), "Users-1", noon); err != nil || len(got) != 2 {
		t.Errorf("Sessions = %+v, %v, want two", got, err)
	}
	if got, ok, err := k.Session(t.Context(), "h"); got != s || !ok || err != nil {
		t.Errorf("Session = %+v, %v, %v", got, ok, err)
	}
	k.write(records.EndSession(other)...)
	if _, ok, err := k.Session(t.Context(), "other"); ok || err != nil {
		t.Errorf("a session that was ended is there: %v, %v", ok, err)
	}
	k.later.Store(int64(time.Hour))
	if _, ok, err := k.Session(t.Context(), "h"); ok || err != nil {
		t.Errorf("an expired session is there: %v, %v", ok, err)
	}
	if got, err := k.Sessions(t.Context(), "Users-1", noon.Add(time.Hour)); err != nil || len(got) != 0 {
		t.Errorf("Sessions after all ended = %+v, %v", got, err)
	}
}

func TestSetupIsDoneOnce(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	if s, revision, err := k.Setup(t.Context()); s != (records.Setup{}) || revision != 0 || err != nil {
		t.Errorf("Setup = %+v, %d, %v", s, revision, err)
	}
	k.write(records.SetSetup(records.Setup{Hash: "h"}, 0))
	s, revision, err := k.Setup(t.Context())
	k.must(err)
	s.Done = true
	k.write(records.SetSetup(s, revision))
	if err := k.Write(t.Context(), records.SetSetup(s, revision)); !records.Conflict(err) {
		t.Errorf("setting up twice = %v, want a conflict", err)
	}
}

func TestAuditIsReadNewestFirst(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	// written in another order than they happened, in other zones, and close together
	for _, i := range []int{3, 0, 4, 1, 2} {
		zone := time.FixedZone("", i*3600)
		k.must(k.Tell(t.Context(), []pipelines.Event{{ID: fmt.Sprint(i), At: noon.Add(time.Duration(i) * time.Nanosecond).In(zone), Category: "Made"}}))
	}
	ids := func(before time.Time, limit int) string {
		entries, err := k.AuditLog(t.Context(), before, limit)
		k.must(err)
		var out []string
		for _, e := range entries {
			out = append(out, e.ID)
		}
		return strings.Join(out, " ")
	}
	for _, c := range []struct {
		before time.Time
		limit  int
		want   string
	}{{time.Time{}, 10, "4 3 2 1 0"}, {time.Time{}, 2, "4 3"}, {noon.Add(2), 10, "1 0"}, {noon.Add(3), 1, "2"}} {
		if got := ids(c.before, c.limit); got != c.want {
			t.Errorf("AuditLog(%s, %d) = %s, want %s", c.before, c.limit, got, c.want)
		}
	}
	same := pipelines.Event{ID: "3", At: noon.Add(3)}
	if err := k.Tell(t.Context(), []pipelines.Event{same}); !records.Conflict(err) {
		t.Errorf("writing over an entry = %v, want a conflict", err)
	}
}

// TestALimitHolds also where a page of the store ends before it.
func TestALimitHolds(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	long := strings.Repeat("x", 90<<10)
	for i := range 30 {
		k.must(k.Tell(t.Context(), []pipelines.Event{{ID: fmt.Sprint(i), At: noon.Add(time.Duration(i) * time.Second), Message: long}}))
	}
	entries, err := k.AuditLog(t.Context(), time.Time{}, 20)
	k.must(err)
	if len(entries) != 20 {
		t.Errorf("AuditLog with limit 20 gives %d", len(entries))
	}
}

func TestAskedAndItsLink(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	a := records.Asked{Deployment: "Deployments-1", Step: 1, UserID: "Users-2", Key: "k1", Link: links.Link{Hash: []byte("1"), Purpose: "answer", Expires: noon}}
	if _, _, ok, err := k.Asked(t.Context(), a.Deployment, a.Step, a.Round, a.UserID); ok || err != nil {
		t.Errorf("Asked before = %v, %v", ok, err)
	}
	k.write(records.AddAsked(a, 0)...)
	newer := a
	newer.Key, newer.Link.Hash = "k2", []byte("2")
	k.write(records.AddAsked(newer, 1)...)
	for link, hash := range map[string]string{"k1": "1", "k2": "2"} {
		got, revision, ok, err := k.LinkOwner(t.Context(), link)
		if err != nil || !ok || revision != 1 || got.UserID != "Users-2" || got.Link.Purpose != "answer" || string(got.Link.Hash) != hash {
			t.Errorf("LinkOwner(%s) = %+v at %d, %v, %v", link, got, revision, ok, err)
		}
	}
	a.Link.Wrong = 1
	k.write(records.SetLink(a, 1))
	if got, revision, _, _ := k.LinkOwner(t.Context(), "k1"); got.Link.Wrong != 1 || revision != 2 {
		t.Errorf("LinkOwner after a wrong code = %+v at %d", got, revision)
	}
	if got, _, _, _ := k.LinkOwner(t.Context(), "k2"); got.Link.Wrong != 0 {
		t.Errorf("a wrong code counts for another mail's link: %+v", got)
	}
	if err := k.Write(t.Context(), records.SetLink(a, 1)); !records.Conflict(err) {
		t.Errorf("a click on what has changed = %v, want a conflict", err)
	}
	if _, _, ok, err := k.LinkOwner(t.Context(), "unknown"); ok || err != nil {
		t.Errorf("LinkOwner of an unknown key = %v, %v", ok, err)
	}
	again := records.Asked{Deployment: a.Deployment, Step: a.Step, Round: 1, UserID: a.UserID, Key: "k3", Link: a.Link}
	k.write(records.AddAsked(again, 0)...)
	for link, round := range map[string]int{"k2": 0, "k3": 1} {
		if got, _, ok, err := k.LinkOwner(t.Context(), link); err != nil || !ok || got.Round != round {
			t.Errorf("LinkOwner(%s) = %+v, %v, %v; want round %d", link, got, ok, err, round)
		}
	}
}

// What was stored before there were rounds is the first one.
func TestAskedByAnOlderProgram(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.write(
		table.Create(table.Key{Partition: "deployment/Deployments-1", Sort: "asked/0000000001/Users-2"}, []byte(`{"deployment":"Deployments-1","step":1,"userId":"Users-2","key":"k","sent":true,"link":{}}`)),
		table.Create(table.Key{Partition: "links", Sort: "k"}, []byte(`{"deployment":"Deployments-1","step":1,"userId":"Users-2","key":"k","sent":false,"link":{}}`)),
	)
	if got, _, ok, err := k.LinkOwner(t.Context(), "k"); err != nil || !ok || !got.Sent || got.Round != 0 {
		t.Errorf("LinkOwner = %+v, %v, %v", got, ok, err)
	}
	k.write(table.Create(table.Key{Partition: "links", Sort: "earlier"}, []byte(`{"deployment":"Deployments-1","step":1,"userId":"Users-2","key":"earlier","sent":false,"link":{}}`)))
	if got, _, ok, err := k.LinkOwner(t.Context(), "earlier"); err != nil || ok || got.Deployment != "Deployments-1" {
		t.Errorf("LinkOwner of a link that was replaced = %+v, %v, %v", got, ok, err)
	}
}

func TestPackages(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	for _, version := range []string{"1.0.9", "1.0.10", "1.0.10-beta", "1.0.2"} {
		k.write(records.AddPackage(pipelines.Package{ID: "Quotes", Version: version, SHA256: version})...)
	}
	if err := k.Write(t.Context(), records.AddPackage(pipelines.Package{ID: "QUOTES", Version: "1.0.10-BETA"})...); !records.Conflict(err) {
		t.Errorf("the same version in other case = %v, want a conflict", err)
	}
	all, err := k.Packages(t.Context(), "quotes")
	k.must(err)
	var versions []string
	for _, p := range all {
		versions = append(versions, p.Version)
	}
	if !slices.Equal(versions, []string{"1.0.10", "1.0.10-beta", "1.0.9", "1.0.2"}) {
		t.Errorf("Packages = %v", versions)
	}
	if p, ok, err := k.Package(t.Context(), "qUotes", "1.0.10-Beta"); !ok || err != nil || p.Version != "1.0.10-beta" {
		t.Errorf("Package = %+v, %v, %v", p, ok, err)
	}
	if ids, err := k.PackageIDs(t.Context()); err != nil || !slices.Equal(ids, []string{"Quotes"}) {
		t.Errorf("PackageIDs = %v, %v", ids, err)
	}
}

func TestPrincipal(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	stella := k.add(records.Users, "stella", func(id string) any { return pipelines.User{ID: id, Username: "stella"} })
	gone := k.add(records.Users, "gone", func(id string) any { return pipelines.User{ID: id, Username: "gone", Disabled: true} })
	k.add(records.Teams, "T", func(id string) any { return pipelines.Team{ID: id, Name: "T", Members: []string{"Stella"}} })
	if p, err := k.Principal(t.Context(), stella, "session"); err != nil || !slices.Equal(p.Teams, []string{"T"}) || p.Via != "session" {
		t.Errorf("Principal = %+v, %v", p, err)
	}
	if _, err := k.Principal(t.Context(), gone, ""); pipelines.CodeOf(err) != pipelines.Unauthenticated {
		t.Errorf("Principal of a disabled user = %v", err)
	}
	if _, err := k.Principal(t.Context(), "Users-9", ""); pipelines.CodeOf(err) != pipelines.NotFound {
		t.Errorf("Principal of nobody = %v", err)
	}
}

// TestKeysAreLegal: names of any kind of sign can be stored.
func TestKeysAreLegal(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	for _, name := range []string{"a/b", "Prüfung 東京", strings.Repeat("x", 200), "..", "#{X}"} {
		k.environment(name, 0)
		if err := (table.Key{Partition: "names", Sort: name}).Check(); err != nil {
			t.Error(err)
		}
	}
	if all, err := k.Environments(t.Context()); err != nil || len(all) != 5 {
		t.Errorf("%d environments, %v", len(all), err)
	}
}
