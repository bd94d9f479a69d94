package scheduler

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"slipway/test/emulators/wire"
)

func key(group, name string) string { return group + "/" + name }

func arn(group, name string) string {
	return "arn:aws:scheduler:eu-central-1:123456789012:schedule/" + key(group, name)
}

// ServeHTTP answers `POST`, `PUT`, `GET` and `DELETE` of `/schedules/<name>`.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, ok := strings.CutPrefix(r.URL.Path, "/schedules/")
	var do func(name string, r *http.Request, body []byte) (any, error)
	if ok {
		do = map[string]func(string, *http.Request, []byte) (any, error){
			http.MethodPost: s.create, http.MethodPut: s.update, http.MethodGet: s.get, http.MethodDelete: s.remove,
		}[r.Method]
	}
	if do == nil {
		wire.JSON(w, r, nil)
		return
	}
	wire.JSON(w, r, func(body []byte) (any, error) { return do(name, r, body) })
}

// written is a schedule as it is asked for.
type written struct {
	ActionAfterCompletion, ClientToken, GroupName         string
	ScheduleExpression, ScheduleExpressionTimezone, State string
	FlexibleTimeWindow                                    *struct{ Mode string }
	Target                                                *struct {
		Arn, RoleArn, Input string
		DeadLetterConfig    *struct{ Arn string }
		RetryPolicy         *struct {
			MaximumEventAgeInSeconds *int
			MaximumRetryAttempts     *int
		}
	}
}

func (s *Server) create(name string, _ *http.Request, body []byte) (any, error) {
	return s.write("CreateSchedule", name, body, func(there bool) error {
		if there {
			// "Updating or deleting the resource can cause an inconsistent state." (API_CreateSchedule)
			return &wire.Refusal{Status: http.StatusConflict, Code: "ConflictException", Message: "Schedule " + name + " already exists."}
		}
		return nil
	})
}

// update: "EventBridge Scheduler uses all values, including empty values, specified
// in the request and overrides the existing schedule." (API_UpdateSchedule)
func (s *Server) update(name string, _ *http.Request, body []byte) (any, error) {
	return s.write("UpdateSchedule", name, body, func(there bool) error {
		if !there {
			return missing("Schedule " + name)
		}
		return nil
	})
}

func missing(what string) error {
	// "The request references a resource which does not exist." (API_UpdateSchedule)
	return &wire.Refusal{Status: http.StatusNotFound, Code: "ResourceNotFoundException", Message: what + " does not exist."}
}

func (s *Server) write(operation, name string, body []byte, allowed func(there bool) error) (any, error) {
	in, err := wire.Read[written](body)
	if err != nil {
		return nil, err
	}
	if in.GroupName == "" {
		in.GroupName = "default"
	}
	if err := s.Ask(operation, arn(in.GroupName, name)); err != nil {
		return nil, err
	}
	if err := s.checkGroup(in.GroupName); err != nil {
		return nil, err
	}
	answer := map[string]string{"ScheduleArn": arn(in.GroupName, name)}
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := operation + name + string(body)
	// "Unique, case-sensitive identifier you provide to ensure the idempotency of the request." (API_CreateSchedule)
	if before, again := s.tokens[in.ClientToken]; again && in.ClientToken != "" {
		if before != asked {
			return nil, &wire.Refusal{Status: http.StatusConflict, Code: "ConflictException", Message: "ClientToken was used with other parameters."}
		}
		return answer, nil
	}
	old, there := s.all[key(in.GroupName, name)]
	if err := allowed(there); err != nil {
		return nil, err
	}
	made, err := s.check(name, in)
	if err != nil {
		return nil, err
	}
	if old != nil {
		old.timer.Stop()
	}
	s.tokens[in.ClientToken] = asked
	e := &entry{Schedule: made}
	s.all[key(made.Group, name)] = e
	s.arm(e)
	return answer, nil
}

func (s *Server) checkGroup(name string) error {
	if len(s.o.Groups) > 0 && !slices.Contains(s.o.Groups, name) {
		return missing("Schedule group " + name)
	}
	return nil
}

