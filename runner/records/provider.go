package records

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"sort"
	"strconv"
	"time"

	"slipway/pipelines"
	"slipway/runner/secrets"
	"slipway/runner/table"
)

// SignInSettings is how people sign in.
type SignInSettings struct {
	SecondFactor FactorRule `json:"secondFactor,omitempty"`
}

// FactorRule says who needs a second factor when signing in with a password.
type FactorRule string

// The rules.
const (
	FactorOptional       FactorRule = ""
	FactorAdministrators FactorRule = "administrators"
	FactorEverybody      FactorRule = "everybody"
)

// Wants says whether the rule demands a second factor.
func (f FactorRule) Wants(admin bool) bool {
	return f == FactorEverybody || f == FactorAdministrators && admin
}

// SignInSettings reads them, with the revision they were read at.
func (r *Records) SignInSettings(ctx context.Context) (SignInSettings, int64, error) {
	s, revision, _, err := get[SignInSettings](ctx, r, key("settings", "sign-in"))
	return s, revision, err
}

// SetSignInSettings is the change of them, read at revision (0: there were none).
func SetSignInSettings(s SignInSettings, revision int64) Change {
	return setAt(key("settings", "sign-in"), s, revision)
}

func setAt(k table.Key, v any, revision int64) Change {
	if revision == 0 {
		return table.Create(k, encode(v))
	}
	return table.Replace(k, encode(v), revision)
}

// Provider is an identity provider that people sign in with.
type Provider struct {
	ID         string         `json:"id"` // in addresses: lower-case letters, digits, dashes
	Name       string         `json:"name"`
	Issuer     string         `json:"issuer"`
	ClientID   string         `json:"clientId"`
	Secret     secrets.Sealed `json:"secret,omitzero"` // none: a public client
	Scopes     []string       `json:"scopes,omitempty"`
	GroupClaim string         `json:"groupClaim,omitempty"`
	Groups     []GroupTeam    `json:"groups,omitempty"`
	// NewUsers says whether somebody who is not known here gets an account.
	NewUsers bool `json:"newUsers,omitempty"`
	// LinkByMail says whether an account without any credential of its own may be
	// taken by whoever has its mail address at the provider.
	LinkByMail bool `json:"linkByMail,omitempty"`
	Disabled   bool `json:"disabled,omitempty"`
}

// GroupTeam says in which team of ours the members of a group are.
type GroupTeam struct {
	Group string `json:"group"`
	Team  string `json:"team"`
}

// Providers are all identity providers by name.
func (r *Records) Providers(ctx context.Context) ([]Provider, error) {
	out, err := all[Provider](ctx, r, table.Range{Partition: "settings", Prefix: "provider/"})
	sort.SliceStable(out, func(i, j int) bool { return pipelines.NameKey(out[i].Name) < pipelines.NameKey(out[j].Name) })
	return out, err
}

// Provider reads one, with the revision it was read at.
func (r *Records) Provider(ctx context.Context, id string) (Provider, int64, bool, error) {
	return get[Provider](ctx, r, key("settings", "provider", id))
}

// SetProvider is the change of one, read at revision (0: there was none).
func SetProvider(p Provider, revision int64) Change {
	return setAt(key("settings", "provider", p.ID), p, revision)
}

// RemoveProvider is the change that takes one away, read at revision. Who signed in
// with it keeps their account.
func RemoveProvider(id string, revision int64) Change {
	return table.RemoveAt(key("settings", "provider", id), revision)
}

// Identity is who somebody is at a provider: issuer and subject together, and
// nothing else, name a person for good.
type Identity struct {
	Issuer   string    `json:"issuer"`
	Subject  string    `json:"subject"`
	Provider string    `json:"provider"`
	UserID   string    `json:"userId"`
	Since    time.Time `json:"since"`
	Name     string    `json:"name,omitempty"` // as the provider calls them, to be shown
	// Groups are, by provider, those of the groups it stands for here that the person
	// was in at their last sign-in there: why they are in teams by signing in.
	Groups map[string][]string `json:"groups,omitempty"`
}

// Identity finds whose an identity is, with the revision it was read at.
func (r *Records) Identity(ctx context.Context, issuer, subject string) (Identity, int64, bool, error) {
	return get[Identity](ctx, r, identityKey(issuer, subject))
}

// Identities are a user's.
func (r *Records) Identities(ctx context.Context, userID string) ([]Identity, error) {
	return all[Identity](ctx, r, table.Range{Partition: "user/" + userID, Prefix: "identity/"})
}

// AddIdentity are the changes that make an identity a user's. It is nobody's yet.
func AddIdentity(i Identity) []Change {
	return []Change{table.Create(identityKey(i.Issuer, i.Subject), encode(i)), table.Put(ownIdentity(i), encode(i))}
}

// SetIdentity are the changes of one that was read at revision.
func SetIdentity(i Identity, revision int64) []Change {
	return []Change{table.Replace(identityKey(i.Issuer, i.Subject), encode(i), revision), table.Put(ownIdentity(i), encode(i))}
}

// RemoveIdentity are the changes that take it away again, read at revision.
func RemoveIdentity(i Identity, revision int64) []Change {
	return []Change{table.RemoveAt(identityKey(i.Issuer, i.Subject), revision), table.Remove(ownIdentity(i))}
}

func identityKey(issuer, subject string) table.Key { return key("identities", hashed(issuer, subject)) }

func ownIdentity(i Identity) table.Key {
	return key("user/"+i.UserID, "identity", hashed(i.Issuer, i.Subject))
}

// hashed is a key of texts that come from outside; no two lists share one.
func hashed(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(strconv.Itoa(len(p)) + ":" + p))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Way is somebody on the way to a provider and back, found by the hash of the
// state that goes with them.
type Way struct {
	Provider string    `json:"provider"`
	Cookie   string    `json:"cookie"` // hash of what the browser keeps meanwhile
	Next     string    `json:"next"`
	LinkTo   string    `json:"linkTo,omitempty"` // the user who adds a way to sign in
	Expires  time.Time `json:"expires"`
}

// AddWay is the change that begins one.
func AddWay(hash string, w Way) Change {
	return table.Create(key("ways", hash), encode(w)).Until(w.Expires)
}

// TakeWay reads one and uses it up: whoever comes second finds none.
func (r *Records) TakeWay(ctx context.Context, hash string) (Way, bool, error) {
	w, revision, ok, err := get[Way](ctx, r, key("ways", hash))
	if err != nil || !ok {
		return Way{}, false, err
	}
	err = r.Write(ctx, table.RemoveAt(key("ways", hash), revision))
	if Conflict(err) {
		return Way{}, false, nil
	}
	return w, err == nil, err
}
