// Package secretsources reads values that the team keeps in AWS itself: in
// Parameter Store or in Secrets Manager.
//
// It keeps nothing, not even for a moment: a value is read when a task needs it,
// so one that was rotated is the one that is used. What a newcomer would miss:
// the plan holds the reference only; what it points to may change between the
// plan and the task.
package secretsources

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	secretstypes "github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"slipway/pipelines"
)

// Sources reads values by reference.
type Sources struct {
	parameters *ssm.Client
	secrets    *secretsmanager.Client
}

// New makes Sources from the configurations of SSM and Secrets Manager.
func New(parameters, secrets aws.Config) *Sources {
	return &Sources{ssm.NewFromConfig(parameters), secretsmanager.NewFromConfig(secrets)}
}

// Read returns the value behind a reference as plans hold it:
// `aws-parameter:/prod/db-password` or `aws-secret:prod/db#password`. A
// *pipelines.Error is for people; it never holds a value.
func (s *Sources) Read(ctx context.Context, ref string) (string, error) {
	if name, ok := strings.CutPrefix(ref, pipelines.FromParameter); ok {
		return s.parameter(ctx, name)
	}
	if name, ok := strings.CutPrefix(ref, pipelines.FromSecretsManager); ok {
		return s.secret(ctx, name)
	}
	return "", fmt.Errorf("%q is no reference to Parameter Store or Secrets Manager", ref)
}

func (s *Sources) parameter(ctx context.Context, name string) (string, error) {
	out, err := s.parameters.GetParameter(ctx, &ssm.GetParameterInput{Name: &name, WithDecryption: aws.Bool(true)})
	if is[*types.ParameterNotFound](err) || is[*types.ParameterVersionNotFound](err) {
		return "", pipelines.Refuse(pipelines.NotFound, "there is no parameter %s in Parameter Store: make it (`aws ssm put-parameter --type SecureString --name %s …`), or correct the variable's `parameter`", name, name)
	}
	if err != nil {
		return "", fmt.Errorf("read the parameter %s: %w", name, err)
	}
	return aws.ToString(out.Parameter.Value), nil
}

func (s *Sources) secret(ctx context.Context, ref string) (string, error) {
	name, key, part := strings.Cut(ref, "#")
	out, err := s.secrets.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &name})
	if is[*secretstypes.ResourceNotFoundException](err) {
		return "", pipelines.Refuse(pipelines.NotFound, "there is no secret %s in Secrets Manager, or it has no value: make it (`aws secretsmanager create-secret --name %s …`), or correct the variable's `secrets-manager`", name, name)
	}
	if is[*secretstypes.InvalidRequestException](err) {
		return "", pipelines.Refuse(pipelines.NotFound, "the secret %s in Secrets Manager cannot be read now: it may be marked for deletion; bring it back (`aws secretsmanager restore-secret --secret-id %s`)", name, name)
	}
	if err != nil {
		return "", fmt.Errorf("read the secret %s from Secrets Manager: %w", name, err)
	}
	if out.SecretString == nil {
		return "", pipelines.Refuse(pipelines.Invalid, "the secret %s in Secrets Manager is no text: a variable needs one", name)
	}
	if !part {
		return *out.SecretString, nil
	}
	return member(name, key, *out.SecretString)
}

// member is one value of a secret that is a JSON object, as the console makes
// them. The parser's own words could hold a piece of the secret.
func member(name, key, text string) (string, error) {
	var all map[string]json.RawMessage
	if json.Unmarshal([]byte(text), &all) != nil {
		return "", pipelines.Refuse(pipelines.Invalid, "the secret %s in Secrets Manager is no JSON object, so it has no key %q: leave `#%s` out, or store key and value", name, key, key)
	}
	raw, ok := all[key]
	if !ok {
		return "", pipelines.Refuse(pipelines.NotFound, "the secret %s in Secrets Manager has no key %q: add it, or correct the variable's `secrets-manager`", name, key)
	}
	var value string
	if json.Unmarshal(raw, &value) == nil && string(raw) != "null" {
		return value, nil
	}
	var number json.Number
	if json.Unmarshal(raw, &number) == nil && string(raw) != "null" {
		return number.String(), nil
	}
	return "", pipelines.Refuse(pipelines.Invalid, "the key %q of the secret %s in Secrets Manager holds no text", key, name)
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}
