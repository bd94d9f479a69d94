package ssmhosts

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"slipway/runner/hosts"
)

// Kind says what the end of a command means for its attempt.
type Kind string

// The kinds. They speak of this one command: an earlier one for the same attempt
// may have begun it.
const (
	Refused     Kind = "refused"     // it began nothing and will not
	Busy        Kind = "busy"        // it began nothing: another attempt holds the target
	Undelivered Kind = "undelivered" // AWS gave up before the host told of a begin; only the order's expiry is proof
	Unsure      Kind = "unsure"      // ask the ledger by another errand
)

// Outcome is what became of a command.
type Outcome struct {
	Attempt string // whose errand it carried; "" if it carried none, and means nothing then
	Kind    Kind
	Message string
	// Lost is since when messages about the attempt get lost, as the errand said.
	Lost time.Time
}

// What the executor's verb `errand` ends with when it has begun nothing.
const (
	exitRefused = 70
	exitBusy    = 75
)

// Ended looks up a command that AWS says ended otherwise than well.
func (h *Hosts) Ended(ctx context.Context, commandID, instanceID string) (Outcome, error) {
	seen, err := h.look(ctx, commandID, instanceID)
	if err != nil {
		return Outcome{}, err
	}
	if seen.details == "" {
		return Outcome{}, fmt.Errorf("command %s for %s is not known to Systems Manager: %w", commandID, instanceID, hosts.ErrUnreachable)
	}
	o := Outcome{Kind: Unsure, Message: seen.words()}
	if o.Message == "" {
		o.Message = fmt.Sprintf("Systems Manager says of the command for %s: %s", instanceID, seen.details)
	}
	if attempt, ours := strings.CutPrefix(seen.comment, mark); ours && !strings.Contains(attempt, ":") {
		id, lost, _ := strings.Cut(attempt, " ")
		o.Attempt = id
		if at, err := strconv.ParseInt(lost, 10, 64); err == nil {
			o.Lost = time.Unix(at, 0).UTC()
		}
	}
	switch seen.details {
	case "Failed":
		switch seen.exit {
		case exitRefused, exitNothing:
			o.Kind = Refused
		case exitBusy:
			o.Kind = Busy
		}
	case "DeliveryTimedOut", "Undeliverable", "Terminated", "InvalidPlatform", "AccessDenied":
		if !seen.begun {
			o.Kind = Undelivered
		}
	}
	return o, nil
}

// invocation is a command on one instance, as the API tells it.
type invocation struct {
	comment, details, stdout, stderr string
	status                           types.CommandInvocationStatus
	exit                             int
	begun                            bool
}

// look asks for the invocation; one that the API does not know yet is empty.
func (h *Hosts) look(ctx context.Context, command, instance string) (invocation, error) {
	out, err := h.api.GetCommandInvocation(ctx, &ssm.GetCommandInvocationInput{CommandId: aws.String(command), InstanceId: aws.String(instance)})
	if _, early := errors.AsType[*types.InvocationDoesNotExist](err); early {
		return invocation{}, nil
	}
	if err != nil {
		return invocation{}, looking(ctx, instance, err)
	}
	return invocation{
		comment: aws.ToString(out.Comment), stdout: aws.ToString(out.StandardOutputContent), stderr: aws.ToString(out.StandardErrorContent),
		details: strings.ReplaceAll(aws.ToString(out.StatusDetails), " ", ""), status: out.Status,
		exit: int(out.ResponseCode), begun: aws.ToString(out.ExecutionStartDateTime) != "",
	}, nil
}

// agentsLine is what the agent adds to every script that failed.
var agentsLine = regexp.MustCompile(`(?m)^failed to run commands: exit status \d+\s*\z`)

// words are what a failing script said, for people: our own sentence, then what
// a program said before it.
func (i invocation) words() string {
	text := strings.TrimSpace(agentsLine.ReplaceAllString(i.stderr, ""))
	if before, ours, found := strings.Cut("\n"+text, "\nslipway: "); found {
		if text = ours; strings.TrimSpace(before) != "" {
			text += " (" + strings.TrimSpace(before) + ")"
		}
	}
	const most = 500
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
