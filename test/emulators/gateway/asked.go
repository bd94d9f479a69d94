package gateway

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Need is one permission that a call takes.
type Need struct {
	Action   string
	Resource string            // an ARN, or "*" where the action knows no resources
	Keys     map[string]string // condition keys of the request that are known
}

// asked is what a call is about.
type asked struct {
	operation string
	resource  string // its name, for people and for faults
	bucket    string
	needs     []Need
	signed    bool
	items     int
	itemBytes int
}

// read finds out; the body, where it is looked at, is put back.
func read(s Settings, r *http.Request) (asked, error) {
	if s.Service == "S3" {
		return askedS3(r), nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return asked{}, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	switch s.Service {
	case "DYNAMODB":
		return s.askedTable(r, body), nil
	case "SSM":
		return s.askedSSM(r, body), nil
	case "KMS", "SECRETS_MANAGER":
		return s.askedByTarget(r, body), nil
	case "SCHEDULER":
		return s.askedScheduler(r, body), nil
	case "SESV2":
		return s.askedMail(r, body), nil
	case "LAMBDA":
		return s.askedLambda(r), nil
	}
	return asked{operation: r.Method + " " + r.URL.Path}, nil
}

func (s Settings) arn(service, what string) string {
	return "arn:aws:" + service + ":" + s.Region + ":" + s.Account + ":" + what
}

// target is the operation in X-Amz-Target: DynamoDB_20120810.PutItem is PutItem.
func target(r *http.Request) string {
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	return operation
}

// askedByTarget: an alias, a name or an ARN says which key or secret.
func (s Settings) askedByTarget(r *http.Request, body []byte) asked {
	var in struct{ KeyId, SecretId string }
	_ = json.Unmarshal(body, &in)
	a := asked{operation: target(r), resource: in.KeyId + in.SecretId}
	service, what := "kms", "key/"
	if s.Service == "SECRETS_MANAGER" {
		service, what = "secretsmanager", "secret:"
	}
	resource := a.resource
	switch {
	case resource == "":
		resource = "*"
	case !strings.HasPrefix(resource, "arn:"):
		resource = s.arn(service, what+resource)
	}
	a.needs = []Need{{Action: service + ":" + a.operation, Resource: resource}}
	return a
}

// askedSSM: SendCommand takes the permission on the document and on each instance (Service Authorization Reference, AWS Systems Manager).
func (s Settings) askedSSM(r *http.Request, body []byte) asked {
	var in struct {
		Name, DocumentName string
		Names, InstanceIds []string
	}
	_ = json.Unmarshal(body, &in)
	a := asked{operation: target(r), resource: in.Name}
	action := "ssm:" + a.operation
	switch a.operation {
	case "SendCommand":
		a.resource = strings.Join(in.InstanceIds, ",")
		a.needs = []Need{{Action: action, Resource: "arn:aws:ssm:" + s.Region + "::document/" + in.DocumentName}}
		for _, id := range in.InstanceIds {
			instance := s.arn("ec2", "instance/"+id)
			if strings.HasPrefix(id, "mi-") {
				instance = s.arn("ssm", "managed-instance/"+id)
			}
			a.needs = append(a.needs, Need{Action: action, Resource: instance, Keys: map[string]string{"instance": id}})
		}
	case "GetParameter", "PutParameter", "GetParameters", "DeleteParameter":
		for _, name := range append(in.Names, in.Name) {
			if name != "" {
				a.needs = append(a.needs, Need{Action: action, Resource: s.arn("ssm", "parameter/"+strings.TrimPrefix(name, "/"))})
			}
		}
	default:
		a.needs = []Need{{Action: action, Resource: "*"}}
	}
	return a
}

// askedScheduler: creating lends the role, which takes iam:PassRole (EventBridge Scheduler User Guide, Identity-based policies).
func (s Settings) askedScheduler(r *http.Request, body []byte) asked {
	var in struct {
		GroupName string
		Target    struct{ RoleArn string }
	}
	_ = json.Unmarshal(body, &in)
	group := in.GroupName
	if group == "" {
		group = r.URL.Query().Get("groupName")
	}
	if group == "" {
		group = "default"
	}
	name, _ := url.PathUnescape(strings.TrimPrefix(r.URL.EscapedPath(), "/schedules/"))
	verb := map[string]string{"POST": "Create", "PUT": "Update", "GET": "Get", "DELETE": "Delete"}[r.Method]
	a := asked{operation: verb + "Schedule", resource: name}
	a.needs = []Need{{Action: "scheduler:" + a.operation, Resource: s.arn("scheduler", "schedule/"+group+"/"+name)}}
	if in.Target.RoleArn != "" {
		a.needs = append(a.needs, Need{Action: "iam:PassRole", Resource: in.Target.RoleArn, Keys: map[string]string{"iam:PassedToService": "scheduler.amazonaws.com"}})
	}
	return a
}

// askedMail: the identity is the sender's address or its domain; ses:FromAddress is a condition key.
func (s Settings) askedMail(r *http.Request, body []byte) asked {
	var in struct{ FromEmailAddress string }
	_ = json.Unmarshal(body, &in)
	from := in.FromEmailAddress
	if i := strings.LastIndex(from, "<"); i >= 0 {
		from = strings.TrimSuffix(from[i+1:], ">")
	}
	operation := r.Method + " " + r.URL.Path
	if r.Method == http.MethodPost && r.URL.Path == "/v2/email/outbound-emails" {
		operation = "SendEmail"
	}
	return asked{operation: operation, resource: from,
		needs: []Need{{Action: "ses:" + operation, Resource: s.arn("ses", "identity/"+from), Keys: map[string]string{"ses:FromAddress": from}}}}
}

func (s Settings) askedLambda(r *http.Request) asked {
	name, _ := url.PathUnescape(strings.TrimSuffix(strings.TrimPrefix(r.URL.EscapedPath(), "/2015-03-31/functions/"), "/invocations"))
	resource := name
	if !strings.HasPrefix(resource, "arn:") {
		resource = s.arn("lambda", "function:"+name)
	}
	return asked{operation: "Invoke", resource: name, needs: []Need{{Action: "lambda:InvokeFunction", Resource: resource}}}
}
