package pipelines

import "testing"

func TestNamesThatLeadElsewhere(t *testing.T) {
	t.Parallel()
	for name, fine := range map[string]bool{".": false, "..": false, "%2e%2E": false, ".%2e": false, "...": true, "a.b": true, "%2e%2e%2e": true} {
		for what, found := range map[string][]Problem{
			"environment": Environment{Name: name}.Check(), "team": Team{Name: name}.Check(nil, nil, nil),
			"role": checkName("name", "user role", name),
		} {
			if len(found) == 0 != fine {
				t.Errorf("%s %q: %v, want it taken: %t", what, name, found, fine)
			}
		}
	}
}

func TestWithoutUnseen(t *testing.T) {
	t.Parallel()
	const family = "👩\u200d👧" // a joiner is part of what is seen
	for text, want := range map[string]string{
		"plain": "plain", "a\n\tb\r\n": "a\n\tb\r\n", "not \u202edesrever": "not desrever", "zero\u200bwidth\ufeff\u2066": "zerowidth", family: family,
	} {
		if got := WithoutUnseen(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
