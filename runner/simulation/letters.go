package simulation

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"slipway/runner/mail"
	"slipway/runner/records"
	"slipway/runner/requests"
)

// post is what mail servers have taken.
type post struct {
	taken []mail.Message
	asked []question // of the mails that ask for an answer, in order
}

// question is a mail that asks for an answer, with what its reader finds in it.
type question struct {
	about       records.Asked
	token, code string
}

// keep notes a mail that was sent.
func (p *post) keep(m mail.Message, watch *records.Records) {
	p.taken = append(p.taken, m)
	key, asks := strings.CutPrefix(m.ID, "ask-")
	if !asks {
		return
	}
	about, _, there, err := watch.LinkOwner(context.Background(), key)
	if err != nil || !there {
		return
	}
	q := question{about: about, token: between(m.Text, "/answer/", "?"), code: between(m.Text, "Your code:", "\n")}
	p.asked = append(p.asked, q)
}

func between(text, before, after string) string {
	_, rest, _ := strings.Cut(text, before)
	found, _, _ := strings.Cut(rest, after)
	return strings.TrimSpace(found)
}

// has says whether the mail of a mail step was sent.
func (p *post) has(deployment string, step int) bool {
	id := fmt.Sprintf("%s.s%d", deployment, step)
	return slices.ContainsFunc(p.taken, func(m mail.Message) bool { return m.ID == id || strings.HasPrefix(m.ID, id+".") })
}

// to are the questions that somebody was mailed, the newest last.
func (p *post) to(user string) []question {
	var out []question
	for _, q := range p.asked {
		if q.about.UserID == user {
			out = append(out, q)
		}
	}
	return out
}

// byMail answers with a link out of a mail: as a rule the newest about the
// question, sometimes an old one, and sometimes both of its links at once. It
// says whether the person had any mail.
func (p *Person) byMail(l *records.Loaded, step int, proceed bool) bool {
	all := p.run.post.to(p.who.UserID)
	about := slices.DeleteFunc(slices.Clone(all), func(q question) bool {
		return q.about.Deployment != l.Deployment.ID || q.about.Step != step
	})
	if len(about) == 0 {
		return false
	}
	q := about[len(about)-1]
	if p.rand.IntN(5) == 0 {
		q = all[p.rand.IntN(len(all))]
	}
	if p.rand.IntN(3) == 0 { // a second click, of which nobody waits for an answer
		other := proceed != (p.rand.IntN(2) == 0)
		p.run.sched.spawn(nil, p.who.Username+" again", func() {
			p.run.sched.sleep(time.Duration(p.rand.IntN(3)) * 10 * time.Millisecond)
			_ = p.run.call("web", p.who.Username, func(ctx context.Context, at *process) error {
				_, err := at.requests.AnswerByLink(ctx, q.token, q.code, requests.AnswerRequest{Proceed: other})
				return err
			})
		})
	}
	p.presses(q, proceed)
	return true
}

// presses answers by a link, again where no answer comes.
func (p *Person) presses(q question, proceed bool) {
	word := "reject"
	if proceed {
		word = "approve"
	}
	code := q.code
	if p.rand.IntN(8) == 0 {
		code = "000 000"
	}
	acted := false
	err := p.asks(word+" "+q.about.Deployment+" by a mail's link", func(ctx context.Context, r *requests.Requests) error {
		_, err := r.AnswerByLink(ctx, q.token, code, requests.AnswerRequest{Proceed: proceed})
		acted = err == nil
		return err
	}, func() bool { return false })
	if acted || err != nil {
		p.confirmed(word, q.about.Deployment, err)
	}
}
