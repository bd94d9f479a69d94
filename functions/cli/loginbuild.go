package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"slipway/pipelines"
	"slipway/web/rest"
)

// buildIdentity is how a build says who it is.
type buildIdentity struct {
	github, azure                       bool
	file, audience, account, connection string
}

func newBuildIdentity(c *cobra.Command) *buildIdentity {
	b := &buildIdentity{}
	c.Flags().BoolVar(&b.github, "github", false, "in GitHub Actions: sign in by the workflow's own token")
	c.Flags().BoolVar(&b.azure, "azure-devops", false, "in Azure Pipelines: sign in by the job's own token")
	c.Flags().StringVar(&b.file, "oidc-token-file", "", "sign in by the token in this file (- is stdin)")
	c.Flags().StringVar(&b.audience, "audience", "", "what GitHub's token is made for (default: the server's address)")
	c.Flags().StringVar(&b.account, "account", "", "the service account, where several trust the build")
	c.Flags().StringVar(&b.connection, "service-connection", "", "in Azure Pipelines: the id of the service connection that the token names")
	return b
}

func (b *buildIdentity) wanted() bool { return b.github || b.azure || b.file != "" }

// enterBuild trades the build's token for a key and keeps it.
func (p *program) enterBuild(c *cobra.Command, base string, b *buildIdentity) error {
	token, err := p.buildToken(c.Context(), base, b)
	if err != nil {
		return err
	}
	in := rest.TokenRequest{GrantType: rest.GrantTokenExchange, SubjectToken: token, SubjectTokenType: rest.TokenTypeJWT, Account: b.account}
	var made rest.TokenAnswer
	if err := p.newClient(base, "").call(c.Context(), http.MethodPost, at("token"), in, &made); err != nil {
		return err
	}
	return p.enter(c.Context(), account{URL: base, Key: made.AccessToken})
}

func (p *program) buildToken(ctx context.Context, base string, b *buildIdentity) (string, error) {
	switch {
	case b.github:
		return p.githubToken(ctx, base, b)
	case b.azure:
		return p.azureToken(ctx, b)
	case b.file == "-":
		return p.secretValue("Token")
	}
	f, err := os.Open(b.file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, 64<<10))
	return strings.TrimSpace(string(text)), err
}

// githubToken asks as GitHub's own toolkit does.
func (p *program) githubToken(ctx context.Context, base string, b *buildIdentity) (string, error) {
	address, _ := p.env("ACTIONS_ID_TOKEN_REQUEST_URL")
	bearer, _ := p.env("ACTIONS_ID_TOKEN_REQUEST_TOKEN")
	if address == "" || bearer == "" {
		return "", pipelines.Refuse(pipelines.Invalid, "GitHub gives this job no token: the workflow needs `permissions: { id-token: write }`")
	}
	audience := b.audience
	if audience == "" {
		audience = base
	}
	u, err := url.Parse(address)
	if err != nil {
		return "", pipelines.Refuse(pipelines.Invalid, "ACTIONS_ID_TOKEN_REQUEST_URL is no address")
	}
	query := u.Query()
	query.Set("audience", audience)
	u.RawQuery = query.Encode()
	var out struct {
		Value string `json:"value"`
	}
	err = p.askForToken(ctx, http.MethodGet, u.String(), bearer, "GitHub", &out)
	return out.Value, err
}

// azureToken asks as the pipeline's own tasks do.
func (p *program) azureToken(ctx context.Context, b *buildIdentity) (string, error) {
	address, _ := p.env("SYSTEM_OIDCREQUESTURI")
	bearer, _ := p.env("SYSTEM_ACCESSTOKEN")
	if address == "" || bearer == "" {
		return "", pipelines.Refuse(pipelines.Invalid, "Azure DevOps gives this step no token: pass it on with `env: { SYSTEM_ACCESSTOKEN: $(System.AccessToken) }`")
	}
	u, err := url.Parse(address)
	if err != nil {
		return "", pipelines.Refuse(pipelines.Invalid, "SYSTEM_OIDCREQUESTURI is no address")
	}
	query := u.Query()
	query.Set("api-version", "7.1")
	if b.connection != "" {
		query.Set("serviceConnectionId", b.connection)
	}
	u.RawQuery = query.Encode()
	var out struct {
		Token string `json:"oidcToken"`
	}
	err = p.askForToken(ctx, http.MethodPost, u.String(), bearer, "Azure DevOps", &out)
	return out.Token, err
}

func (p *program) askForToken(ctx context.Context, method, address, bearer, who string, out any) error {
	r, err := http.NewRequestWithContext(ctx, method, address, http.NoBody)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+bearer)
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-TFS-FedAuthRedirect", "Suppress") // else Azure DevOps leads whom it does not know to a page
	answer, err := (&http.Client{Transport: p.transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(r)
	if err != nil {
		return fmt.Errorf("%s could not be asked for a token: %w", who, rootCauseError(err))
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("%s gives no token: %s", who, answer.Status)
	}
	if err := json.NewDecoder(io.LimitReader(answer.Body, 64<<10)).Decode(out); err != nil {
		return fmt.Errorf("%s gives something else than a token", who)
	}
	return nil
}

// rootCauseError leaves the address out, which may hold what is nobody's business.
func rootCauseError(err error) error { return fmt.Errorf("%s", rootCause(err)) }
