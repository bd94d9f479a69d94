package template

import "encoding/json"

// Function is a Lambda function of the stack.
type Function struct {
	ID, Name, ARN string
	Role          string // its role's ARN
	Runtime       string
	Handler       string
	Architectures []string
	MemoryMB      int
	TimeoutSecs   int
	Environment   map[string]string
	URL           string // "" if it has none
}

// Functions are the stack's, by logical id.
func (s *Stack) Functions() map[string]Function {
	found := map[string]Function{}
	for id, r := range s.Of("AWS::Lambda::Function") {
		p := r.Properties
		f := Function{
			ID: id, Role: text(p["Role"]), Runtime: text(p["Runtime"]), Handler: text(p["Handler"]), Architectures: texts(p["Architectures"]),
			MemoryMB: whole(p["MemorySize"]), TimeoutSecs: whole(p["Timeout"]), Environment: map[string]string{},
		}
		f.Name, _ = s.ownName(id)
		f.ARN, _ = s.madeUp(id, "Arn")
		for name, value := range section(section(p, "Environment"), "Variables") {
			f.Environment[name] = text(value)
		}
		for url, r := range s.Of("AWS::Lambda::Url") {
			if text(r.Properties["TargetFunctionArn"]) == f.ARN {
				address, _ := s.attribute(url, "FunctionUrl")
				f.URL = text(address)
			}
		}
		found[id] = f
	}
	return found
}

// Source is an event source mapping.
type Source struct {
	ID, Function, From                       string // Function is a name, From an ARN
	Filters                                  []string
	BatchSize, Window, Retries, MaxAge, Wide int
	Bisect, Partial                          bool
	OnFailure                                string // an ARN
	Start                                    string
}

// Sources are the stack's event source mappings.
func (s *Stack) Sources() []Source {
	var found []Source
	for id, r := range s.Of("AWS::Lambda::EventSourceMapping") {
		p := r.Properties
		source := Source{
			ID: id, Function: text(p["FunctionName"]), From: text(p["EventSourceArn"]), Start: text(p["StartingPosition"]),
			BatchSize: whole(p["BatchSize"]), Window: whole(p["MaximumBatchingWindowInSeconds"]), Retries: whole(p["MaximumRetryAttempts"]),
			MaxAge: whole(p["MaximumRecordAgeInSeconds"]), Wide: whole(p["ParallelizationFactor"]),
			Bisect: p["BisectBatchOnFunctionError"] == true, OnFailure: failureOf(p),
		}
		for _, kind := range texts(p["FunctionResponseTypes"]) {
			source.Partial = source.Partial || kind == "ReportBatchItemFailures"
		}
		filters, _ := section(p, "FilterCriteria")["Filters"].([]any)
		for _, f := range filters {
			source.Filters = append(source.Filters, text(f.(map[string]any)["Pattern"]))
		}
		found = append(found, source)
	}
	return found
}

// Takes tells whether any of the source's filters matches a record.
func (s Source) Takes(record []byte) (bool, error) {
	for _, filter := range s.Filters {
		if ok, err := Match([]byte(filter), record); err != nil || ok {
			return ok, err
		}
	}
	return len(s.Filters) == 0, nil
}

// Async is how a function's asynchronous invocations are treated.
type Async struct {
	Function        string
	Retries, MaxAge int
	OnFailure       string // an ARN
}

// Asyncs are the stack's.
func (s *Stack) Asyncs() []Async {
	var found []Async
	for _, r := range s.Of("AWS::Lambda::EventInvokeConfig") {
		p := r.Properties
		found = append(found, Async{Function: text(p["FunctionName"]), Retries: whole(p["MaximumRetryAttempts"]), MaxAge: whole(p["MaximumEventAgeInSeconds"]), OnFailure: failureOf(p)})
	}
	return found
}

func failureOf(p map[string]any) string {
	return text(section(section(p, "DestinationConfig"), "OnFailure")["Destination"])
}

// Notification is one a bucket sends.
type Notification struct {
	Bucket         string
	Event          string // like s3:ObjectCreated:*
	Prefix, Suffix string
	To             string // ARN of a function, a topic or a queue
}

// Notifications are all that the stack's buckets send.
func (s *Stack) Notifications() []Notification {
	var found []Notification
	for id, r := range s.Of("AWS::S3::Bucket") {
		name, _ := s.ownName(id)
		configured := section(r.Properties, "NotificationConfiguration")
		for list, to := range map[string]string{"LambdaConfigurations": "Function", "TopicConfigurations": "Topic", "QueueConfigurations": "Queue"} {
			all, _ := configured[list].([]any)
			for _, one := range all {
				c := one.(map[string]any)
				n := Notification{Bucket: name, Event: text(c["Event"]), To: text(c[to])}
				rules, _ := section(section(c, "Filter"), "S3Key")["Rules"].([]any)
				for _, rule := range rules {
					switch rule := rule.(map[string]any); text(rule["Name"]) {
					case "prefix":
						n.Prefix = text(rule["Value"])
					case "suffix":
						n.Suffix = text(rule["Value"])
					}
				}
				found = append(found, n)
			}
		}
	}
	return found
}

// Rule is an EventBridge rule.
type Rule struct {
	ID      string
	Pattern []byte   // JSON
	Targets []string // ARNs
}

// Rules are the stack's.
func (s *Stack) Rules() []Rule {
	var found []Rule
	for id, r := range s.Of("AWS::Events::Rule") {
		pattern, _ := json.Marshal(r.Properties["EventPattern"])
		rule := Rule{ID: id, Pattern: pattern}
		targets, _ := r.Properties["Targets"].([]any)
		for _, target := range targets {
			rule.Targets = append(rule.Targets, text(target.(map[string]any)["Arn"]))
		}
		found = append(found, rule)
	}
	return found
}

func whole(v any) int {
	n, _ := v.(float64)
	return int(n)
}
