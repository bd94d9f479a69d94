package pipelines

import "testing"

func TestClaimIsLost(t *testing.T) {
	t.Parallel()
	site := Claim{Kind: "iis site", Value: "RandomQuotes", Targets: []string{"win-1"}}
	holder := func(project, by string) Holder {
		return Holder{ProjectID: project, EnvironmentID: "Environments-1", Claims: []Claim{site}, By: by}
	}
	mine := holder("Projects-1", "Deployments-9")
	for name, c := range map[string]struct {
		others []Holder
		want   string
	}{
		"to one that came later":       {[]Holder{mine, holder("Projects-2", "Deployments-10")}, "Deployments-10"},
		"to the last of several":       {[]Holder{holder("Projects-3", "Deployments-12"), mine, holder("Projects-2", "Deployments-10")}, "Deployments-12"},
		"not to one that was before":   {[]Holder{mine, holder("Projects-2", "Deployments-8")}, ""},
		"not where it deployed again":  {[]Holder{holder("Projects-1", "Deployments-11"), holder("Projects-2", "Deployments-10")}, ""},
		"nothing where nobody else is": {[]Holder{mine}, ""},
	} {
		if by, _, lost := site.Lost("Projects-1", "Environments-1", "Deployments-9", c.others); lost != (c.want != "") || lost && by.By != c.want {
			t.Errorf("%s: lost to %q (%v), want %q", name, by.By, lost, c.want)
		}
	}
}
