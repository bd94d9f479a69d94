package openings

import (
	"fmt"
	"strings"
	"time"

	"slipway/pipelines"
	"slipway/runner/links"
	"slipway/runner/records"
)

// Until is when the question ends for somebody with a link: with the link, or
// when nobody has answered for as long as the step waits.
func Until(at records.Loaded, step int, link links.Link) time.Time {
	wait := time.Duration(at.Plan.Steps[step].Question.Timeout)
	if over := at.State.Head.Steps[step].Started.Add(wait); wait > 0 && over.Before(link.Expires) {
		return over
	}
	return link.Expires
}

// OpenUntil is how mails and the page behind their links write when it is over.
const OpenUntil = "Mon 2 Jan 2006, 15:04 UTC"

// Requester is who asked for the deployment, with the user name where another name
// is shown, or how it began by itself.
func Requester(at records.Loaded) string {
	if at.Deployment.CreatedByID == "" { // nobody did, it went by itself
		return at.Deployment.CreatedBy + within(at.Deployment.How())
	}
	return pipelines.NameOf(at.Deployment.CreatedBy, at.Plan.OrderedBy())
}

func within(text string) string {
	if text == "" {
		return ""
	}
	return " (" + text + ")"
}

// Needed says how many must approve, where one is not enough, and who has.
func Needed(at records.Loaded, step int) string {
	q := at.Plan.Steps[step].Question
	if q.Minimum < 2 {
		return ""
	}
	var names []string
	for _, a := range at.State.Head.Steps[step].Approved {
		names = append(names, a.By())
	}
	text := fmt.Sprintf("%d of %s must approve", q.Minimum, strings.Join(q.Teams, " or "))
	switch len(names) {
	case 0:
		return text
	case 1:
		return text + "; " + names[0] + " has"
	}
	return text + "; " + strings.Join(names, " and ") + " have"
}

// Silence says what it comes to if nobody answers, "" where the question waits on.
func Silence(at records.Loaded, step int) string {
	q := at.Plan.Steps[step].Question
	if q.Timeout <= 0 {
		return ""
	}
	text := "counts as rejected on "
	if q.OnTimeout == "approve" {
		text = "counts as approved on "
	}
	return text + at.State.Head.Steps[step].Started.Add(time.Duration(q.Timeout)).UTC().Format(OpenUntil)
}

// Hosts names the hosts that the deployment touches.
func Hosts(at records.Loaded) string {
	seen := map[string]bool{}
	var names []string
	for _, s := range at.Plan.Steps {
		for _, t := range s.Targets {
			if !seen[t.ID] {
				seen[t.ID] = true
				names = append(names, t.Name)
			}
		}
	}
	switch n := len(names); {
	case n == 0:
		return ""
	case n == 1:
		return "1 host: " + names[0]
	case n <= 5:
		return fmt.Sprintf("%d hosts: %s", n, strings.Join(names, ", "))
	default:
		return fmt.Sprintf("%d hosts: %s and %d more", n, strings.Join(names[:4], ", "), n-4)
	}
}
