package records_test

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/bolttable"
	"slipway/runner/diskblobs"
	"slipway/runner/graph"
	"slipway/runner/records"
	"slipway/runner/table"
)

// TestWhatCannotBeReadIsNamed damages each thing that a deployment is made of.
func TestWhatCannotBeReadIsNamed(t *testing.T) {
	t.Parallel()
	turn := func(id string) table.Key { return table.Key{Partition: "deployment/" + id, Sort: "turn/0000000001"} }
	for _, c := range []struct {
		name, value string
		at          func(id string) table.Key
		newer       bool
	}{
		{"a turn that is no JSON", "{", turn, false},
		{"a turn that was deflated and cut", "\x01\x00\x01", turn, false},
		{"an empty turn", "{}", turn, false},
		{"a turn of another revision", `{"format":1,"revision":7,"head":{"format":1,"status":"running","steps":[{}]}}`, turn, false},
		{"a turn without its steps", `{"format":1,"revision":1,"head":{"format":1,"status":"running","steps":[]}}`, turn, false},
		{"a turn with a part too many", `{"format":1,"revision":1,"head":{"format":1,"status":"running","steps":[{"status":"running"}]},"parts":{"9":{"tasks":[]}}}`, turn, false},
		{"a turn with a part too short", `{"format":1,"revision":1,"head":{"format":1,"status":"running","steps":[{"status":"running"}]},"parts":{"0":{"tasks":[]}}}`, turn, false},
		{"a turn of a kind unknown", `{"format":1,"revision":1,"events":[{"id":"e","at":"2026-01-01T00:00:00Z","kind":"dreamed","of":{}}],"head":{"format":1,"status":"running","steps":[{"status":"running"}]}}`, turn, false},
		{"a turn of a newer program", `{"format":99,"revision":1}`, turn, true},
		{"a state of a newer program", `{"format":1,"revision":1,"head":{"format":99,"status":"running","steps":[{}]}}`, turn, true},
		{"a record", "[]", func(id string) table.Key { return table.Key{Partition: "deployment/" + id, Sort: "record"} }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			k := newKit(t)
			d, other := k.asked(1, 1), k.asked(1, 1)
			k.write(table.Put(c.at(d.ID), []byte(c.value)))
			_, err := k.Load(t.Context(), d.ID)
			corrupt, ok := records.Corrupt(err)
			if !ok || corrupt.Newer != c.newer || corrupt.Key != c.at(d.ID).String() || pipelines.CodeOf(err) != pipelines.Unavailable || !strings.Contains(err.Error(), corrupt.Key) {
				t.Fatalf("Load = %v", err)
			}
			k.load(other.ID)
			k.active(d.ID, other.ID)
		})
	}
}

// TestAPlanThatIsGoneOrDamaged holds what needs it.
func TestAPlanThatIsGoneOrDamaged(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	d := k.planned(func(d pipelines.Deployment) plan.Plan { return signOffPlan(d, "81") })
	dir := t.TempDir()
	empty, err := diskblobs.Open(dir)
	k.must(err)
	if _, ok := records.Corrupt(second(records.New(k.table, empty).Load(t.Context(), d.ID))); !ok {
		t.Error("a plan that is gone is not held")
	}
	_, err = empty.Put(t.Context(), "plans/"+d.Plan, strings.NewReader("{"))
	k.must(err)
	if _, ok := records.Corrupt(second(records.New(k.table, empty).Load(t.Context(), d.ID))); !ok {
		t.Error("a plan that is damaged is not held")
	}
}

func second[T any](_ T, err error) error { return err }

// TestADamagedRowHidesNobody: a queue and the list of those alive are read by
// their keys.
func TestADamagedRowHidesNobody(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	first, second, third := k.asked(1, 1), k.asked(1, 1), k.asked(1, 1)
	k.write(table.Put(table.Key{Partition: "active", Sort: second.ID}, []byte("{")))
	k.write(table.Put(table.Key{Partition: "place/Projects-1/Environments-1", Sort: "waiting/0000000002"}, []byte("{")))
	k.active(first.ID, second.ID, third.ID)
	k.holds(first, first.ID, second.ID, third.ID)
}

// TestADamagedSnapshotCostsALongerWalk, and nothing else.
func TestADamagedSnapshotCostsALongerWalk(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	d := k.deployment(250, 1)
	l := k.turn(k.load(d.ID), graph.Started{})
	for number := range 70 {
		l = k.turn(l, reported(number))
	}
	k.write(table.Put(table.Key{Partition: "deployment/" + d.ID, Sort: "turn/0000000064/part/00001"}, []byte("{")))
	k.same(l, l.State)
}

