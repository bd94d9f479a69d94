package requests_test

import (
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/runner/requests"
)

// TestOnePersonHasASignOff goes through taking on, taking over, giving back and
// what that means for an answer by page and by mail.
func TestOnePersonHasASignOff(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.places()
	k.add(records.Teams, "QA", func(id string) any {
		return pipelines.Team{ID: id, Name: "QA", Members: []string{"omar", "vera"}}
	})
	ida := k.user("ida", pipelines.RoleGrant{Role: "Deployment creator"})
	omar, vera := k.user("omar"), k.user("vera")
	k.project(pipelines.Project{Name: "Chain", Steps: []pipelines.Step{two("Look"), runs("After", "echo")}})
	r := k.release("Chain")
	d, err := k.Deploy(t.Context(), ida, requests.DeployRequest{Project: "Chain", Release: r.Number, Environment: "Dev"})
	must(t, err)
	k.until(d.ID, pipelines.Waiting)
	assign := func(p pipelines.Principal, in requests.AssignRequest) error {
		in.Deployment = d.ID
		return k.Assign(t.Context(), p, in)
	}
	has := func(want string) {
		t.Helper()
		taken, _, there, err := k.Records.Taken(t.Context(), d.ID, 0, 0)
		must(t, err)
		if !there && want != "" || there && taken.Called != want {
			t.Errorf("it is %q who has it, want %q", taken.Called, want)
		}
	}
	refused(t, "who is not asked", assign(ida, requests.AssignRequest{}), pipelines.Forbidden, "cannot answer")
	refused(t, "back without having", assign(omar, requests.AssignRequest{Back: true}), pipelines.Conflict, "nobody has taken on Look")
	must(t, assign(omar, requests.AssignRequest{Note: "on it"}))
	must(t, assign(omar, requests.AssignRequest{}))
	has(omar.Called)
	refused(t, "another", assign(vera, requests.AssignRequest{}), pipelines.Conflict, omar.Called+" has taken on Look since")
	refused(t, "another's back", assign(vera, requests.AssignRequest{Back: true}), pipelines.Conflict, "not you")
	refused(t, "over without a word", assign(vera, requests.AssignRequest{TakeOver: true}), pipelines.Invalid, "say in the note why")
	err = k.Answer(t.Context(), vera, requests.AnswerRequest{Deployment: d.ID, Proceed: true})
	refused(t, "an answer meanwhile", err, pipelines.Conflict, omar.Called+" has taken on Look since")
	must(t, assign(vera, requests.AssignRequest{TakeOver: true, Note: "omar is away"}))
	has(vera.Called)
	must(t, assign(vera, requests.AssignRequest{Back: true}))
	has("")
	must(t, assign(omar, requests.AssignRequest{}))

	// Of two at once one has it.
	must(t, assign(omar, requests.AssignRequest{Back: true}))
	came := make(chan error, 2)
	for _, p := range []pipelines.Principal{omar, vera} {
		go func() { came <- assign(p, requests.AssignRequest{}) }()
	}
	if a, b := <-came, <-came; (a == nil) == (b == nil) {
		t.Errorf("two at once: %v and %v, want one to have it", a, b)
	}
	taken, _, _, err := k.Records.Taken(t.Context(), d.ID, 0, 0)
	must(t, err)
	holder, other := omar, vera
	if taken.UserID == vera.UserID {
		holder, other = vera, omar
	}

	// Whoever answers has it no longer: the second approval is anybody's.
	must(t, k.Answer(t.Context(), holder, requests.AnswerRequest{Deployment: d.ID, Proceed: true, Note: "fine"}))
	has("")
	must(t, assign(holder, requests.AssignRequest{}))
	must(t, k.Answer(t.Context(), other, requests.AnswerRequest{Deployment: d.ID, Proceed: true, TakeOver: true, Note: "she said I may"}))
	k.until(d.ID, pipelines.Succeeded)
	made, err := k.Records.DecisionsOf(t.Context(), other.UserID, 10)
	must(t, err)
	if len(made) != 1 || !made[0].Proceed || made[0].Note != "she said I may" || made[0].Step != "Look" || made[0].Environment != "Dev" {
		t.Errorf("%s decided %+v", other.Called, made)
	}
	for category, want := range map[string]string{"InterruptionGivenBack": "gave back Look of Chain", "InterruptionTaken": "Look of Chain"} {
		if entry := k.audited(category, d.ID); !strings.Contains(entry.Message, want) {
			t.Errorf("%s says %q, want %q", category, entry.Message, want)
		}
	}
	refused(t, "after the end", assign(omar, requests.AssignRequest{}), pipelines.Conflict, "has ended")
}
