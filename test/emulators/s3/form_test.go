package s3

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// signed are the fields of a form with this policy, signed as AWS documents it.
func signed(policy string) map[string]string {
	scope := "20261122/" + Region + "/s3/aws4_request"
	text := base64.StdEncoding.EncodeToString([]byte(policy))
	key := []byte("AWS4" + SecretKey)
	for _, part := range []string{"20261122", Region, "s3", "aws4_request"} {
		key = sign(key, part)
	}
	return map[string]string{
		"key": "reports/a/end", "policy": text, "x-amz-algorithm": "AWS4-HMAC-SHA256", "x-amz-credential": AccessKey + "/" + scope,
		"x-amz-date": "20261122T110000Z", "x-amz-signature": hex.EncodeToString(sign(key, text)),
	}
}

func conditions(more string) string {
	return fmt.Sprintf(`{"expiration": "2026-11-22T13:00:00Z", "conditions": [{"bucket": "b"}, ["starts-with", "$key", "reports/a/"],
		{"x-amz-algorithm": "AWS4-HMAC-SHA256"}, ["eq", "$X-Amz-Credential", %q], ["starts-with", "$x-amz-date", ""]%s]}`,
		AccessKey+"/20261122/"+Region+"/s3/aws4_request", more)
}

func TestFormsAreHeldToTheirPolicy(t *testing.T) {
	t.Parallel()
	set := func(name, value string) func(map[string]string) {
		return func(f map[string]string) { f[name] = value }
	}
	for name, c := range map[string]struct {
		more   string
		change func(map[string]string)
		bucket string
		size   int64
		now    time.Time
		want   string
	}{
		"good":                {},
		"in range":            {more: `, ["content-length-range", 0, 10]`, size: 10},
		"too large":           {more: `, ["content-length-range", 0, 10]`, size: 11, want: "EntityTooLarge"},
		"too small":           {more: `, ["content-length-range", 5, 10]`, size: 4, want: "EntityTooSmall"},
		"other bucket":        {bucket: "c", want: "AccessDenied"},
		"other key":           {change: set("key", "reports/b/end"), want: "AccessDenied"},
		"field not in policy": {change: set("x-amz-meta-a", "1"), want: "AccessDenied"},
		"field to ignore":     {change: set("x-ignore-a", "1")},
		"field in policy":     {more: `, {"success_action_status": "201"}`, change: set("success_action_status", "201")},
		"other value":         {more: `, {"success_action_status": "201"}`, change: set("success_action_status", "200"), want: "AccessDenied"},
		"expired":             {now: noon.Add(2 * time.Hour), want: "AccessDenied"},
		"days old, not over":  {now: noon},
		"other signature":     {change: set("x-amz-signature", "00"), want: "SignatureDoesNotMatch"},
		"other account":       {change: set("x-amz-credential", "AKIAOTHER/20261122/"+Region+"/s3/aws4_request"), want: "InvalidAccessKeyId"},
		"no signature":        {change: func(f map[string]string) { delete(f, "x-amz-signature") }, want: "AccessDenied"},
		"a session's token":   {change: set("x-amz-security-token", "token"), want: "InvalidToken"},
		"no policy":           {change: func(f map[string]string) { delete(f, "policy") }, want: "AccessDenied"},
		"other policy":        {change: set("policy", base64.StdEncoding.EncodeToString([]byte(`{}`))), want: "SignatureDoesNotMatch"},
	} {
		fields := maps.Clone(signed(conditions(c.more)))
		if c.change != nil {
			c.change(fields)
		}
		if c.bucket == "" {
			c.bucket = "b"
		}
		if c.now.IsZero() {
			c.now = noon
		}
		got := ""
		if refused := allowed(c.bucket, fields, c.size, c.now); refused != nil {
			got = refused.code
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
	for _, bad := range []string{"", "not JSON", `{}`, `{"expiration": "2026-11-22T13:00:00Z", "conditions": []}`} {
		if refused := allowed("b", signed(bad), 0, noon); refused == nil {
			t.Errorf("policy %q: allowed", bad)
		}
	}
}
