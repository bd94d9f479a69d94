package gateway

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
)

// deny: "User: arn:aws:iam::… is not authorized to perform: … on resource: … because no identity-based policy allows the … action"
// (IAM User Guide, Troubleshoot access denied error messages).
func (g *Gateway) deny(w *watcher, n Need) {
	user := fmt.Sprintf("arn:aws:sts::%s:assumed-role/%s/%s", g.settings.Account, g.settings.Role, g.settings.Function)
	resource := n.Resource
	if g.settings.Service == "S3" {
		resource = `"` + resource + `"`
	}
	message := fmt.Sprintf("User: %s is not authorized to perform: %s on resource: %s because no identity-based policy allows the %s action", user, n.Action, resource, n.Action)
	switch g.settings.Service {
	case "S3":
		refuse(w, "S3", http.StatusForbidden, "AccessDenied", message)
	case "DYNAMODB", "SSM", "KMS", "SECRETS_MANAGER":
		refuse(w, g.settings.Service, http.StatusBadRequest, "AccessDeniedException", message)
	default:
		refuse(w, g.settings.Service, http.StatusForbidden, "AccessDeniedException", message)
	}
}

// throttle says "too many" as each service documents it on its page of common or operation errors.
func throttle(w http.ResponseWriter, service string) {
	switch service {
	case "S3":
		refuse(w, service, http.StatusServiceUnavailable, "SlowDown", "Please reduce your request rate.")
	case "DYNAMODB":
		refuse(w, service, http.StatusBadRequest, "ThrottlingException", "Throughput exceeds the current throughput limit for your account.")
	case "LAMBDA", "SESV2":
		refuse(w, service, http.StatusTooManyRequests, "TooManyRequestsException", "Rate Exceeded.")
	case "SCHEDULER":
		refuse(w, service, http.StatusTooManyRequests, "ThrottlingException", "Rate exceeded")
	default:
		refuse(w, service, http.StatusBadRequest, "ThrottlingException", "Rate exceeded")
	}
}

// refuse writes an error in the service's protocol.
func refuse(w http.ResponseWriter, service string, status int, code, message string) {
	w.Header().Del("Content-Length") // of an answer that this one replaces
	if service == "S3" {
		w.Header().Set("Content-Type", "application/xml")
		w.WriteHeader(status)
		b, _ := xml.Marshal(struct {
			XMLName                  xml.Name `xml:"Error"`
			Code, Message, RequestId string
		}{Code: code, Message: message, RequestId: "0"})
		_, _ = w.Write(b)
		return
	}
	body := map[string]string{"__type": code, "message": message, "Message": message}
	kind := "application/x-amz-json-1.1"
	switch service {
	case "DYNAMODB":
		kind, body["__type"] = "application/x-amz-json-1.0", "com.amazon.coral.service#"+code
	case "LAMBDA", "SESV2", "SCHEDULER":
		kind = "application/json"
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("X-Amzn-Errortype", code)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
