package graph_test

import (
	"fmt"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/pipelines/task"
	"slipway/runner/graph"
)

// known is a deployment in its middle: Build has succeeded, Web went wrong on
// its second target, the mail is next.
func known() (plan.Plan, graph.State) {
	p := chain(2, 2)
	p.Steps[0].Name, p.Steps[1].Name = "Build", "Web"
	p.Steps = append(p.Steps,
		plan.Step{Name: "SignOff", Kind: plan.Ask, First: 4}, plan.Step{Name: "Mail", Kind: plan.Mail, First: 5}, plan.Step{Name: "Later", Kind: plan.Mail, Skip: "not here", First: 6})
	s := graph.Begin(p)
	s.Parts[0].Tasks[0].Outputs = map[string]string{"Port": "80", "Text": "a #{b}"}
	s.Parts[0].Tasks[1].Outputs = map[string]string{"Port": "81"}
	s.Head.Steps[0].Status = pipelines.Succeeded
	s.Head.Steps[1].Status, s.Head.Steps[1].Message = pipelines.Failed, "disk #{full}"
	s.Head.Steps[2].Status, s.Head.Steps[2].Answer = pipelines.Succeeded, &graph.Answered{UserID: "Users-1", Called: "Stella", Mail: "s@example.org", Note: "fine"}
	s.Head.Steps[4].Status, s.Head.Steps[4].Message = pipelines.Skipped, "not here"
	return p, s
}

func written(all []task.Variable) string {
	var b strings.Builder
	for _, v := range all {
		fmt.Fprintf(&b, "%s=%s\n", v.Name, v.Value)
	}
	return b.String()
}

// TestPeopleAreToldOfWhatHasEnded, and hosts of everything.
func TestPeopleAreToldOfWhatHasEnded(t *testing.T) {
	t.Parallel()
	p, s := known()
	_, people := graph.Progress(p, s, graph.Reader{Step: 3, Place: -1, People: true})
	const ended = `Octopus.Step[Build].Status.Code=Succeeded
Octopus.Step[Build].Status.Error=
Octopus.Step[Build].Status.ErrorDetail=
Octopus.Step[Web].Status.Code=Failed
Octopus.Step[Web].Status.Error=disk ##{full}
Octopus.Step[Web].Status.ErrorDetail=disk ##{full}
Octopus.Step[SignOff].Status.Code=Succeeded
Octopus.Step[SignOff].Status.Error=
Octopus.Step[SignOff].Status.ErrorDetail=
`
	const later = `Octopus.Step[Later].Status.Code=Skipped
Octopus.Step[Later].Status.Error=
Octopus.Step[Later].Status.ErrorDetail=
Octopus.Action[Later].IsSkipped=True
Octopus.Deployment.Error=Web: disk ##{full}
Octopus.Deployment.ErrorDetail=Web: disk ##{full}
`
	if got := written(people); got != ended+later {
		t.Errorf("a mail is told\n%s\nwant\n%s", got, ended+later)
	}
	_, host := graph.Progress(p, s, graph.Reader{Step: 3, Place: -1})
	const own = "Octopus.Step[Mail].Status.Code=Running\nOctopus.Step[Mail].Status.Error=\nOctopus.Step[Mail].Status.ErrorDetail=\n"
	if got := written(host); got != ended+own+later {
		t.Errorf("a host is told\n%s\nwant\n%s", got, ended+own+later)
	}
}

// TestNamesComeInTheOrderOfTheProcess, which is that of a loop over the steps.
func TestNamesComeInTheOrderOfTheProcess(t *testing.T) {
	t.Parallel()
	p, s := known()
	names, _ := graph.Progress(p, s, graph.Reader{Step: 3, Place: -1, People: true})
	at := -1
	for _, step := range []string{"Build", "Web", "SignOff", "Later"} {
		next := strings.Index(written(names), "Octopus.Step["+step+"].Name="+step+"\n")
		if next <= at {
			t.Errorf("the names are\n%s\nand %s is not where it should be", written(names), step)
		}
		at = next
	}
	if strings.Contains(written(names), "Octopus.Step[Mail]") {
		t.Error("a mail is told of itself")
	}
}

