package runner

import (
	"context"
	"fmt"

	"slipway/pipelines"
	"slipway/runner/graph"
	"slipway/runner/letters"
	"slipway/runner/mail"
	"slipway/runner/records"
)

// askChoice mails those who should choose what becomes of an attempt. The choice
// itself is made on the deployment's page: nothing is decided by the mail.
func (r *Runner) askChoice(ctx context.Context, order performing, w graph.AskChoice) error {
	users, err := r.choosers(ctx, order.at)
	if err != nil {
		return err
	}
	return r.reachAll(ctx, order, users, reaching{
		what:  "mail about a choice",
		one:   func(to member) error { return r.tellOfChoice(ctx, order.at, w, to) },
		still: func(now graph.State) bool { return chooses(now.Task(w.Task), w) },
	})
}

func chooses(x graph.TaskState, w graph.AskChoice) bool {
	return x.Status == pipelines.Waiting && x.Attempt == w.Attempt
}

// choosers is who asked for the deployment or, where nobody did or they have no
// mail, everybody who may deploy there.
func (r *Runner) choosers(ctx context.Context, at *records.Loaded) ([]member, error) {
	users, teams, err := r.people(ctx)
	if err != nil {
		return nil, err
	}
	roles, err := r.Records.UserRoles(ctx)
	if err != nil {
		return nil, err
	}
	where := pipelines.Where{Project: at.Plan.Project, Environment: at.Plan.Environment}
	var all []member
	for _, u := range users {
		if u.Mail == "" || u.Disabled {
			continue
		}
		if u.ID == at.Deployment.CreatedByID {
			return []member{{user: u}}, nil
		}
		if pipelines.PrincipalOf(u, teams, roles, "mail").Demand(pipelines.DeploymentCreate, where) == nil {
			all = append(all, member{user: u})
		}
	}
	return all, nil
}

func (r *Runner) tellOfChoice(ctx context.Context, at *records.Loaded, w graph.AskChoice, to member) error {
	told := records.Chooser{Deployment: at.Deployment.ID, Task: w.Task, Attempt: w.Attempt, UserID: to.user.ID}
	if already, err := r.Records.WasTold(ctx, told); err != nil || already {
		return err
	}
	step, target := hostStep(at, w.Step, w.Task)
	x := at.State.Task(w.Task)
	letter, err := letters.Choice{
		Project: at.Plan.Project, Release: at.Plan.Release, Environment: at.Plan.Environment,
		Deployment: at.Deployment.ID, Step: step.Name, Target: target.Name, Attempt: w.Attempt,
		Known: x.Message, Failed: x.Ask == pipelines.Failed, Asked: to.user.ID == at.Deployment.CreatedByID,
		PageURL: r.BaseURL + "/deployments/" + at.Deployment.ID,
	}.Letter()
	if err != nil {
		return err
	}
	err = r.Mail.Send(ctx, mail.Message{
		ID: fmt.Sprintf("choice-%s-%s", attemptID(at.Deployment, w.Task, w.Attempt), to.user.ID), From: r.From, To: []string{to.user.Mail}, Date: r.Env.Now(),
		Subject: letter.Subject, Text: letter.Text, HTML: letter.HTML, Deployment: at.Deployment.ID, Step: step.Name,
	})
	if err != nil {
		return &mailError{err}
	}
	return r.Records.Write(ctx, told.Told())
}
