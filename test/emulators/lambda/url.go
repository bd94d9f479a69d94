package lambda

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net"
	"net/http"
	"strings"
	"time"
)

// URL is the function's own HTTPS endpoint (Invoking Lambda function URLs). Domain is what the event says it was reached under;
// "" takes it from the request.
func (f *Function) URL(domain string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(io.LimitReader(r.Body, maxPayload+1))
		if err != nil {
			return
		}
		event, err := json.Marshal(urlEvent(r, body, domain, f.settings.Region, time.Now().UTC()))
		if err != nil || len(event) > maxPayload {
			// A body travels inside the event, so what does not fit into an invocation is refused before the function sees it.
			answer(w, http.StatusRequestEntityTooLarge, map[string]string{"Message": "Request Entity Too Large"})
			return
		}
		result, err := f.Invoke(r.Context(), event)
		switch {
		case errors.Is(err, ErrThrottled):
			// "If your function receives more requests than concurrency, it returns an HTTP 429 error" (Control access to function URLs, throttling).
			answer(w, http.StatusTooManyRequests, map[string]string{"Message": "Rate Exceeded."})
		case err != nil, result.Error != "":
			answer(w, http.StatusBadGateway, map[string]string{"Message": "Internal Server Error"})
		default:
			writeURLResponse(w, result.Payload)
		}
	})
}

type urlRequest struct {
	Version        string            `json:"version"`
	RouteKey       string            `json:"routeKey"`
	RawPath        string            `json:"rawPath"`
	RawQueryString string            `json:"rawQueryString"`
	Cookies        []string          `json:"cookies,omitempty"`
	Headers        map[string]string `json:"headers"`
	Query          map[string]string `json:"queryStringParameters,omitempty"`
	RequestContext urlContext        `json:"requestContext"`
	Body           string            `json:"body,omitempty"`
	IsBase64       bool              `json:"isBase64Encoded"`
}

type urlContext struct {
	AccountID    string            `json:"accountId"`
	APIID        string            `json:"apiId"`
	DomainName   string            `json:"domainName"`
	DomainPrefix string            `json:"domainPrefix"`
	HTTP         map[string]string `json:"http"`
	RequestID    string            `json:"requestId"`
	RouteKey     string            `json:"routeKey"`
	Stage        string            `json:"stage"`
	Time         string            `json:"time"`
	TimeEpoch    int64             `json:"timeEpoch"`
}

// urlEvent: "The request and response event formats follow the same schema as the Amazon API Gateway payload format version 2.0."
func urlEvent(r *http.Request, body []byte, domain, region string, now time.Time) urlRequest {
	if domain == "" {
		domain = r.Host
	}
	prefix, _, _ := strings.Cut(domain, ".")
	ip, _, _ := net.SplitHostPort(r.RemoteAddr)
	event := urlRequest{
		Version: "2.0", RouteKey: "$default", RawPath: r.URL.EscapedPath(), RawQueryString: r.URL.RawQuery, Headers: map[string]string{},
		RequestContext: urlContext{AccountID: "anonymous", APIID: prefix, DomainName: domain, DomainPrefix: prefix, RequestID: newID(),
			RouteKey: "$default", Stage: "$default", Time: now.Format("02/Jan/2006:15:04:05 -0700"), TimeEpoch: now.UnixMilli(),
			HTTP: map[string]string{"method": r.Method, "path": r.URL.EscapedPath(), "protocol": r.Proto, "sourceIp": ip, "userAgent": r.UserAgent()}},
	}
	// "Header names are lowercased"; values of one name are joined by commas.
	for name, values := range r.Header {
		if name != "Cookie" {
			event.Headers[strings.ToLower(name)] = strings.Join(values, ",")
		}
	}
	event.Headers["host"] = domain
	event.Headers["x-forwarded-for"], event.Headers["x-forwarded-proto"], event.Headers["x-forwarded-port"] = ip, "https", "443"
	// "cookies: An array containing all cookies sent as part of the request."
	for _, line := range r.Header.Values("Cookie") {
		for c := range strings.SplitSeq(line, ";") {
			event.Cookies = append(event.Cookies, strings.TrimSpace(c))
		}
	}
	// "Duplicate query strings are combined with commas" in queryStringParameters.
	for name, values := range r.URL.Query() {
		if event.Query == nil {
			event.Query = map[string]string{}
		}
		event.Query[name] = strings.Join(values, ",")
	}
	if len(body) > 0 && isText(r.Header.Get("Content-Type")) {
		event.Body = string(body)
	} else if len(body) > 0 {
		// "isBase64Encoded: TRUE if the body is a binary payload and base64-encoded." Forms count as binary too.
		event.Body, event.IsBase64 = base64.StdEncoding.EncodeToString(body), true
	}
	return event
}

// isText says which bodies come as they are.
func isText(contentType string) bool {
	kind, _, _ := mime.ParseMediaType(contentType)
	return strings.HasPrefix(kind, "text/") || kind == "application/json" || kind == "application/javascript" || kind == "application/xml"
}

type urlResponse struct {
	Status   int               `json:"statusCode"`
	Headers  map[string]string `json:"headers"`
	Cookies  []string          `json:"cookies"`
	Body     string            `json:"body"`
	IsBase64 bool              `json:"isBase64Encoded"`
}

// writeURLResponse: "Lambda can infer the response format for you" where the function returns no statusCode.
func writeURLResponse(w http.ResponseWriter, payload []byte) {
	var response urlResponse
	if err := json.Unmarshal(payload, &response); err != nil || response.Status == 0 {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(payload)
		return
	}
	body := []byte(response.Body)
	if response.IsBase64 {
		decoded, err := base64.StdEncoding.DecodeString(response.Body)
		if err != nil {
			answer(w, http.StatusBadGateway, map[string]string{"Message": "Internal Server Error"})
			return
		}
		body = decoded
	}
	for name, value := range response.Headers {
		w.Header().Set(name, value)
	}
	// "To return cookies from your function, don't manually add set-cookie headers. Instead, include the cookies in your response payload object."
	for _, c := range response.Cookies {
		w.Header().Add("Set-Cookie", c)
	}
	w.WriteHeader(response.Status)
	_, _ = w.Write(body)
}
