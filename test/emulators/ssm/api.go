package ssm

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// refusal is an error as the API names it.
type refusal struct{ code, message string }

func (r *refusal) Error() string { return r.code + ": " + r.message }

// request has the fields of all requests.
type request struct {
	DocumentName   string
	InstanceIds    []string
	Parameters     map[string][]string
	Comment        string
	TimeoutSeconds *int
	CommandId      string
	InstanceId     string
	Details        bool
	Filters        []struct {
		Key    string
		Values []string
	}
}

// ServeHTTP answers one call of the API.
func (f *Fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	var in request
	if err == nil && len(body) > 0 {
		err = json.Unmarshal(body, &in)
	}
	if err != nil {
		fail(w, &refusal{"SerializationException", err.Error()})
		return
	}
	operation, ok := operations[strings.TrimPrefix(r.Header.Get("X-Amz-Target"), "AmazonSSM.")]
	if !ok {
		fail(w, &refusal{"UnknownOperationException", r.Header.Get("X-Amz-Target")})
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.throttle > 0 {
		f.throttle--
		fail(w, &refusal{"ThrottlingException", "Rate exceeded"})
		return
	}
	out, refused := operation(f, in)
	if refused != nil {
		fail(w, refused)
		return
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	json.NewEncoder(w).Encode(out)
}

func fail(w http.ResponseWriter, r *refusal) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	w.Header().Set("X-Amzn-ErrorType", r.code)
	w.WriteHeader(http.StatusBadRequest)
	json.NewEncoder(w).Encode(map[string]string{"__type": r.code, "message": r.message})
}

var operations = map[string]func(*Fake, request) (map[string]any, *refusal){
	"SendCommand":                 (*Fake).sendCommand,
	"GetCommandInvocation":        (*Fake).getCommandInvocation,
	"ListCommandInvocations":      (*Fake).listCommandInvocations,
	"ListCommands":                (*Fake).listCommands,
	"CancelCommand":               (*Fake).cancelCommand,
	"DescribeInstanceInformation": (*Fake).describeInstanceInformation,
}

// getCommandInvocation tells one invocation in detail. The first look finds
// nothing yet, as a call that comes at once does with AWS.
//
// "The command ID and managed node ID you specified didn't match any
// invocations." (API_GetCommandInvocation, InvocationDoesNotExist)
func (f *Fake) getCommandInvocation(in request) (map[string]any, *refusal) {
	c := f.command(in.CommandId)
	if c == nil || c.invocation(in.InstanceId) == nil {
		return nil, &refusal{"InvocationDoesNotExist", ""}
	}
	i := c.invocation(in.InstanceId)
	if !i.asked {
		i.asked = true
		return nil, &refusal{"InvocationDoesNotExist", ""}
	}
	exit := i.exit
	if !i.details.final() {
		exit = -1
	}
	return map[string]any{
		"CommandId": c.id, "InstanceId": i.instance, "Comment": c.comment, "DocumentName": c.document,
		"PluginName": plugin(c.document), "ResponseCode": exit,
		"ExecutionStartDateTime": when(i.begun), "ExecutionEndDateTime": when(i.ended),
		"Status": i.details.status, "StatusDetails": i.details.details,
		"StandardOutputContent": i.shownOut(), "StandardErrorContent": i.shownErr(),
		"StandardOutputUrl": "", "StandardErrorUrl": "",
	}, nil
}

// when is "" before its time.
//
// "If the plugin hasn't started to run, the string is empty."
// (API_GetCommandInvocation)
func when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(clock)
}

func plugin(document string) string {
	if document == powerShell {
		return "aws:runPowerShellScript"
	}
	return "aws:runShellScript"
}

func (f *Fake) listCommandInvocations(in request) (map[string]any, *refusal) {
	all := []map[string]any{}
	for _, c := range f.commands {
		if in.CommandId != "" && c.id != in.CommandId {
			continue
		}
		for _, i := range c.invocations {
			if in.InstanceId != "" && i.instance != in.InstanceId {
				continue
			}
			one := map[string]any{
				"CommandId": c.id, "InstanceId": i.instance, "InstanceName": "", "Comment": c.comment, "DocumentName": c.document,
				"RequestedDateTime": seconds(c.requested), "Status": i.details.status, "StatusDetails": i.details.details,
			}
			// "If set this returns the response of the command executions and any
			// command output." (API_ListCommandInvocations, Details)
			if in.Details {
				one["CommandPlugins"] = []map[string]any{{
					"Name": plugin(c.document), "Status": i.details.status, "StatusDetails": i.details.details,
					"ResponseCode": i.exit, "Output": short(i.shownOut() + i.shownErr()),
				}}
			}
			all = append(all, one)
		}
	}
	return map[string]any{"CommandInvocations": all}, nil
}

// short cuts the output of a plugin in a list.
//
// "Output of the plugin execution." with a maximum length of 2500
// (API_CommandPlugin)
func short(text string) string { return text[:min(len(text), 2500)] }

func (f *Fake) listCommands(in request) (map[string]any, *refusal) {
	all := []map[string]any{}
	for _, c := range f.commands {
		if (in.CommandId == "" || c.id == in.CommandId) && (in.InstanceId == "" || c.invocation(in.InstanceId) != nil) {
			all = append(all, f.told(c))
		}
	}
	return map[string]any{"Commands": all}, nil
}

// cancelCommand ends what has not ended.
//
// "Attempts to cancel the command specified by the Command ID. There is no
// guarantee that the command will be terminated and the underlying process
// stopped." (API_CancelCommand)
func (f *Fake) cancelCommand(in request) (map[string]any, *refusal) {
	c := f.command(in.CommandId)
	if c == nil {
		return nil, &refusal{"InvalidCommandId", ""}
	}
	for _, i := range c.invocations {
		if len(in.InstanceIds) == 0 || slices.Contains(in.InstanceIds, i.instance) {
			f.settle(c, i, cancelled)
		}
	}
	return map[string]any{}, nil
}

// describeInstanceInformation lists managed instances.
//
// "Connection status of SSM Agent." Online, ConnectionLost or Inactive
// (API_InstanceInformation, PingStatus)
func (f *Fake) describeInstanceInformation(in request) (map[string]any, *refusal) {
	all := []map[string]any{}
	for _, i := range f.instances {
		if !f.asks(in, i.id) {
			continue
		}
		ping, platform, kind := "ConnectionLost", "Linux", "EC2Instance"
		if i.reach == Online {
			ping = "Online"
		}
		if i.platform == "windows" {
			platform = "Windows"
		}
		if strings.HasPrefix(i.id, "mi-") {
			kind = "ManagedInstance"
		}
		all = append(all, map[string]any{
			"InstanceId": i.id, "PingStatus": ping, "PlatformType": platform, "ResourceType": kind,
			"LastPingDateTime": seconds(f.options.Now()), "AgentVersion": "3.3.0.0",
		})
	}
	return map[string]any{"InstanceInformationList": all}, nil
}

func (f *Fake) asks(in request, id string) bool {
	for _, filter := range in.Filters {
		if filter.Key == "InstanceIds" && !slices.Contains(filter.Values, id) {
			return false
		}
	}
	return true
}

func (f *Fake) command(id string) *command {
	for _, c := range f.commands {
		if c.id == id {
			return c
		}
	}
	return nil
}

// seconds is how JSON 1.1 writes a time.
func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }
