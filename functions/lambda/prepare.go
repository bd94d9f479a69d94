package lambda

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"slipway/pipelines"
)

// resourceAnswer is what CloudFormation waits for at ResponseURL; without it a stack hangs for an hour.
type resourceAnswer struct {
	Status             string
	Reason             string `json:",omitempty"`
	PhysicalResourceId string
	StackId            string
	RequestId          string
	LogicalResourceId  string
}

// longestReason keeps the answer below the 4096 bytes that CloudFormation takes.
const longestReason = 2000

// prepare makes the stack ready and says so. A refusal is delivered, not repeated: CloudFormation shows its reason
// and rolls back. Deleting always succeeds: what was prepared lies in the table and the bucket, which the stack keeps.
func (h *Handler) prepare(ctx context.Context, e event) error {
	asked := gjson.ParseBytes(e.raw)
	answer := resourceAnswer{
		Status: "SUCCESS", PhysicalResourceId: asked.Get("PhysicalResourceId").Str,
		StackId: asked.Get("StackId").Str, RequestId: asked.Get("RequestId").Str, LogicalResourceId: asked.Get("LogicalResourceId").Str,
	}
	if answer.PhysicalResourceId == "" {
		answer.PhysicalResourceId = "slipway" // one for all time: another would have CloudFormation delete the former
	}
	if err := h.prepared(ctx, asked); err != nil {
		e.log.Error("the stack could not be made ready", told(err)...)
		answer.Status, answer.Reason = "FAILED", reason(err)
	}
	return h.tellCloudFormation(ctx, asked.Get("ResponseURL").Str, answer)
}

func (h *Handler) prepared(ctx context.Context, asked gjson.Result) (err error) {
	defer caught(&err)
	request := asked.Get("RequestType").Str
	switch request {
	case "Delete":
		return nil
	case "Create", "Update":
	default:
		return pipelines.Refuse(pipelines.Invalid, "CloudFormation asks for %q, and this function knows Create, Update and Delete", cut(request))
	}
	if h.doors.Prepare == nil {
		return closed("orders to prepare the stack")
	}
	what := Preparation{Update: request == "Update", Stack: asked.Get("StackId").Str, Properties: map[string]string{}}
	asked.Get("ResourceProperties").ForEach(func(key, value gjson.Result) bool {
		if value.Type == gjson.String {
			what.Properties[key.Str] = value.Str
		}
		return true
	})
	return h.doors.Prepare(ctx, what)
}

func reason(err error) string {
	text := err.Error()
	if len(text) > longestReason {
		text = text[:longestReason] + "…"
	}
	return strings.ToValidUTF8(text, "")
}

// tellCloudFormation has its own time: that of the work may be over.
func (h *Handler) tellCloudFormation(ctx context.Context, address string, answer resourceAnswer) error {
	body, err := json.Marshal(answer)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 8*time.Second)
	defer cancel()
	for attempt := 1; ; attempt++ {
		err := h.put(ctx, address, body)
		if err == nil || attempt == 3 || ctx.Err() != nil {
			return err
		}
	}
}

// put sets no content type: the address is signed without one. The address is a secret and stays out of errors.
func (h *Handler) put(ctx context.Context, address string, body []byte) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPut, address, bytes.NewReader(body))
	if err != nil {
		return errors.New("the ResponseURL of CloudFormation is no address")
	}
	answer, err := h.client.Do(r)
	if err != nil {
		return fmt.Errorf("CloudFormation could not be told: %w", errors.Unwrap(err))
	}
	defer answer.Body.Close()
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("CloudFormation could not be told: it answered %s", answer.Status)
	}
	return nil
}
