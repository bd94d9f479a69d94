package kept

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"slipway/runner/streamwake"
)

// describe says in words what arrived, and which deployments it is about. It is for reading only: what an event means
// is decided where it is handled.
func describe(e gjson.Result) (what string, deployments []string) {
	switch own := e.Get("slipway").Str; own {
	case "":
	case "timer":
		return "Timer " + quoted(e.Get("id").Str), about(e.Get("id").Str)
	case "look":
		return "Order to look at a deployment", about(e.Get("deployment").Str)
	default:
		return "Order " + quoted(own), nil
	}
	if records := e.Get("Records"); records.IsArray() {
		if records.Get("0.eventSource").Str == "aws:dynamodb" {
			return changes(records)
		}
		return objects(records)
	}
	switch {
	case e.Get("detail-type").Str == "Object Created":
		return object(e.Get("detail.object.key").Str)
	case e.Get("source").Str == "aws.ssm":
		return fmt.Sprintf("End of the SSM command %s: %s", e.Get("detail.command-id").Str, e.Get("detail.status").Str), nil
	case e.Get("RequestType").Exists():
		return e.Get("RequestType").Str + " of the stack", nil
	}
	return "An event of an unknown kind", nil
}

func changes(records gjson.Result) (string, []string) {
	var deployments []string
	places := 0
	records.ForEach(func(_, r gjson.Result) bool {
		news := streamwake.Read(streamwake.Change{Event: r.Get("eventName").Str, Partition: r.Get("dynamodb.Keys.p.S").Str, Sort: r.Get("dynamodb.Keys.s.S").Str})
		switch {
		case news.Deployment != "" && !slices.Contains(deployments, news.Deployment):
			deployments = append(deployments, news.Deployment)
		case news.ProjectID != "":
			places++
		}
		return true
	})
	switch {
	case len(deployments) > 0 && places > 0:
		return "Turns of deployments, and a place that became free", deployments
	case len(deployments) > 0:
		return "Turns of " + count(int64(len(deployments)), "deployment"), deployments
	case places > 0:
		return "A place that became free", nil
	}
	return count(int64(len(records.Array())), "change") + " of the table", nil
}

func objects(records gjson.Result) (string, []string) {
	all := records.Array()
	if len(all) == 1 {
		key, err := url.QueryUnescape(all[0].Get("s3.object.key").Str)
		if err != nil {
			key = all[0].Get("s3.object.key").Str
		}
		return object(key)
	}
	return count(int64(len(all)), "object") + " in the bucket", nil
}

func object(key string) (string, []string) {
	if name, ok := strings.CutPrefix(key, "packages/"); ok {
		return "Package " + quoted(name), nil
	}
	if attempt, ok := strings.CutPrefix(key, "store/reports/"); ok {
		attempt, _, _ = strings.Cut(attempt, "/")
		return "Report of attempt " + attempt, about(attempt)
	}
	return "Object " + quoted(key), nil
}

// about finds the deployment's id that attempts and timers begin with.
func about(id string) []string {
	const prefix = "Deployments-"
	if !strings.HasPrefix(id, prefix) {
		return nil
	}
	end := len(prefix)
	for end < len(id) && id[end] >= '0' && id[end] <= '9' {
		end++
	}
	if end == len(prefix) {
		return nil
	}
	return []string{id[:end]}
}

func quoted(name string) string { return strconv.Quote(name) }

func count(n int64, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return fmt.Sprintf("%d %ss", n, of)
}
