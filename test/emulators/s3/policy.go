package s3

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// policy is what a form may bring, as AWS documents it on the page "POST Policy".
type policy struct {
	Expiration time.Time `json:"expiration"`
	Conditions []any     `json:"conditions"`
}

func parsePolicy(field string) (policy, error) {
	var p policy
	text, err := decode(field)
	if err != nil {
		return p, err
	}
	if err := json.Unmarshal(text, &p); err != nil {
		return p, fmt.Errorf("the policy is not JSON: %w", err)
	}
	if p.Expiration.IsZero() || len(p.Conditions) == 0 {
		return p, errors.New("the policy lacks expiration or conditions")
	}
	return p, nil
}

// allows holds each field to the policy.
//
//   - "The POST policy always contains the expiration and conditions elements."
//   - "Each form field that you specify in a form (except x-amz-signature, file, policy, and field names that have an
//     x-ignore- prefix) must appear in the list of conditions."
func (p policy) allows(bucket string, fields map[string]string, size int64, now time.Time) *refusal {
	if now.After(p.Expiration) {
		return denied("Policy expired.")
	}
	open := map[string]bool{}
	for name := range fields {
		open[name] = !free(name)
	}
	for _, c := range p.Conditions {
		covered, refused := meets(c, bucket, fields, size)
		if refused != nil {
			return refused
		}
		delete(open, covered)
	}
	for name, missing := range open {
		if missing {
			return denied("Extra input fields: " + name)
		}
	}
	return nil
}

// free fields need no condition.
func free(name string) bool {
	return name == "x-amz-signature" || name == "policy" || name == "file" || strings.HasPrefix(name, "x-ignore-")
}

// meets holds the form to one condition and says which field it is about.
func meets(condition any, bucket string, fields map[string]string, size int64) (string, *refusal) {
	failed := denied(fmt.Sprintf("Policy Condition failed: %v", condition))
	value := func(name string) string {
		if name == "bucket" {
			return bucket
		}
		return fields[name]
	}
	switch c := condition.(type) {
	case map[string]any:
		for name, want := range c {
			name = strings.ToLower(name)
			if value(name) != want {
				return "", failed
			}
			return name, nil
		}
	case []any:
		if len(c) != 3 {
			return "", failed
		}
		if c[0] == "content-length-range" {
			return "", inRange(c, size)
		}
		name, _ := c[1].(string)
		want, _ := c[2].(string)
		name = strings.ToLower(strings.TrimPrefix(name, "$"))
		if c[0] == "eq" && value(name) == want || c[0] == "starts-with" && strings.HasPrefix(value(name), want) {
			return name, nil
		}
	}
	return "", failed
}

func inRange(c []any, size int64) *refusal {
	least, ok := number(c[1])
	most, also := number(c[2])
	switch {
	case !ok || !also:
		return &refusal{http.StatusBadRequest, "InvalidPolicyDocument", "Invalid Policy: a range that is not numbers"}
	case size > most:
		return &refusal{http.StatusBadRequest, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size"}
	case size < least:
		return &refusal{http.StatusBadRequest, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size"}
	}
	return nil
}

func denied(why string) *refusal {
	return &refusal{http.StatusForbidden, "AccessDenied", "Invalid according to Policy: " + why}
}