// TestAbandonFreesAllAndReadsNoJournal also where the record itself is damaged.
func TestAbandonFreesAllAndReadsNoJournal(t *testing.T) {
	t.Parallel()
	for _, damage := range []string{"turn/0000000001", "record"} {
		t.Run(damage, func(t *testing.T) {
			t.Parallel()
			k := newKit(t)
			project := k.add(records.Projects, "Quotes", func(id string) any { return pipelines.Project{ID: id, Name: "Quotes"} })
			d, next := k.asked(1, 1), k.asked(1, 1)
			if project != d.ProjectID {
				t.Fatalf("the project is %s", project)
			}
			k.write(table.Put(table.Key{Partition: "deployment/" + d.ID, Sort: damage}, []byte("{")))
			given, err := k.Abandon(t.Context(), records.Abandonment{ID: d.ID, Message: "given up by Ida", At: noon})
			k.must(err)
			back := k.kept(d.ID, pipelines.Failed)
			if given.ID != d.ID || back.Message != "given up by Ida" || back.Finished == nil {
				t.Errorf("it is kept as %+v", back)
			}
			k.holds(d, "", next.ID)
			k.active(next.ID)
			if c := k.in(); c.Newest.ID != next.ID {
				t.Errorf("newest is %s", c.Newest.ID)
			}
			k.turn(k.load(next.ID), graph.Started{})
			k.holds(d, next.ID)
		})
	}
}

// TestAbandonedAndReadableAgain: the record has the last word, so that nobody
// goes on where another one may be by now.
func TestAbandonedAndReadableAgain(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	d := k.asked(1, 1)
	if _, err := k.Abandon(t.Context(), records.Abandonment{ID: d.ID, Message: "given up by Ida", At: noon}); err != nil {
		t.Fatal(err)
	}
	l := k.load(d.ID)
	if l.State.Head.Status != pipelines.Failed || !l.State.Head.Closed {
		t.Errorf("it stands as %s, closed %v", l.State.Head.Status, l.State.Head.Closed)
	}
	if _, changed, err := k.Turn(t.Context(), &l, events(reported(0))); changed || err != nil {
		t.Errorf("it goes on: %v, %v", changed, err)
	}
}

// measured remembers the largest of what was written.
type measured struct {
	table.Table
	item, changes, bytes int
}

func (m *measured) Write(ctx context.Context, changes ...table.Change) error {
	sum := 0
	for _, c := range changes {
		m.item = max(m.item, len(c.Value))
		sum += len(c.Value) + len(c.Key.Partition) + len(c.Key.Sort)
	}
	m.changes, m.bytes = max(m.changes, len(changes)), max(m.bytes, sum)
	return m.Table.Write(ctx, changes...)
}

// TestNothingWrittenIsLarge at full length and at full width: no item over 100
// KB, no write that DynamoDB would not take.
func TestNothingWrittenIsLarge(t *testing.T) {
	t.Parallel()
	long := func(d pipelines.Deployment) plan.Plan {
		p := signOffPlan(d, "81")
		step := p.Steps[0]
		p.Steps = nil
		for i := range 1000 {
			s := step
			s.Name, s.First, s.Needs = "step "+strings.Repeat("x", i%40), i, nil
			if i > 0 {
				s.Needs = []int{i - 1}
			}
			p.Steps = append(p.Steps, s)
		}
		return p
	}
	wide := func(d pipelines.Deployment) plan.Plan {
		p := signOffPlan(d, "81")
		p.Steps = p.Steps[:1]
		p.Steps[0].Window, p.Steps[0].Targets = 200, planOf(d, 2000, 200).Steps[0].Targets
		return p
	}
	for name, c := range map[string]struct {
		plan     func(pipelines.Deployment) plan.Plan
		together int
	}{"1,000 steps": {long, 25}, "2,000 targets": {wide, 200}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			k := &kit{t: t, now: noon}
			rows, err := bolttable.Open(filepath.Join(dir, "slipway.db"), func() time.Time { return noon })
			k.must(err)
			t.Cleanup(func() { _ = rows.Close() })
			store, err := diskblobs.Open(filepath.Join(dir, "blobs"))
			k.must(err)
			m := &measured{Table: rows}
			k.table, k.Records = rows, records.New(m, store)
			l := k.load(k.planned(c.plan).ID)
			for from := 0; from < l.Plan.Tasks(); from += c.together {
				var events []graph.Event
				for number := from; number < from+c.together; number++ {
					r := done(number, "/srv/applications/Dev/Shop/1.0.0_"+strings.Repeat("1", number%7))
					r.Message, r.Outputs = strings.Repeat("said ", 20), map[string]string{"Path": r.Installed.Directory}
					events = append(events, graph.Event{ID: "e", At: noon, Of: r})
				}
				var changed bool
				var after *records.Loaded
				after, changed, err = k.Turn(t.Context(), &l, events)
				if err != nil || !changed {
					t.Fatalf("the reports from %d on: %v, %v", from, changed, err)
				}
				l = *after
			}
			if l.State.Head.Status != pipelines.Succeeded {
				t.Fatalf("the deployment is %s", l.State.Head.Status)
			}
			t.Logf("largest item %d bytes, most changes %d, largest write %d bytes", m.item, m.changes, m.bytes)
			if m.item > 100<<10 || m.changes > table.MaxChanges || m.bytes > table.MaxWrite {
				t.Errorf("largest item %d bytes, most changes %d, largest write %d bytes", m.item, m.changes, m.bytes)
			}
		})
	}
}

