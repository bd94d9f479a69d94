package pages

import "net/url"

// SignInSettings says how people and builds sign in.
type SignInSettings struct {
	Frame
	Form         string // whose problems these are
	Problems     []Problem
	SecondFactor string // who needs one: "", administrators, everybody
	Providers    []ProviderRow
	Provider     ProviderForm
	Trusts       []TrustRow
	Trust        TrustRow // as somebody typed it
	Accounts     []string // service accounts
}

func (v SignInSettings) problemsOf(form string) []Problem {
	if v.Form != form {
		return nil
	}
	return v.Problems
}

// ProviderRow is one identity provider.
type ProviderRow struct {
	ID, Name, Issuer string
	Off              bool
}

// ProviderForm is what is entered about one.
type ProviderForm struct {
	ID, Name, Issuer, ClientID, Scopes, GroupClaim string
	Groups                                         string // a line each: GROUP = TEAM
	Redirect                                       string
	HasSecret, NewUsers, LinkByMail, Off, There    bool
}

// TrustRow is one rule by which builds sign in.
type TrustRow struct {
	ID, Account, Issuer, Subject, Audience string
	Minutes                                int
}

// The addresses of the settings' parts.
const (
	SignInSettingsPath = SettingsPath + "/sign-in"
	ProvidersPath      = SignInSettingsPath + "/providers"
	TrustsPath         = SignInSettingsPath + "/trusts"
)

// ProviderPath is where one provider is changed.
func ProviderPath(id string) string { return ProvidersPath + "/" + url.PathEscape(id) }

// RemoveProviderPath takes the order to remove one.
func RemoveProviderPath(id string) string { return ProviderPath(id) + "/remove" }

// RemoveTrustPath takes the order to take a rule back.
func RemoveTrustPath(id string) string { return TrustsPath + "/" + url.PathEscape(id) + "/remove" }
