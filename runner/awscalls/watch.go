package awscalls

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"

	"slipway/pipelines"
	"slipway/runner/spend"
)

// watch counts each call and names a missing permission. It stands outside of
// the retries, once for each call of ours.
func watch(stack *middleware.Stack) error {
	return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("slipway", func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
		out, meta, err := next.HandleInitialize(ctx, in)
		service, operation := awsmiddleware.GetServiceID(ctx), awsmiddleware.GetOperationName(ctx)
		if kind, ok := billed(service, operation); ok {
			spend.Add(ctx, kind, 1)
		}
		return out, meta, denied(err, service, operation)
	}), middleware.After)
}

// billed is the line of the bill that a call stands on. Units of the table are
// counted by its adapter, which is told them.
func billed(service, operation string) (spend.Kind, bool) {
	switch service {
	case "S3":
		if operation == "DeleteObject" || operation == "DeleteObjects" || operation == "AbortMultipartUpload" {
			return "", false
		}
		if strings.HasPrefix(operation, "Get") || strings.HasPrefix(operation, "Head") {
			return spend.BlobGet, true
		}
		return spend.BlobPut, true
	case "KMS":
		return spend.KeyRequest, true
	case "Secrets Manager":
		return spend.SecretRequest, true
	case "SSM":
		if strings.Contains(operation, "Parameter") {
			return spend.ParameterCall, true
		}
		return spend.HostCommand, true
	case "SESv2":
		return spend.MailSent, true
	}
	return "", false
}

var (
	action   = regexp.MustCompile(`not authorized to perform:? ([a-z0-9-]+:[A-Za-z0-9]+)`)
	resource = regexp.MustCompile(`on resource:? "?(arn:[^\s"]+)`)
)

// denied turns a refusal for lack of a permission into a sentence that names it
// and the statement that gives it.
func denied(err error, service, operation string) error {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return err
	}
	switch api.ErrorCode() {
	case "AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "Forbidden":
	default:
		return err
	}
	what, where := "", "*"
	if m := action.FindStringSubmatch(api.ErrorMessage()); m != nil {
		what = m[1]
	}
	if m := resource.FindStringSubmatch(api.ErrorMessage()); m != nil {
		where = m[1]
	}
	if what == "" {
		what = actionOf(service, operation)
	}
	return &DeniedError{Action: what, Resource: where, err: err}
}

// DeniedError says that our role lacks a permission.
type DeniedError struct {
	Action   string // like dynamodb:PutItem
	Resource string // its ARN, "*" where AWS does not say
	err      error
}

func (e *DeniedError) Error() string {
	return fmt.Sprintf(`the function's role may not %s on %s: update the stack to this version's template, or add to the role {"Effect": "Allow", "Action": %q, "Resource": %q}`, e.Action, e.Resource, e.Action, e.Resource)
}

// Permission is what is missing.
func (e *DeniedError) Permission() string { return e.Action }

// Unwrap is AWS's own error.
func (e *DeniedError) Unwrap() error { return e.err }

// As lets the boundary see it as trouble of ours that people can read.
func (e *DeniedError) As(target any) bool {
	refusal, ok := target.(**pipelines.Error)
	if ok {
		*refusal = pipelines.Refuse(pipelines.Unavailable, "%s", e.Error())
	}
	return ok
}

// actionOf is the permission a call needs, where AWS did not name it.
func actionOf(service, operation string) string {
	switch service {
	case "S3":
		switch {
		case strings.HasPrefix(operation, "ListObjects"):
			return "s3:ListBucket"
		case strings.HasPrefix(operation, "Head"):
			return "s3:GetObject"
		case operation == "CreateMultipartUpload", operation == "UploadPart", operation == "CompleteMultipartUpload", operation == "CopyObject":
			return "s3:PutObject"
		}
		return "s3:" + operation
	case "DynamoDB":
		return "dynamodb:" + operation
	case "SESv2":
		return "ses:" + operation
	case "Secrets Manager":
		return "secretsmanager:" + operation
	}
	return strings.ToLower(strings.ReplaceAll(service, " ", "")) + ":" + operation
}
