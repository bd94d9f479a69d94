package pages

import "strings"

// Deployment is the page of one deployment.
type Deployment struct {
	Frame
	ID    string
	Parts DeploymentParts
	Facts []Fact // those that come while it is read are the last
	// Problems are what was wrong with an answer to a question that is gone.
	Problems []Problem
	Notes    []string // "1.0.1 is older than 1.0.7, which it replaces."
	Log      Log
	// LivePath is what the page asks every second (DeploymentLivePath with
	// ?after=LINE&rev=REVISION and the filter in force); empty once finished.
	LivePath string
}

// DeploymentParts are the parts of the page that change while it runs.
type DeploymentParts struct {
	State    State
	Sentence string // "Step 2 of 3 runs on web-1."
	Queue    string // "2nd in the queue for Prod, behind 1.0.8", or ""
	Graph    Graph
	Record   []StepRecord
	SignOffs []SignOff // the open questions, those for the viewer first
	Choices  []Choice  // what went wrong on hosts and waits for somebody to choose
	Unknown  []UnknownAttempt
	Cancel   *Cancel
	Retry    *Retry      // set once it has ended badly, where it can be taken up again
	Again    *DeployLink // set once it has ended, where right and lifecycle allow

	Artifacts []Artifact
}

// Artifact is a file that a script wanted kept.
type Artifact struct {
	Name, Size, From string
	Path             string
	Missing          string // why it is not here
}

// DeploymentLive is the answer to a page's question for news. Parts is nil when
// nothing but the log moved; Lines are the log lines after the one asked for.
type DeploymentLive struct {
	Frame
	ID       string
	LivePath string // the next question; empty once finished, which ends the asking
	Asked    Moment // when this answer was given
	Parts    *DeploymentParts
	// SameQuestions says that the page shows the decisions of Parts already: they
	// are then left alone, since a field that is moved while somebody writes in it
	// takes the page's scroll position with it.
	SameQuestions bool
	Facts         []Fact // with Parts
	Lines         []LogLine
	LogLinks      LogLinks // with Lines
}

// Graph is the step graph as it stands.
type Graph struct {
	Steps []GraphStep
}

// GraphStep is one node of the step graph.
type GraphStep struct {
	ID       string
	Name     string
	Type     string
	State    State
	Note     string   // under the name: "12 s", "not in Dev", "waits for 1 of Stakeholders"
	Needs    []string // ids of the steps before it
	Hosts    []GraphHost
	Path     string // the page with the log of this step only
	Selected bool   // the log below shows this step only
	Plain    bool   // of a process, that has no state
}

// GraphHost is one host within a step.
type GraphHost struct {
	Name  string
	State State
}

// Fact is one line of the facts beside a page.
type Fact struct {
	Label, Text string
	Code        bool   // version, hash or the like
	Path        string // where it leads, "" for nowhere
	Address     string // where it leads outside of here, http or https
	Exact       string // the exact time behind a relative one
}

// UnknownAttempt is an attempt nobody could learn the end of; a person decides.
type UnknownAttempt struct{ Step, Host, Text string }

// Choice is an attempt of which nobody can say how it ended, or that failed where
// people decide about failures. Posts attempt, step, target, note and choice
// (retry, ignore or fail) to DecidePath.
type Choice struct {
	ID         string // its own among those of the deployment
	Step, Host string
	Attempt    int
	Failed     bool   // it failed; else nobody knows
	Text       string // what is known
	MayChoose  bool
	WhyNot     string // when the viewer may not
	Note       string // what was typed before a problem came up
	Problems   []Problem
}

func (c Choice) title() string {
	if c.Failed {
		return c.Step + " failed on " + c.Host
	}
	return "Nobody knows how " + c.Step + " ended on " + c.Host
}

func (c Choice) state() State {
	if c.Failed {
		return Failed
	}
	return Unknown
}

// Retry offers to take a deployment up again that has ended badly. Posts note to
// RetryPath.
type Retry struct {
	Again []string // steps that will run
	Kept  []string // steps whose success stays
}

// Cancel offers to stop the deployment. Posts nothing to CancelPath.
type Cancel struct {
	Question string // what will happen, and what can't be undone
	Button   string // "Cancel this deployment"
}

// short is the button's text where there is little room beside the title.
func (c Cancel) short() string { return strings.TrimSuffix(c.Button, " this deployment") }

// offer is the element id of what is offered.
func (c Cancel) offer() string {
	return "offer-" + strings.ToLower(strings.Join(strings.Fields(c.Button), "-"))
}

// listed is "a", "a and b", "a, b and c".
func listed(names []string) string {
	n := len(names)
	if n < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
}
