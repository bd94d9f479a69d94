package pipelines

import "testing"

func TestAUsernameCanStandInAnAddress(t *testing.T) {
	t.Parallel()
	for name, fine := range map[string]bool{".": false, "..": false, "%2e%2e": false, "a%2F": false, "a.b": true, "...": true, "100%": true, "a%zz": true} {
		if found := (User{Username: name}).Check(); (len(found) == 0) != fine {
			t.Errorf("%q: %v", name, found)
		}
	}
}