// TestADamagedRowOfManyHoldsNobody: it belongs to no deployment, so none can be
// given up for it; the next that writes it mends it.
func TestADamagedRowOfManyHoldsNobody(t *testing.T) {
	t.Parallel()
	for _, row := range []table.Key{
		{Partition: "project/Projects-1", Sort: "current/Environments-1"}, {Partition: "installed", Sort: "Projects-1/Environments-1"},
		{Partition: "claims", Sort: "Projects-1/Environments-1"}, {Partition: "meta", Sort: "claims"},
	} {
		t.Run(row.String(), func(t *testing.T) {
			t.Parallel()
			k := newKit(t)
			d := k.planned(func(d pipelines.Deployment) plan.Plan { return signOffPlan(d, "81") })
			k.write(table.Put(row, []byte("{")))
			other := k.elsewhere(signOffPlan)
			if got := k.load(other.ID).State.Head.Status; got != pipelines.Running {
				t.Errorf("another project's is %s, want running", got)
			}
			k.happens(d.ID, 1, done(0, "/1"))
			k.happens(d.ID, 2, graph.Answered{Step: 1, Proceed: true, UserID: "Users-1"})
			k.happens(d.ID, 3, graph.Placed{})
			k.happens(d.ID, 4, done(2, "/2"))
			k.kept(d.ID, pipelines.Succeeded)
			k.holds(d, "")
			if c := k.in(); c.Live == nil || c.Live.ID != d.ID {
				t.Errorf("live is %+v", c.Live)
			}
			if got := k.dirs("after"); !slices.Equal(got, []string{"/2 true"}) {
				t.Errorf("installed: %v", got)
			}
			if got := k.claimed(); !slices.Contains(got, "81") {
				t.Errorf("claimed: %v", got)
			}
		})
	}
}

// elsewhere stores a deployment of another project in another environment.
func (k *kit) elsewhere(of func(pipelines.Deployment, string) plan.Plan) pipelines.Deployment {
	k.t.Helper()
	id, take, err := k.NextDeployment(k.t.Context())
	k.must(err)
	d := pipelines.Deployment{
		ID: id, ProjectID: "Projects-7", Project: "Other", ReleaseID: "Releases-9", Release: "1.0.0",
		EnvironmentID: "Environments-3", Environment: "Prod", Created: noon, Status: pipelines.Queued,
	}
	d, err = k.AddDeployment(k.t.Context(), records.Request{Deployment: d, Plan: of(d, "99"), Take: take, At: noon, EventID: "start-" + id})
	k.must(err)
	return d
}

// TestAJournalWhoseBlobIsGone is one that cannot be read.
func TestAJournalWhoseBlobIsGone(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.write(table.Put(table.Key{Partition: "installed", Sort: "Projects-1/Environments-1"}, []byte(`{"blob":"installed/gone"}`)))
	_, err := k.Installed(t.Context(), "Projects-1", "Environments-1", records.Lane{Step: "before", TargetID: "Machines-1"})
	if _, ok := records.Corrupt(err); !ok {
		t.Errorf("Installed = %v, want that it cannot be read", err)
	}
	d := k.planned(func(d pipelines.Deployment) plan.Plan { return signOffPlan(d, "81") })
	k.happens(d.ID, 1, done(0, "/1"))
	if got := k.dirs("before"); !slices.Equal(got, []string{"/1 true"}) {
		t.Errorf("installed: %v", got)
	}
}

// TestPeopleWhoCanBeRead: one damaged row keeps nobody else from being asked.
func TestPeopleWhoCanBeRead(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	for _, name := range []string{"ada", "ben", "cleo"} {
		k.add(records.Users, name, func(id string) any { return pipelines.User{ID: id, Username: name} })
		k.add(records.Teams, name, func(id string) any { return pipelines.Team{ID: id, Name: name} })
	}
	k.write(table.Put(table.Key{Partition: "config", Sort: "Users/Users-2"}, []byte("{")), table.Put(table.Key{Partition: "config", Sort: "Teams/Teams-1"}, []byte("{")))
	users, teams, unreadable, err := k.People(t.Context())
	k.must(err)
	if len(users) != 2 || users[0].Username != "ada" || users[1].Username != "cleo" || len(teams) != 2 || teams[0].Name != "ben" {
		t.Errorf("People = %+v, %+v", users, teams)
	}
	if len(unreadable) != 2 || unreadable[0].Key != "config / Users/Users-2" || unreadable[1].Key != "config / Teams/Teams-1" {
		t.Errorf("unreadable: %v", unreadable)
	}
}
