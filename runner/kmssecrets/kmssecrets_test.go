package kmssecrets_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"slipway/runner/awscalls"
	"slipway/runner/kmssecrets"
	"slipway/runner/secrets"
	"slipway/runner/secrets/secretstest"
	"slipway/runner/spend"
	"slipway/test/emulators/kms"
	"slipway/test/emulators/wire"
)

const key = "arn:aws:kms:eu-central-1:123456789012:key/11111111-2222-3333-4444-555555555555"

func config(t *testing.T, h http.Handler) aws.Config {
	t.Helper()
	account, err := awscalls.Open(func(name string) (string, bool) {
		v, ok := map[string]string{"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}[name]
		return v, ok
	})
	if err != nil {
		t.Fatal(err)
	}
	c := account.For("KMS")
	c.HTTPClient = wire.Direct{Handler: h}
	return c
}

// Accounts of their own: the same ARN in two of them is two keys.
func TestSuite(t *testing.T) {
	t.Parallel()
	secretstest.Run(t, func(t *testing.T) secrets.Keeper { return kmssecrets.New(config(t, kms.New(key)), key) })
}

func TestSuiteWithKeysOfOneAccount(t *testing.T) {
	t.Parallel()
	server := kms.New()
	secretstest.Run(t, func(t *testing.T) secrets.Keeper {
		own := key + strings.ReplaceAll(t.Name(), "/", "-")
		if server.Has(own) {
			own += "-other"
		}
		server.AddKey(own)
		return kmssecrets.New(config(t, server), own)
	})
}

func TestWhoSealsCannotOpen(t *testing.T) {
	t.Parallel()
	server := kms.New(key)
	cfg := config(t, server)
	server.Before(func(operation, resource string) *wire.Refusal {
		if operation == "GenerateDataKey" {
			return nil
		}
		return wire.Denied("kms:"+operation, resource)
	})
	sealed, err := kmssecrets.NewSealer(cfg, key).Seal(t.Context(), "db", []byte("correct horse"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = kmssecrets.New(cfg, key).Open(t.Context(), sealed)
	denied, ok := errors.AsType[*awscalls.DeniedError](err)
	if !ok || denied.Action != "kms:Decrypt" || denied.Resource != key || errors.Is(err, secrets.ErrCannotOpen) {
		t.Errorf("Open without the permission: %v, want it to be named", err)
	}
}

func TestAKeyThatIsNotThere(t *testing.T) {
	t.Parallel()
	_, err := kmssecrets.NewSealer(config(t, kms.New()), key).Seal(t.Context(), "db", nil)
	if err == nil || !strings.Contains(err.Error(), key) {
		t.Errorf("Seal = %v, want the key's name", err)
	}
}

func TestEachIsOneRequest(t *testing.T) {
	t.Parallel()
	server := kms.New(key)
	k := kmssecrets.New(config(t, server), key)
	var meter spend.Meter
	ctx := spend.With(t.Context(), &meter)
	sealed, err := k.Seal(ctx, "db", []byte("v"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Open(ctx, sealed); err != nil {
		t.Fatal(err)
	}
	if n := meter.Take()[spend.KeyRequest]; n != 2 || server.Calls("GenerateDataKey") != 1 || server.Calls("Decrypt") != 1 {
		t.Errorf("%v requests were counted, want 2, one of each kind", n)
	}
}
