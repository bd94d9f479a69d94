package ssm

import (
	"encoding/json"
	"time"
)

const clock = "2006-01-02T15:04:05.000Z"

// change sets a status and tells EventBridge. The caller has the lock; the
// receiver is called without it.
//
// Both forms are from "Amazon EventBridge event examples for Systems Manager".
// "Events are produced on a best effort basis." (reference-eventbridge-events)
func (f *Fake) change(c *command, i *invocation, to status) {
	i.details = to
	if f.options.Events == nil {
		return
	}
	events := [][]byte{
		f.event("EC2 Command Invocation Status-change Notification", i.instance, map[string]any{
			"command-id": c.id, "document-name": c.document, "instance-id": i.instance,
			"requested-date-time": c.requested.UTC().Format(clock), "status": to.status,
		}),
		f.event("EC2 Command Status-change Notification", i.instance, map[string]any{
			"command-id": c.id, "document-name": c.document, "expire-after": c.expires().UTC().Format(clock),
			"parameters": c.parameters, "requested-date-time": c.requested.UTC().Format(clock), "status": to.status,
		}),
	}
	f.busy.Go(func() {
		for _, e := range events {
			f.options.Events(e)
		}
	})
}

func (f *Fake) event(kind, instance string, detail map[string]any) []byte {
	b, err := json.Marshal(map[string]any{
		"version": "0", "id": newID(), "detail-type": kind, "source": "aws.ssm",
		"account": f.options.Account, "region": f.options.Region,
		"time":      f.options.Now().UTC().Format(time.RFC3339),
		"resources": []string{"arn:aws:ec2:" + f.options.Region + ":" + f.options.Account + ":instance/" + instance},
		"detail":    detail,
	})
	if err != nil {
		panic(err) // maps of strings
	}
	return b
}
