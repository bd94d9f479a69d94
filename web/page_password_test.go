package web

import (
	"net/http"
	"strings"
	"testing"
)

// TestANewPasswordEndsOldSessions: who had a cookie has to sign in again, and a
// cookie alone does not set a password.
func TestANewPasswordEndsOldSessions(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	stella := k.browser("stella")
	stella.has("/keys", http.StatusOK)
	put := func(body string) int {
		return stella.do("PUT", "/v1/users/stella/password", "application/json", strings.NewReader(body)).status
	}
	if got := put(`{"password": "a quite new password"}`); got != http.StatusUnauthorized {
		t.Errorf("a password set by session alone: %d, want 401", got)
	}
	stella.has("/keys", http.StatusOK)
	must(t, k.catalog.SetPassword(t.Context(), k.admin, "stella", "a quite new password"))
	if got := stella.get("/keys"); got.status == http.StatusOK {
		t.Error("the session outlived the password")
	}
}
