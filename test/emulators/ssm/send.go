package ssm

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	shell      = "AWS-RunShellScript"
	powerShell = "AWS-RunPowerShellScript"
)

// "Pattern: (^i-(\w{8}|\w{17})$)|(^mi-\w{17}$)" (API_CommandInvocation)
var instanceID = regexp.MustCompile(`^(i-(\w{8}|\w{17})|mi-\w{17})$`)

// sendCommand takes a command for each instance, and says nothing of any of them.
func (f *Fake) sendCommand(in request) (map[string]any, *refusal) {
	if refused := f.check(in); refused != nil {
		return nil, refused
	}
	c := &command{
		id: newID(), document: in.DocumentName, comment: in.Comment, parameters: in.Parameters,
		timeout: 3600, requested: f.options.Now(),
	}
	if in.TimeoutSeconds != nil {
		c.timeout = *in.TimeoutSeconds
	}
	for _, id := range in.InstanceIds {
		c.invocations = append(c.invocations, &invocation{instance: id, exit: -1, details: pending})
	}
	f.commands = append(f.commands, c)
	out := f.told(c)
	for _, i := range c.invocations {
		if f.instances[i.instance].reach == Online {
			f.deliver(c, i)
		}
	}
	return map[string]any{"Command": out}, nil
}

func (f *Fake) check(in request) *refusal {
	switch {
	case in.DocumentName != shell && in.DocumentName != powerShell:
		return &refusal{"InvalidDocument", fmt.Sprintf("document %s does not exist", in.DocumentName)}
	// "InstanceIds: Array Members: Minimum number of 0 items. Maximum number of 50 items." (API_SendCommand)
	case len(in.InstanceIds) == 0 || len(in.InstanceIds) > 50:
		return invalid("1 to 50 InstanceIds")
	// "Comment: Length Constraints: Maximum length of 100." (API_SendCommand)
	case utf8.RuneCountInString(in.Comment) > 100:
		return invalid("Value at 'comment' failed to satisfy constraint: Member must have length less than or equal to 100")
	// "TimeoutSeconds: Valid Range: Minimum value of 30. Maximum value of 2592000." (API_SendCommand)
	case in.TimeoutSeconds != nil && (*in.TimeoutSeconds < 30 || *in.TimeoutSeconds > 2592000):
		return invalid("Value at 'timeoutSeconds' failed to satisfy constraint: Member must have value greater than or equal to 30")
	}
	if refused := checkParameters(in.Parameters); refused != nil {
		return refused
	}
	for n, id := range in.InstanceIds {
		if refused := f.checkInstance(in, n, id); refused != nil {
			return refused
		}
	}
	return nil
}

func (f *Fake) checkInstance(in request, n int, id string) *refusal {
	if !instanceID.MatchString(id) {
		return invalid("Value at 'instanceIds' failed to satisfy constraint: " + instanceID.String())
	}
	// "You can't specify a managed node ID in more than one association."
	// (API_SendCommand, DuplicateInstanceId)
	if slices.Contains(in.InstanceIds[:n], id) {
		return &refusal{"DuplicateInstanceId", id}
	}
	// "SSM Agent isn't running." or "isn't registered with the SSM endpoint"
	// (API_SendCommand, InvalidInstanceId)
	i := f.instances[id]
	if i == nil || i.reach == Gone {
		return &refusal{"InvalidInstanceId", fmt.Sprintf("Instances [[%s]] not in a valid state for account %s", id, f.options.Account)}
	}
	// "The document doesn't support the platform type of the given managed node IDs."
	// (API_SendCommand, UnsupportedPlatformType)
	if in.DocumentName == shell && i.platform == "windows" || in.DocumentName == powerShell && i.platform != "windows" {
		return &refusal{"UnsupportedPlatformType", fmt.Sprintf("%s does not run on %s", in.DocumentName, i.platform)}
	}
	return nil
}

// documentSize is what the documents themselves take of the 64 KB.
const documentSize = 1 << 10

// "The size limit of a document is 64 KB." (API_SendCommand, MaxDocumentSizeExceeded)
func checkParameters(p map[string][]string) *refusal {
	size := documentSize
	for name, values := range p {
		// "You must specify values for all required parameters in the Systems Manager
		// document" (API_SendCommand, InvalidParameters)
		if !slices.Contains([]string{"commands", "executionTimeout", "workingDirectory"}, name) {
			return &refusal{"InvalidParameters", "no parameter " + name}
		}
		size += len(name) + len(strings.Join(values, "\n"))
	}
	if len(p["commands"]) == 0 {
		return &refusal{"InvalidParameters", "commands is required"}
	}
	if size > 64<<10 {
		return &refusal{"MaxDocumentSizeExceeded", "The size limit of a document is 64 KB."}
	}
	return nil
}

func invalid(message string) *refusal { return &refusal{"ValidationException", message} }

// told is a command as the API writes it.
func (f *Fake) told(c *command) map[string]any {
	var ids []string
	last := pending
	for _, i := range c.invocations {
		ids, last = append(ids, i.instance), i.details
	}
	return map[string]any{
		"CommandId": c.id, "DocumentName": c.document, "Comment": c.comment, "InstanceIds": ids, "Parameters": c.parameters,
		"ExpiresAfter": seconds(c.expires()), "RequestedDateTime": seconds(c.requested), "TimeoutSeconds": c.timeout,
		"Status": last.status, "StatusDetails": last.details, "TargetCount": len(ids),
	}
}
