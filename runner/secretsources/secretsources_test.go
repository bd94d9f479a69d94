package secretsources_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"slipway/pipelines"
	"slipway/runner/awscalls"
	"slipway/runner/secretsources"
	"slipway/runner/spend"
	"slipway/test/emulators/parameters"
	"slipway/test/emulators/secretsmanager"
	"slipway/test/emulators/wire"
)

func config(t *testing.T, service string, h http.Handler) aws.Config {
	t.Helper()
	account, err := awscalls.Open(func(name string) (string, bool) {
		v, ok := map[string]string{"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}[name]
		return v, ok
	})
	if err != nil {
		t.Fatal(err)
	}
	c := account.For(service)
	c.HTTPClient = wire.Direct{Handler: h}
	return c
}

func sources(t *testing.T) (*secretsources.Sources, *parameters.Server, *secretsmanager.Server) {
	p, s := parameters.New(nil), secretsmanager.New()
	p.Put("/prod/db-password", "SecureString", "correct horse")
	p.Put("/prod/host", "String", "db.example.org")
	s.Put("prod/db", `{"password": "battery staple", "port": 5432, "big": 12345678901234567890, "none": null, "list": ["secret"], "empty": ""}`)
	s.Put("prod/token", "just text")
	s.PutBinary("prod/binary", []byte{1, 2})
	return secretsources.New(config(t, "SSM", p), config(t, "SECRETS_MANAGER", s)), p, s
}

func TestRead(t *testing.T) {
	t.Parallel()
	src, _, _ := sources(t)
	for ref, want := range map[string]string{
		"aws-parameter:/prod/db-password": "correct horse",
		"aws-parameter:/prod/host":        "db.example.org",
		"aws-secret:prod/token":           "just text",
		"aws-secret:prod/db#password":     "battery staple",
		"aws-secret:prod/db#port":         "5432",
		"aws-secret:prod/db#big":          "12345678901234567890",
		"aws-secret:prod/db#empty":        "",
		"aws-secret:arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod/db-AbCdEf#password": "battery staple",
	} {
		got, err := src.Read(t.Context(), ref)
		if err != nil || got != want {
			t.Errorf("Read(%s) = %q, %v, want %q", ref, got, err, want)
		}
	}
}

// What a variable says is what Read understands.
func TestReadsWhatVariablesSay(t *testing.T) {
	t.Parallel()
	src, _, _ := sources(t)
	for want, v := range map[string]pipelines.Variable{"correct horse": {Parameter: "/prod/db-password"}, "battery staple": {SecretsManager: "prod/db#password"}} {
		if got, err := src.Read(t.Context(), v.Source()); err != nil || got != want {
			t.Errorf("Read(%s) = %q, %v, want %q", v.Source(), got, err, want)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	src, _, _ := sources(t)
	for ref, c := range map[string]struct {
		code pipelines.Code
		want string
	}{
		"aws-parameter:/prod/gone":   {pipelines.NotFound, "no parameter /prod/gone"},
		"aws-secret:prod/gone":       {pipelines.NotFound, "no secret prod/gone"},
		"aws-secret:prod/db#gone":    {pipelines.NotFound, `no key "gone"`},
		"aws-secret:prod/token#key":  {pipelines.Invalid, "no JSON object"},
		"aws-secret:prod/db#none":    {pipelines.Invalid, "holds no text"},
		"aws-secret:prod/db#list":    {pipelines.Invalid, "holds no text"},
		"aws-secret:prod/binary":     {pipelines.Invalid, "is no text"},
		"db@3":                       {"", "no reference"},
		"file:/etc/passwd":           {"", "no reference"},
		"aws-secret:prod/binary#key": {pipelines.Invalid, "is no text"},
	} {
		got, err := src.Read(t.Context(), ref)
		if err == nil || got != "" || pipelines.CodeOf(err) != c.code || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Read(%s) = %q, %v (%s), want %q (%s)", ref, got, err, pipelines.CodeOf(err), c.want, c.code)
			continue
		}
		for _, value := range []string{"just text", "battery", `"secret"`} {
			if strings.Contains(err.Error(), value) {
				t.Errorf("Read(%s): the error holds a value: %v", ref, err)
			}
		}
	}
}

func TestAMissingPermissionIsNamed(t *testing.T) {
	t.Parallel()
	src, p, s := sources(t)
	p.Before(func(operation, resource string) *wire.Refusal { return wire.Denied("ssm:"+operation, resource) })
	s.Before(func(operation, resource string) *wire.Refusal {
		return wire.Denied("secretsmanager:"+operation, resource)
	})
	for ref, want := range map[string][2]string{
		"aws-parameter:/prod/host": {"ssm:GetParameter", "arn:aws:ssm:eu-central-1:123456789012:parameter/prod/host"},
		"aws-secret:prod/token":    {"secretsmanager:GetSecretValue", "arn:aws:secretsmanager:eu-central-1:123456789012:secret:prod/token-AbCdEf"},
	} {
		_, err := src.Read(t.Context(), ref)
		denied, ok := errors.AsType[*awscalls.DeniedError](err)
		if !ok || denied.Action != want[0] || denied.Resource != want[1] || pipelines.CodeOf(err) != pipelines.Unavailable {
			t.Errorf("Read(%s) = %v, want that %s on %s is missing", ref, err, want[0], want[1])
		}
	}
}

func TestNothingIsKept(t *testing.T) {
	t.Parallel()
	src, p, _ := sources(t)
	var meter spend.Meter
	ctx := spend.With(t.Context(), &meter)
	if _, err := src.Read(ctx, "aws-parameter:/prod/host"); err != nil {
		t.Fatal(err)
	}
	p.Put("/prod/host", "String", "new.example.org")
	got, err := src.Read(ctx, "aws-parameter:/prod/host")
	if err != nil || got != "new.example.org" {
		t.Errorf("Read after a rotation = %q, %v, want the new value", got, err)
	}
	if _, err := src.Read(ctx, "aws-secret:prod/token"); err != nil {
		t.Fatal(err)
	}
	if spent := meter.Take(); spent[spend.ParameterCall] != 2 || spent[spend.SecretRequest] != 1 {
		t.Errorf("counted %v, want 2 parameters and a secret", spent)
	}
}

func TestThrottlingIsWaitedOut(t *testing.T) {
	t.Parallel()
	src, p, _ := sources(t)
	calls := 0
	p.Before(func(string, string) *wire.Refusal {
		if calls++; calls == 1 {
			return wire.Throttled()
		}
		return nil
	})
	if got, err := src.Read(t.Context(), "aws-parameter:/prod/host"); err != nil || got != "db.example.org" || calls != 2 {
		t.Errorf("Read = %q, %v after %d calls, want the value after 2", got, err, calls)
	}
}