var (
	nameForm = regexp.MustCompile(`^[0-9a-zA-Z\-_.]{1,64}$`) // "Pattern: ^[0-9a-zA-Z-_.]+$" (API_CreateSchedule)
	atForm   = regexp.MustCompile(`^at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)$`)
)

// maxInput is more than any target takes; the reference page gives no smaller one.
const maxInput = 256 << 10

func (s *Server) check(name string, in written) (Schedule, error) {
	invalid := func(format string, args ...any) (Schedule, error) {
		return Schedule{}, wire.Refuse("ValidationException", format, args...)
	}
	if !nameForm.MatchString(name) {
		return invalid("Value '%s' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[0-9a-zA-Z-_.]+$", name)
	}
	if in.Target == nil || in.Target.Arn == "" || in.Target.RoleArn == "" || in.FlexibleTimeWindow == nil {
		return invalid("Target, its RoleArn and FlexibleTimeWindow are required")
	}
	if len(in.Target.Input) > maxInput {
		return invalid("Input exceeds the maximum size")
	}
	// "If you are configuring a templated Lambda, AWS Step Functions, or Amazon EventBridge
	// target, the input must be a well-formed JSON." (API_Target)
	if strings.Contains(in.Target.Arn, ":lambda:") && !json.Valid([]byte(in.Target.Input)) {
		return invalid("Invalid RequestJson provided. Reason: The json provided is not valid")
	}
	m := atForm.FindStringSubmatch(in.ScheduleExpression)
	zone, err := time.LoadLocation(in.ScheduleExpressionTimezone) // "" is UTC, as with AWS
	if m == nil || err != nil {
		return invalid("Invalid Schedule Expression %s.", in.ScheduleExpression)
	}
	at, err := time.ParseInLocation("2006-01-02T15:04:05", m[1], zone)
	// That the past is refused stands in no reference page; the emulator is as strict as AWS may be.
	if err != nil || at.Before(s.o.Now().Add(-time.Second)) {
		return invalid("Invalid Schedule Expression %s.", in.ScheduleExpression)
	}
	out := Schedule{
		Name: name, Group: in.GroupName, Expression: in.ScheduleExpression, At: at,
		TargetARN: in.Target.Arn, RoleARN: in.Target.RoleArn, Input: []byte(in.Target.Input),
		DeleteAfterwards: in.ActionAfterCompletion == "DELETE",
		MaximumAge:       24 * time.Hour, MaximumRetries: 185, // the documented defaults
	}
	if p := in.Target.RetryPolicy; p != nil && p.MaximumEventAgeInSeconds != nil {
		out.MaximumAge = time.Duration(*p.MaximumEventAgeInSeconds) * time.Second
	}
	if p := in.Target.RetryPolicy; p != nil && p.MaximumRetryAttempts != nil {
		out.MaximumRetries = *p.MaximumRetryAttempts
	}
	return out, nil
}

func groupOf(r *http.Request) string {
	if group := r.URL.Query().Get("groupName"); group != "" {
		return group
	}
	return "default"
}

func (s *Server) get(name string, r *http.Request, _ []byte) (any, error) {
	group := groupOf(r)
	if err := s.Ask("GetSchedule", arn(group, name)); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	e, there := s.all[key(group, name)]
	if !there {
		return nil, missing("Schedule " + name)
	}
	return map[string]any{"Name": name, "GroupName": group, "Arn": arn(group, name), "ScheduleExpression": e.Expression, "State": "ENABLED",
		"Target": map[string]string{"Arn": e.TargetARN, "RoleArn": e.RoleARN, "Input": string(e.Input)}}, nil
}

func (s *Server) remove(name string, r *http.Request, _ []byte) (any, error) {
	group := groupOf(r)
	if err := s.Ask("DeleteSchedule", arn(group, name)); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	e, there := s.all[key(group, name)]
	if !there {
		return nil, missing("Schedule " + name)
	}
	e.timer.Stop()
	delete(s.all, key(group, name))
	return struct{}{}, nil
}
