package web

import (
	"net/http"
	"testing"
)

// TestAPhaseSaysWhatStartsIt: a trigger sends releases to the first phase.
func TestAPhaseSaysWhatStartsIt(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.browser("admin").has("/lifecycles", http.StatusOK, "deployed by hand, or by a trigger of Random Quotes")
}

// TestARefusalSpeaksToWhoReadsIt: it names the permission, not the person.
func TestARefusalSpeaksToWhoReadsIt(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	k.browser("guest").has("/audit", http.StatusForbidden, "You need the permission EventView")
}

// TestSearchFindsPagesAndNumbers: a number alone is a deployment's.
func TestSearchFindsPagesAndNumbers(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	d := k.push("1.0.1")
	b := k.browser("admin")
	b.has("/search?q=invite", http.StatusOK, "Invite somebody")
	b.has("/search?q=project+viewer", http.StatusOK, "User roles", "/people/roles/Project%20viewer")
	b.has("/search?q=1", http.StatusOK, "/deployments/"+d.ID)
}
