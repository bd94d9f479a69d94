package sesmail

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"slipway/runner/awscalls"
	"slipway/runner/mail"
)

// notVerified begins the list of who failed SES's check.
const notVerified = "The following identities failed the check in region"

// split finds the recipients that SES refuses: in its sandbox, those who are not
// verified. None, if it is the sender that it refuses, or something else.
func split(err error, sender string, to []string) (refused []mail.Refusal, rest []string) {
	rejected, ok := errors.AsType[*types.MessageRejected](err)
	if !ok || !strings.Contains(rejected.ErrorMessage(), notVerified) {
		return nil, nil
	}
	_, list, _ := strings.Cut(rejected.ErrorMessage(), notVerified)
	_, list, _ = strings.Cut(list, ":")
	failed := strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' || r == '<' || r == '>' })
	fails := func(address string) bool {
		return slices.ContainsFunc(failed, func(f string) bool { return strings.EqualFold(f, address) })
	}
	if fails(sender) {
		return nil, nil
	}
	for _, r := range to {
		if !fails(bare(r)) {
			rest = append(rest, r)
			continue
		}
		refused = append(refused, mail.Refusal{Recipient: r, Reason: rejected.ErrorMessage() +
			" (the account is in SES's sandbox: verify the address there, or ask AWS for production access)"})
	}
	return refused, rest
}

// explain tells what may pass from what needs a person.
func explain(err error, msg mail.Message) error {
	if is[*awscalls.DeniedError](err) {
		return err
	}
	switch {
	case is[*types.MailFromDomainNotVerifiedException](err), is[*types.MessageRejected](err) && strings.Contains(err.Error(), notVerified):
		return fmt.Errorf("the sender %s is not known to Amazon SES: verify this address or its domain there, in this region: %w", bare(msg.From), err)
	case is[*types.MessageRejected](err), is[*types.BadRequestException](err):
		return &mail.RefusedError{Refusals: refusals(msg.To, err.Error())}
	case is[*types.AccountSuspendedException](err), is[*types.SendingPausedException](err):
		return fmt.Errorf("this account may not send by Amazon SES now: look at its account dashboard: %w", err)
	case is[*types.NotFoundException](err):
		return fmt.Errorf("the configuration set is not known to Amazon SES: make it, or leave it out of the settings: %w", err)
	}
	if passing(err) {
		return fmt.Errorf("%w: %w", mail.ErrTryAgain, err)
	}
	return err
}

// passing says whether the same call may do later: too many calls, the day's
// quota, trouble in SES, or no answer at all.
func passing(err error) bool {
	api, answered := errors.AsType[smithy.APIError](err)
	if !answered {
		_, unwritable := errors.AsType[*mail.FieldError](err)
		return !unwritable
	}
	if http, ok := errors.AsType[*smithyhttp.ResponseError](err); ok && http.HTTPStatusCode() >= 500 {
		return true
	}
	switch api.ErrorCode() {
	case "TooManyRequestsException", "LimitExceededException", "ThrottlingException", "Throttling":
		return true
	}
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}

func refusals(to []string, reason string) []mail.Refusal {
	out := make([]mail.Refusal, len(to))
	for i, r := range to {
		out[i] = mail.Refusal{Recipient: r, Reason: reason}
	}
	return out
}

func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}
