package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"slipway/pipelines"
	"slipway/runner/records"
	"slipway/runner/table"
)

// houseSize is how much is there.
type houseSize struct {
	projects, releases, deployments, audited, targets, users, packages int
}

// large is the size that every page must be quick with.
var large = houseSize{projects: 100, releases: 10_000, deployments: 20_000, audited: 100_000, targets: 200, users: 50, packages: 300}

// fill puts years of work into a kit of the tutorial, as rows: that a server
// could make them is tested elsewhere. What is deployed afterwards is real.
func fill(k *pageKit, size houseSize) {
	k.t.Helper()
	f := &filling{pageKit: k, houseSize: size, now: time.Now().UTC().Truncate(time.Second)}
	f.people()
	f.machines()
	f.works()
	f.shelves()
	f.flush()
	f.log()
}

type filling struct {
	*pageKit
	houseSize
	now     time.Time
	waiting []records.Change
}

// put adds a row as package records lays it out.
func (f *filling) put(partition, sort string, value any) {
	f.t.Helper()
	b, err := json.Marshal(value)
	must(f.t, err)
	f.waiting = append(f.waiting, table.Put(table.Key{Partition: partition, Sort: sort}, b))
	if len(f.waiting) == 100 {
		f.flush()
	}
}

func (f *filling) flush() {
	f.t.Helper()
	must(f.t, f.records.Write(f.t.Context(), f.waiting...))
	f.waiting = nil
}

func (f *filling) people() {
	var members []string
	for n := range f.users {
		name := fmt.Sprintf("user%02d", n)
		f.add(records.Users, name, func(id string, _ int) any {
			return pipelines.User{ID: id, Username: name, DisplayName: "User " + name, Mail: name + "@example.org"}
		})
		members = append(members, name)
	}
	for n := range 10 {
		name := fmt.Sprintf("Team %d", n)
		f.add(records.Teams, name, func(id string, _ int) any {
			return pipelines.Team{ID: id, Name: name, Members: members[len(members)*n/10 : len(members)*(n+1)/10], Roles: []pipelines.RoleGrant{{Role: "Project viewer"}, {Role: "Deployment creator", Environments: []string{"Dev", "Test"}}}}
		})
	}
}

func (f *filling) machines() {
	for n := range f.targets {
		name := fmt.Sprintf("host-%03d", n)
		f.add(records.Targets, name, func(id string, _ int) any {
			return pipelines.Target{ID: id, Name: name, Roles: []string{"web"}, Environments: []string{[]string{"Dev", "Test", "Prod"}[n%3]}, Pretend: "x"}
		})
	}
}

// works are projects as the tutorial's, each with its releases and deployments.
func (f *filling) works() {
	f.t.Helper()
	all, err := f.records.Projects(f.t.Context())
	must(f.t, err)
	environments, err := f.records.Environments(f.t.Context())
	must(f.t, err)
	like := all[0]
	release, deployment := 0, 0
	for n := range f.projects - 1 {
		project := like
		project.Name, project.Triggers = fmt.Sprintf("Project %02d", n), nil
		f.add(records.Projects, project.Name, func(id string, _ int) any { project.ID = id; return project })
		frozen := f.freeze(project)
		current := map[string]*records.Current{}
		for number := range f.releases / (f.projects - 1) {
			release++
			r := pipelines.Release{
				ID: fmt.Sprintf("Releases-%d", release), ProjectID: project.ID, Project: pipelines.Project{ID: project.ID, Name: project.Name},
				Number: fmt.Sprintf("1.0.%d", number), Created: f.ago(release), CreatedBy: "user01",
				Packages: []pipelines.Selected{{Package: "RandomQuotes", Version: "1.0.1"}},
			}
			head := records.ReleaseHead{Release: r, Sequence: release, Frozen: frozen, Listed: true}
			f.put("releases", r.ID, head)
			f.put("project/"+project.ID, fmt.Sprintf("release/%010d", release), head)
			f.put("project/"+project.ID, "number/"+r.Number, r.ID)
			for _, e := range environments[:2] {
				if deployment == f.deployments {
					continue
				}
				deployment++
				d := f.deployment(fmt.Sprintf("Deployments-%d", deployment), r, e, f.ago(release))
				f.put("deployment/"+d.ID, "record", d)
				f.put("project/"+project.ID, fmt.Sprintf("deployment/%010d", deployment), d)
				f.put("deployed/"+r.ID, fmt.Sprintf("%s/%010d", e.ID, deployment), d.ID)
				f.put("succeeded/"+r.ID, e.ID, e.ID)
				current[e.ID] = &records.Current{EnvironmentID: e.ID, Newest: d, Live: &d, Begun: &d}
			}
		}
		f.put("project/"+project.ID, "highest", map[string]any{"number": fmt.Sprintf("1.0.%d", f.releases/(f.projects-1)-1), "through": release})
		for id, c := range current {
			f.put("project/"+project.ID, "current/"+id, c)
		}
	}
	f.put("counters", "Releases", release)
	f.put("counters", "Deployments", deployment)
}

