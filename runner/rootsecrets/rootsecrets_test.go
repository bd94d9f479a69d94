package rootsecrets_test

import (
	"crypto/rand"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"slipway/runner/awscalls"
	"slipway/runner/rootsecrets"
	"slipway/runner/secrets"
	"slipway/runner/secrets/secretstest"
	"slipway/test/emulators/parameters"
	"slipway/test/emulators/wire"
)

const prefix = "/slipway/acme"

func config(t *testing.T, h http.Handler) aws.Config {
	t.Helper()
	account, err := awscalls.Open(func(name string) (string, bool) {
		v, ok := map[string]string{"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}[name]
		return v, ok
	})
	if err != nil {
		t.Fatal(err)
	}
	c := account.For("SSM")
	c.HTTPClient = wire.Direct{Handler: h}
	return c
}

func prepare(t *testing.T, s *parameters.Server) {
	t.Helper()
	if err := rootsecrets.Prepare(t.Context(), config(t, s), prefix, rand.Reader); err != nil {
		t.Fatal(err)
	}
}

func TestSuite(t *testing.T) {
	t.Parallel()
	secretstest.Run(t, func(t *testing.T) secrets.Keeper {
		s := parameters.New(nil)
		prepare(t, s)
		return rootsecrets.Opener(config(t, s), prefix, rand.Reader)
	})
}

// The web function's role: it may read the public half and nothing else.
func mayOnlySeal(operation, resource string) *wire.Refusal {
	if operation == "GetParameter" && strings.HasSuffix(resource, "/acme/seal") {
		return nil
	}
	return wire.Denied("ssm:"+operation, resource)
}

func TestWhoSealsCannotOpen(t *testing.T) {
	t.Parallel()
	s := parameters.New(nil)
	prepare(t, s)
	s.Before(mayOnlySeal)
	sealer := rootsecrets.Sealer(config(t, s), prefix, rand.Reader)
	sealed, err := sealer.Seal(t.Context(), "db", []byte("correct horse"))
	if err != nil {
		t.Fatal(err)
	}
	if _, can := sealer.(secrets.Opener); can {
		t.Error("who only seals has a way to open")
	}
	_, err = rootsecrets.Opener(config(t, s), prefix, rand.Reader).Open(t.Context(), sealed)
	denied, ok := errors.AsType[*awscalls.DeniedError](err)
	if !ok || denied.Action != "ssm:GetParameter" || errors.Is(err, secrets.ErrCannotOpen) {
		t.Errorf("Open without the permission: %v, want it to be named", err)
	}
	s.Before(nil)
	got, err := rootsecrets.Opener(config(t, s), prefix, rand.Reader).Open(t.Context(), sealed)
	if err != nil || string(got) != "correct horse" {
		t.Errorf("Open = %q, %v", got, err)
	}
}

func TestHalvesAreReadOnce(t *testing.T) {
	t.Parallel()
	s := parameters.New(nil)
	sealer, keeper := rootsecrets.Sealer(config(t, s), prefix, rand.Reader), rootsecrets.Opener(config(t, s), prefix, rand.Reader)
	if _, err := sealer.Seal(t.Context(), "n", nil); err == nil || !strings.Contains(err.Error(), "/slipway/acme/seal") {
		t.Errorf("Seal without a key = %v, want the parameter's name", err)
	}
	if _, err := keeper.Open(t.Context(), secrets.Sealed{Name: "n"}); err == nil || !strings.Contains(err.Error(), "/slipway/acme/open") {
		t.Errorf("Open without a key = %v, want the parameter's name", err)
	}
	prepare(t, s) // an error is not kept
	before := s.Calls("GetParameter")
	for range 5 {
		sealed, err := sealer.Seal(t.Context(), "n", []byte("v"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := keeper.Open(t.Context(), sealed); err != nil {
			t.Fatal(err)
		}
	}
	if n := s.Calls("GetParameter") - before; n != 2 {
		t.Errorf("parameters were read %d times, want 2", n)
	}
}

func halves(s *parameters.Server) [2]parameters.Parameter {
	seal, _ := s.Get(prefix + "/seal")
	open, _ := s.Get(prefix + "/open")
	return [2]parameters.Parameter{seal, open}
}

func TestPrepareMakesOnePairOnce(t *testing.T) {
	t.Parallel()
	s := parameters.New(nil)
	cfg := config(t, s)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if err := rootsecrets.Prepare(t.Context(), cfg, prefix, rand.Reader); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	got := halves(s)
	if got[0].Type != "String" || got[1].Type != "SecureString" || got[0].Version != 1 || got[1].Version != 1 {
		t.Errorf("parameters %+v, want one version of each kind", got)
	}
	prepare(t, s)
	if again := halves(s); again != got {
		t.Errorf("a second Prepare changed %+v to %+v", got, again)
	}
}

// Two at once, step by step: the second begins when the first has written one half.
func TestTwoPreparesEndWithOnePair(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"/open", "/seal"} {
		s := parameters.New(nil)
		other := config(t, s)
		met := false
		s.Before(func(operation, resource string) *wire.Refusal {
			if operation == "PutParameter" && strings.HasSuffix(resource, at) && !met {
				met = true
				if err := rootsecrets.Prepare(t.Context(), other, prefix, rand.Reader); err != nil {
					t.Error(err)
				}
			}
			return nil
		})
		prepare(t, s)
		if !met {
			t.Fatalf("nobody wrote %s", at)
		}
		prepare(t, s) // fails if the halves do not belong together
	}
}

func TestPrepareMendsHalfAPair(t *testing.T) {
	t.Parallel()
	s := parameters.New(nil)
	prepare(t, s)
	before := halves(s)
	s.Remove(prefix + "/seal")
	prepare(t, s)
	if got := halves(s); got[0].Value != before[0].Value || got[1] != before[1] {
		t.Errorf("mended to %+v, want the public half of the private one that is there", got)
	}
}

func TestPrepareRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*parameters.Server)
		want   string
	}{
		"the private half is gone": {func(s *parameters.Server) { s.Remove(prefix + "/open") }, "without it no secret can be opened"},
		"another public half": {func(s *parameters.Server) {
			other := parameters.New(nil)
			prepare(t, other)
			p, _ := other.Get(prefix + "/seal")
			s.Put(p.Name, p.Type, p.Value)
		}, "do not belong together"},
		"no key":     {func(s *parameters.Server) { s.Put(prefix+"/open", "SecureString", "hello") }, "holds no key"},
		"no right":   {func(s *parameters.Server) { s.Before(mayOnlySeal) }, "ssm:GetParameter"},
		"short half": {func(s *parameters.Server) { s.Put(prefix+"/seal", "String", "AAAA") }, "/seal holds no key"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := parameters.New(nil)
			prepare(t, s)
			c.change(s)
			before := halves(s)
			err := rootsecrets.Prepare(t.Context(), config(t, s), prefix, rand.Reader)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Prepare = %v, want an error with %q", err, c.want)
			}
			if got := halves(s); got != before {
				t.Errorf("Prepare changed %+v to %+v", before, got)
			}
		})
	}
}
