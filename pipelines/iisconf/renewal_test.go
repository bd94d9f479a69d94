package iisconf

import (
	"reflect"
	"slices"
	"testing"
)

// TestSharedCertificateIsRenewed: two sites answer on one address without SNI
// and with one certificate; the first deployment with its successor replaces it
// for both, and the second finds it done.
func TestSharedCertificateIsRenewed(t *testing.T) {
	const other = "0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B0B"
	t.Parallel()
	site := func(name, host, certificate string) Wanted {
		return Wanted{Site: &Site{
			Name: name, PhysicalPath: `C:\` + name, Anonymous: true, Pool: Pool{Name: name, Framework: "v4.0"},
			Bindings: []Binding{{Protocol: "https", Port: 443, Host: host, Thumbprint: certificate, Store: "My"}},
		}}
	}
	s := State{Version: "10.0"}
	do := func(w Wanted) []Action {
		t.Helper()
		list, err := Diff(w, s)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range list {
			if s, err = Apply(s, a); err != nil {
				t.Fatal(err)
			}
		}
		return list
	}
	do(site("Dev", "dev.example.org", thumbprint))
	do(site("Test", "test.example.org", thumbprint))
	before := s
	list := do(site("Dev", "dev.example.org", other))
	if len(list) != 2 || list[0].Verb != DropCertificate || list[1].Verb != BindCertificate {
		t.Fatalf("Diff = %v", list)
	}
	if got := SharedBy(list[0], before); !slices.Equal(got, []string{"Test"}) {
		t.Errorf("SharedBy = %q", got)
	}
	if list := do(site("Test", "test.example.org", other)); len(list) > 0 {
		t.Errorf("the second Diff = %v", list)
	}
}

// TestStoppedPoolIsStartedFirst: what is served moves into no stopped pool, and
// what its own pool loads changes right before the switch.
func TestStoppedPoolIsStartedFirst(t *testing.T) {
	t.Parallel()
	s := State{
		Version: "10.0", Pools: []Pool{{Name: "A", Framework: "v4.0"}, {Name: "B", Framework: "v4.0", Stopped: true}},
		Sites: []SiteState{{
			Name: "S", ID: 1, Bindings: []Binding{{Protocol: "http", Port: 8081, Address: "*"}},
			Applications: []ApplicationState{{Path: "/", Pool: "A", Directories: []DirectoryState{{"/", `C:\1`}}}},
		}},
		Logins: map[string]Login{"S": {Anonymous: true}},
	}
	verbs := func(pool, framework string) (list []Verb) {
		actions, err := Diff(Wanted{Site: &Site{
			Name: "S", PhysicalPath: `C:\2`, Pool: Pool{Name: pool, Framework: framework, Identity: "LocalService"}, Anonymous: true,
			Bindings: []Binding{{Protocol: "http", Port: 8082}},
		}}, s)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range actions {
			list = append(list, a.Verb)
		}
		return list
	}
	if got, want := verbs("B", "v2.0"), []Verb{SetIdentity, SetFramework, StartPool, SetPool, SetBindings, SetPath}; !reflect.DeepEqual(got, want) {
		t.Errorf("into another pool: %q, want %q", got, want)
	}
	if got, want := verbs("A", "v2.0"), []Verb{SetBindings, SetIdentity, SetFramework, SetPath}; !reflect.DeepEqual(got, want) {
		t.Errorf("in the same pool: %q, want %q", got, want)
	}
}
