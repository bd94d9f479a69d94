package octostache

import (
	"slices"
	"testing"
)

func TestUnknownFilter(t *testing.T) {
	t.Parallel()
	o := Options{Filters: map[string]Filter{"Shout": func(in string, _ []string) (string, bool) { return in + "!", true }}}
	for token, want := range map[string]string{
		"#{A | Foo}":                           "Foo",
		"#{A | toupper | Foo | Bar}":           "Foo",
		"#{A | Append #{B | Foo}}":             "Foo",
		"#{if A == B | Foo}x#{/if}":            "Foo",
		"#{if A}x#{else}#{B | Foo}#{/if}":      "Foo",
		"#{each a in L}#{a | Foo}#{/each}":     "Foo",
		"#{A | ToUpper}":                       "",
		"#{A | shout}":                         "",
		"#{A}":                                 "",
		"#{calc 1+A}":                          "",
		"#{A | ":                               "",
		"##{A | Foo} is a text, no expression": "",
	} {
		if got, ok := UnknownFilter(token, o); got != want || ok != (want != "") {
			t.Errorf("UnknownFilter(%q) = %q, %v, want %q", token, got, ok, want)
		}
	}
}

// A value that is known only later does not make a filter that nobody knows.
func TestUnknownFilterOfLateValue(t *testing.T) {
	t.Parallel()
	v := NewVariables()
	v.SetLate("A")
	r, err := Evaluate("#{A | Foo} #{A | ToUpper}", v, Options{})
	if want := "#{A | Foo} " + LateText; err != nil || r.Text != want || !slices.Equal(r.Unresolved, []string{"#{A | Foo}"}) {
		t.Errorf("Evaluate = %+v, %v, want %q", r, err, want)
	}
}

func TestSetAtDeployment(t *testing.T) {
	t.Parallel()
	v := NewVariables()
	v.SetAtDeployment("Octopus.Release.Number")
	v.Set("N", "v#{Octopus.Release.Number}")
	for text, want := range map[string]string{
		"#{N}":                            "v" + DeploymentText,
		"#{Octopus.Release.Number.Major}": DeploymentText,
		"#{N | ToUpper}":                  DeploymentText,
		"#{A.B | ToUpper}":                "#{A.B | ToUpper}",
		"#{if N}yes#{/if}":                "yes",
	} {
		if r, err := Evaluate(text, v.Clone(), Options{}); err != nil || r.Text != want {
			t.Errorf("Evaluate(%q) = %+v, %v, want %q", text, r, err, want)
		}
	}
}
