package awscalls

import (
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"

	"slipway/pipelines"
)

// Trouble is the error of a call after all its tries, for the caller of an adapter. What would have been worth one more
// try is "unavailable" to people; a missing permission keeps its sentence; the rest stays internal. What names the
// thing that was called, like `the table slipway`.
func Trouble(what string, err error) error {
	var denied *DeniedError
	if err == nil || errors.As(err, &denied) {
		return err
	}
	if passing(err) {
		return &UnavailableError{What: what, err: err}
	}
	return fmt.Errorf("%s: %w", what, err)
}

// UnavailableError says that a service does not do what we ask at this moment.
type UnavailableError struct {
	What string // like: the table slipway
	err  error
}

func (e *UnavailableError) Error() string { return e.What + ": " + e.err.Error() }

// Unwrap is AWS's own error.
func (e *UnavailableError) Unwrap() error { return e.err }

// As lets the boundary see it as trouble that passes.
func (e *UnavailableError) As(target any) bool {
	refusal, ok := target.(**pipelines.Error)
	if ok {
		*refusal = pipelines.Refuse(pipelines.Unavailable, "%s cannot be used at this moment (%s): try again in a minute", e.What, e.reason())
	}
	return ok
}

// reason is AWS's name for the trouble.
func (e *UnavailableError) reason() string {
	var api smithy.APIError
	if errors.As(e.err, &api) {
		return api.ErrorCode()
	}
	return "no answer"
}

// passing says whether the same call may work in a while.
func passing(err error) bool {
	var spent *retry.MaxAttemptsError
	var quota ratelimit.QuotaExceededError
	return errors.As(err, &spent) || errors.As(err, &quota) ||
		retry.IsErrorRetryables(retry.DefaultRetryables).IsErrorRetryable(err) == aws.TrueTernary
}