func inline(s graph.State) func(int) (map[string]string, error) {
	return func(number int) (map[string]string, error) { return s.Task(number).Outputs, nil }
}

// TestOutputs: that of each machine, and one without a machine, which is the
// reader's own or else the last; where machines differ that is told.
func TestOutputs(t *testing.T) {
	t.Parallel()
	p, s := known()
	for _, of := range []struct {
		name, want string
		reader     graph.Reader
		differs    int
	}{
		{"a mail", "Octopus.Action[Build].Output.Port=81\n", graph.Reader{Step: 3, Place: -1, People: true}, 1},
		{"its own target", "Octopus.Action[Build].Output.Port=80\n", graph.Reader{Step: 1, Place: 0}, 0},
		{"the other target", "Octopus.Action[Build].Output.Port=81\n", graph.Reader{Step: 1, Place: 1}, 0},
		{"escaped", "Octopus.Action[Build].Output[web-0].Text=a ##{b}\n", graph.Reader{Step: 1, Place: 1}, 0},
		{"by machine", "Octopus.Action[Build].Output[web-0].Port=80\n", graph.Reader{Step: 1, Place: 1}, 0},
		{"the answer", "Octopus.Action[SignOff].Output.Manual.Notes=fine\nOctopus.Action[SignOff].Output.Manual.ResponsibleUser.Id=Users-1\n", graph.Reader{Step: 3, Place: -1}, 1},
	} {
		got, differs, err := graph.Outputs(&p, &s, of.reader, inline(s))
		if err != nil || !strings.Contains(written(got), of.want) || len(differs) != of.differs {
			t.Errorf("%s: %v, %v\n%s\nwant %d and\n%s", of.name, err, differs, written(got), of.differs, of.want)
		}
	}
	if own, _, _ := graph.Outputs(&p, &s, graph.Reader{Step: 0, Place: 0}, inline(s)); strings.Contains(written(own), "Build") {
		t.Errorf("a step is given its own outputs:\n%s", written(own))
	}
}

// TestALaneSeesItself: a child step is told of those beside it as they stand on
// its own target.
func TestALaneSeesItself(t *testing.T) {
	t.Parallel()
	p := rollingPlan(3, 3, 2) // the second child step leaves the first target out
	s := graph.Begin(p)
	s.Head.Steps[1].Status, s.Head.Steps[2].Status, s.Head.Steps[3].Status = pipelines.Running, pipelines.Running, pipelines.Running
	s.Parts[0].Tasks[0].Status, s.Parts[0].Tasks[0].Message = pipelines.Failed, "broken" // Child 0 on web-0
	s.Parts[0].Tasks[1].Status = pipelines.Succeeded                                     // Child 0 on web-1
	s.Parts[0].Tasks[3].Status = pipelines.Skipped                                       // Child 1 on web-1
	for place, want := range []string{
		"Octopus.Step[Child 0].Status.Code=Failed\nOctopus.Step[Child 0].Status.Error=broken\n",
		"Octopus.Step[Child 0].Status.Code=Succeeded\n",
		"Octopus.Step[Child 0].Status.Code=Pending\n",
	} {
		if _, got := graph.Progress(p, s, graph.Reader{Step: 3, Place: place}); !strings.Contains(written(got), want) {
			t.Errorf("on target %d it is told\n%s\nwant\n%s", place, written(got), want)
		}
	}
	if _, got := graph.Progress(p, s, graph.Reader{Step: 3, Place: 1}); !strings.Contains(written(got), "Octopus.Step[Child 1].Status.Code=Skipped\n") {
		t.Errorf("it is told\n%s\nwant Child 1 skipped there", written(got))
	}
}
