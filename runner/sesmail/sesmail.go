// Package sesmail sends mails through the API of Amazon SES.
//
// It keeps no queue and verifies no addresses. What a newcomer would miss: SES
// writes its own Message-ID and Date over ours, so a mail that is sent twice is
// two mails. Both name the same message in References, by which mail programs
// show them as one conversation; and SES takes a mail for all its recipients or
// for none, so the refused ones are left out and the others sent to again.
package sesmail

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sesv2/types"
	"github.com/aws/smithy-go"

	"slipway/runner/mail"
	"slipway/runner/spend"
)

// Settings may be left zero.
type Settings struct {
	ConfigurationSet string // a configuration set of SES; none if empty
}

// Mail sends through one account and region.
type Mail struct {
	client   *sesv2.Client
	settings Settings
}

var _ mail.Mail = (*Mail)(nil)

// New makes a Mail; it calls nobody.
func New(cfg aws.Config, s Settings) *Mail { return &Mail{sesv2.NewFromConfig(cfg), s} }

const (
	// mostRecipients is how many SES takes at once.
	mostRecipients = 50
	// sendTime is what one call may take, with its repetitions.
	sendTime = 30 * time.Second
)

// Send implements mail.Mail.
func (m *Mail) Send(ctx context.Context, msg mail.Message) error {
	if err := msg.Check(); err != nil {
		return err
	}
	var refused []mail.Refusal
	for from := 0; from < len(msg.To); from += mostRecipients {
		group := msg.To[from:min(from+mostRecipients, len(msg.To))]
		some, err := m.sendTo(ctx, msg, group)
		if err != nil && from == 0 {
			return err
		}
		if err != nil { // some have it already: this must not be tried again for all
			some = refusals(msg.To[from:], err.Error())
		}
		refused = append(refused, some...)
		if err != nil {
			break
		}
	}
	if len(refused) > 0 {
		return &mail.RefusedError{Refusals: refused}
	}
	return nil
}

// sendTo hands the mail over for those that SES does not refuse. An error means
// that nobody has it.
func (m *Mail) sendTo(ctx context.Context, msg mail.Message, to []string) ([]mail.Refusal, error) {
	var refused []mail.Refusal
	for len(to) > 0 {
		_, err := m.call(ctx, msg, to)
		if err == nil {
			return refused, nil
		}
		some, rest := split(err, bare(msg.From), to)
		if len(some) == 0 {
			return nil, explain(err, msg)
		}
		refused, to = append(refused, some...), rest
	}
	return refused, nil
}

// Try sends a message as Send does, to few, and tells what SES answers to it.
func (m *Mail) Try(ctx context.Context, msg mail.Message) (answer string, err error) {
	if err := msg.Check(); err != nil {
		return "", err
	}
	id, err := m.call(ctx, msg, msg.To)
	if err == nil {
		return "MessageId " + id, nil
	}
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		answer = api.ErrorCode() + ": " + api.ErrorMessage()
	}
	if refused, _ := split(err, bare(msg.From), msg.To); len(refused) > 0 {
		return answer, &mail.RefusedError{Refusals: refused}
	}
	return answer, explain(err, msg)
}

func (m *Mail) call(ctx context.Context, msg mail.Message, to []string) (id string, err error) {
	raw, err := compose(msg, to)
	if err != nil {
		return "", err
	}
	in := &sesv2.SendEmailInput{
		FromEmailAddress: aws.String(encoded(msg.From)),
		Content:          &types.EmailContent{Raw: &types.RawMessage{Data: raw}},
		Destination:      &types.Destination{},
	}
	if m.settings.ConfigurationSet != "" {
		in.ConfigurationSetName = &m.settings.ConfigurationSet
	}
	for _, r := range to {
		in.Destination.ToAddresses = append(in.Destination.ToAddresses, bare(r))
	}
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	out, err := m.client.SendEmail(ctx, in)
	if err != nil {
		return "", fmt.Errorf("send by Amazon SES: %w", err)
	}
	spend.Add(ctx, spend.MailSent, float64(len(to)-1)) // a mail is billed for each recipient; the call counts for one
	return aws.ToString(out.MessageId), nil
}
