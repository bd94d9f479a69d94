package rest

// TokenRequest is the body of POST /v1/token (RFC 8693's names): the token that a
// build system gave its build. Account names the service account where several
// trust the token.
type TokenRequest struct {
	GrantType        string `json:"grant_type,omitempty"`
	SubjectToken     string `json:"subject_token"`
	SubjectTokenType string `json:"subject_token_type,omitempty"`
	Account          string `json:"account,omitempty"`
}

// The only values that TokenRequest has beside "".
const (
	GrantTokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange"
	TokenTypeJWT       = "urn:ietf:params:oauth:token-type:jwt"
	TokenTypeIDToken   = "urn:ietf:params:oauth:token-type:id_token"
)

// TokenAnswer answers it: an API key that lasts ExpiresIn seconds.
type TokenAnswer struct {
	AccessToken     string `json:"access_token"`
	IssuedTokenType string `json:"issued_token_type"`
	TokenType       string `json:"token_type"`
	ExpiresIn       int    `json:"expires_in"`
}

// Trust is a rule by which builds sign in as a service account, as
// GET /v1/sign-in/trusts lists them and POST adds one.
type Trust struct {
	ID       string `json:"id,omitempty"`
	Account  string `json:"account"`
	Issuer   string `json:"issuer"`
	Subject  string `json:"subject"`
	Audience string `json:"audience,omitempty"`
	Minutes  int    `json:"minutes,omitempty"`
}

// Provider is an identity provider, as GET /v1/sign-in/providers lists them and
// PUT /v1/sign-in/providers/{id} saves one. Secret is only ever sent in.
type Provider struct {
	ID         string            `json:"id"`
	Name       string            `json:"name"`
	Issuer     string            `json:"issuer"`
	ClientID   string            `json:"clientId"`
	Secret     string            `json:"secret,omitempty"`
	Scopes     []string          `json:"scopes,omitempty"`
	GroupClaim string            `json:"groupClaim,omitempty"`
	Groups     map[string]string `json:"groups,omitempty"` // group: team
	NewUsers   bool              `json:"newUsers,omitempty"`
	LinkByMail bool              `json:"linkByMail,omitempty"`
	Disabled   bool              `json:"disabled,omitempty"`
	Redirect   string            `json:"redirect,omitempty"`
}

// SecondFactor is the body of PUT /v1/sign-in/second-factor: "", administrators
// or everybody.
type SecondFactor struct {
	Required string `json:"required"`
}