// shelves are packages that were pushed.
func (f *filling) shelves() {
	for n := range f.packages {
		f.put("packages", fmt.Sprintf("package%03d", n), fmt.Sprintf("Package%03d", n))
		for v := range 10 {
			version := fmt.Sprintf("1.0.%d", v)
			f.put(fmt.Sprintf("package/package%03d", n), version, pipelines.Package{ID: fmt.Sprintf("Package%03d", n), Version: version, Format: "nupkg", Size: 1 << 20, SHA256: fmt.Sprintf("%064d", v), Arrived: f.ago(v)})
		}
	}
}

func (f *filling) ago(n int) time.Time {
	return f.now.Add(-time.Duration(f.releases-n) * 10 * time.Minute)
}

func (f *filling) deployment(id string, r pipelines.Release, e pipelines.Environment, at time.Time) pipelines.Deployment {
	end := at.Add(time.Minute)
	return pipelines.Deployment{
		ID: id, ProjectID: r.ProjectID, Project: r.Project.Name, ReleaseID: r.ID, Release: r.Number, EnvironmentID: e.ID, Environment: e.Name,
		Packages: r.Packages, Created: at, CreatedBy: "user01", Via: "session", Started: &at, Touched: &at, Finished: &end, Status: pipelines.Succeeded,
	}
}

// freeze stores one frozen copy for all releases of a project.
func (f *filling) freeze(p pipelines.Project) string {
	f.t.Helper()
	b, err := json.Marshal(pipelines.Release{ProjectID: p.ID, Project: p, Number: "1.0.0"})
	must(f.t, err)
	name := "releases/bench-" + p.ID
	_, err = f.requests.Blobs.Put(f.t.Context(), name, bytes.NewReader(b))
	must(f.t, err)
	return name
}

// log are the entries of what was done, in the chains of many subjects, by
// writers beside each other.
func (f *filling) log() {
	f.t.Helper()
	var all sync.WaitGroup
	const batch, writers = 40, 20
	for w := range writers {
		all.Go(func() {
			for n := w; n < f.audited/batch; n += writers {
				var told []pipelines.Event
				for i := range batch {
					at := n*batch + i
					told = append(told, pipelines.Event{
						ID: fmt.Sprintf("bench-%06d", at), At: f.ago(at / 10), Category: []string{"DeploymentCreated", "ReleaseCreated", "ProjectEdited", "SignedIn"}[i%4],
						Subject: fmt.Sprintf("Deployments-%d", n), UserID: "Users-4", Username: fmt.Sprintf("user%02d", i%f.users), Via: "session",
						Message: fmt.Sprintf("deployed Project %02d 1.0.%d to Dev", n%f.projects, i), Related: []string{fmt.Sprintf("Projects-%d", n%f.projects)},
					})
				}
				if err := f.records.Tell(f.t.Context(), told); err != nil {
					f.t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}
