package pages

// Dashboard is every project the viewer may see, in every environment.
type Dashboard struct {
	Frame
	Environments []Environment // in promotion order
	Projects     []ProjectRow
	// LivePath is what the open page asks for news (DashboardLivePath with the
	// revision shown); empty for a page that stands still. The answer is 204, or
	// DashboardGrid with a newer model.
	LivePath string
	// FirstCommand is what brings the first project here, shown while there is none;
	// empty for somebody who would not see it.
	FirstCommand string
	New          string // path where a project is begun, "" where that is not for this person
}

// fewEnvironments fit beside each other; with more of them the grid scrolls.
const fewEnvironments = 5

// Environment heads a column.
type Environment struct{ ID, Name string }

// ProjectRow is one project across the environments; it has one cell for each.
type ProjectRow struct {
	ID, Name string
	Note     string // a few words beside the name, such as "disabled"
	Cells    []Cell
}

// Cell is what is in one environment: what is deployed there or, where nothing has
// succeeded yet, what was tried.
type Cell struct {
	Outside      bool   // this environment is none of the lifecycle's
	Unseen       bool   // this person may not see deployments there, whether there are any
	Version      string // "" when nothing was deployed there yet
	DeploymentID string
	State        State
	When         Moment
	Who          string      // "by Ada", "by itself, on push"
	Why          string      // one sentence for the curious
	Deploy       *DeployLink // set where right and lifecycle allow
	// Beside is what is on its way there, or was tried last and is not there.
	Beside *Cell
	Note   string // a few words, such as that nothing has succeeded there yet
	// More says how many others are on their way, MorePath where they are.
	More, MorePath string
}

// DeployLink leads to the page that asks before it deploys.
type DeployLink struct {
	ProjectID, EnvironmentID string
	Version, Environment     string
}

func (d DeployLink) path() string  { return DeployPath(d.ProjectID, d.Version, d.EnvironmentID) }
func (d DeployLink) label() string { return "Deploy " + d.Version + " to " + d.Environment }

// joins says whether the place at i holds the same release as the one after it, so
// that a promotion can be seen travelling.
func joins(cells []Cell, i int) bool {
	return i >= 0 && i+1 < len(cells) && cells[i].holds() != "" && cells[i].holds() == cells[i+1].holds()
}

// holds is the release that is deployed there.
func (c Cell) holds() string {
	if c.State != Succeeded {
		return ""
	}
	return c.Version
}

func joinClass(cells []Cell, i int) string {
	class := "cell"
	if joins(cells, i-1) {
		class += " joins-before"
	}
	if joins(cells, i) {
		class += " joins-after"
	}
	return class
}

func environmentAt(all []Environment, i int) string {
	if i < len(all) {
		return all[i].ID
	}
	return ""
}

// environmentNameAt is what a phone shows beside a cell, where the heads of the
// columns have no room.
func environmentNameAt(all []Environment, i int) string {
	if i < len(all) {
		return all[i].Name
	}
	return ""
}
