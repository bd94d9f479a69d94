package records

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/plan"
	"slipway/runner/graph"
	"slipway/runner/spend"
	"slipway/runner/table"
)

// TurnFormat is the newest form of a stored turn.
const TurnFormat = 1

// snapshotEvery is how many turns lie between two snapshots of all parts, so
// that loading a state is one range query.
const snapshotEvery = 64

// Loaded is a deployment as its journal says it stands.
type Loaded struct {
	Deployment pipelines.Deployment
	Plan       plan.Plan
	// Common is graph.CommonOf the plan, worked out once; nil where nobody has.
	Common   *graph.Common
	State    graph.State
	Stored   bool  // there is a record of it; false only while it is being added
	Revision int64 // of the newest turn; 0 before the first
	// Asked are the effects that the newest turn asked for.
	Asked []string
	// Spent is what the deployment has cost so far, where that is counted.
	Spent spend.Counts

	record int64 // the revision of the record
}

// Turn is one stored step of a deployment: what happened, what changed, which
// effects were asked for.
type Turn struct {
	Format   int                `json:"format"`
	Revision int64              `json:"revision"`
	Events   []graph.Event      `json:"events"`
	Head     graph.Head         `json:"head"`
	Parts    map[int]graph.Part `json:"parts,omitempty"`
	Effects  []string           `json:"effects,omitempty"`
	// Snapshot is how many items beside this one hold all parts; 0 for an
	// ordinary turn.
	Snapshot int `json:"snapshot,omitempty"`
	// Spent is the sum of all counts up to this turn.
	Spent spend.Counts `json:"spent,omitempty"`
}

// Load reads a deployment's plan and newest state. What cannot be read is a
// *CorruptError.
func (r *Records) Load(ctx context.Context, id string) (Loaded, error) {
	var l Loaded
	err := r.LoadInto(ctx, id, &l)
	return l, err
}

// LoadInto is Load for those who look again and again.
func (r *Records) LoadInto(ctx context.Context, id string, l *Loaded) error {
	*l = Loaded{Stored: true}
	newest := r.newest(ctx, id)
	var err error
	if l.Deployment, l.record, err = r.record(ctx, id); err != nil {
		*l = Loaded{}
		return err
	}
	p, err := r.planned(ctx, l.Deployment.Plan)
	if err != nil {
		*l = Loaded{}
		return err
	}
	l.Plan, l.Common, l.State = p.plan, p.common, graph.Begin(p.plan)
	if err := r.replay(ctx, l, newest); err != nil || !l.contradicted() {
		return err
	}
	return r.settle(ctx, l)
}

// settle reads a deployment again whose record has an end that its journal has
// not: of the two one may have been read before the deployment went on. Only what
// stays a contradiction was given up.
func (r *Records) settle(ctx context.Context, l *Loaded) error {
	for tries := 0; ; tries++ {
		if err := r.replay(ctx, l, r.newest(ctx, l.Deployment.ID)); err != nil || !l.contradicted() {
			return err
		}
		d, record, err := r.record(ctx, l.Deployment.ID)
		if err != nil {
			return err
		}
		if record == l.record && (!l.takenUpSince() || tries == mostBehind) {
			l.giveUp()
			return nil
		}
		l.Deployment, l.record = d, record
	}
}

// mostBehind is how often a store may show a record as it was before the turn
// that it was written with.
const mostBehind = 20

// replay walks back from the newest turn until every part is known: at the
// latest at a whole snapshot. Most deployments have all in their newest turn,
// so that one is asked for alone.
func (r *Records) replay(ctx context.Context, l *Loaded, newest func() (table.Page, error)) error {
	w := walk{loaded: l, parts: map[int]graph.Part{}, snapshot: map[int]graph.Part{}}
	span := turns(l.Deployment.ID)
	for page, err := newest(); ; page, err = r.table.Query(ctx, span) {
		if err != nil {
			return err
		}
		if w.head == nil && r.written.knows(page.Items, l) {
			return nil
		}
		for _, item := range page.Items {
			if err := w.take(item); err != nil {
				return err
			}
		}
		if page.Next == "" || w.done {
			break
		}
		span.After, span.Limit = page.Next, snapshotEvery+40
	}
	if w.head != nil {
		l.State = graph.Load(l.Plan, *w.head, w.parts)
	}
	return nil
}

// turns are a deployment's, the newest first and alone.
func turns(id string) table.Range {
	return table.Range{Partition: "deployment/" + id, Prefix: "turn/", Descending: true, Limit: 1}
}

// newest begins to read the newest turn, while the caller reads what else it
// needs. The page must be asked for by one caller, once.
func (r *Records) newest(ctx context.Context, id string) func() (table.Page, error) {
	var page table.Page
	var failure error
	there := r.Env.Signal()
	r.Env.Go(func() {
		defer there.Raise()
		page, failure = r.table.Query(ctx, turns(id))
	})
	return func() (table.Page, error) {
		if err := there.Wait(ctx); err != nil {
			return table.Page{}, err
		}
		return page, failure
	}
}

// walk is a replay on its way back.
type walk struct {
	loaded   *Loaded
	head     *graph.Head
	parts    map[int]graph.Part
	snapshot map[int]graph.Part // parts met since the last turn
	done     bool
}

func (w *walk) take(item table.Item) error {
	if w.done {
		return nil
	}
	if number, ok := snapshotPart(item.Key.Sort); ok {
		var part graph.Part
		if decode(item, &part) == nil && w.fits(number, part) { // without it the walk is longer, nothing else
			w.snapshot[number] = part
		}
		return nil
	}
	turn, err := decodeTurn(item)
	if err == nil {
		err = w.check(item.Key, turn)
	}
	if err != nil {
		return err
	}
	l := w.loaded
	if w.head == nil {
		w.head, l.Revision, l.Asked, l.Spent = &turn.Head, turn.Revision, turn.Effects, turn.Spent
	}
	add(w.parts, turn.Parts)
	if turn.Snapshot > 0 && len(w.snapshot) == turn.Snapshot {
		add(w.parts, w.snapshot)
		w.done = true
	}
	w.snapshot = map[int]graph.Part{}
	w.done = w.done || len(w.parts) == len(l.State.Parts)
	return nil
}

// check holds a turn against its key and the plan: what is read from it must
// never lead anybody out of bounds.
func (w *walk) check(k table.Key, turn Turn) error {
	head := turn.Head
	if head.Format > graph.Format {
		return newer(k.String(), head.Format, graph.Format)
	}
	if turnKey(w.loaded.Deployment.ID, turn.Revision) != k || head.Status == "" || len(head.Steps) != len(w.loaded.Plan.Steps) {
		return corrupt(k.String(), errors.New("it is no turn of this deployment"))
	}
	for number, part := range turn.Parts {
		if !w.fits(number, part) {
			return corrupt(k.String(), fmt.Errorf("its part %d is none of this deployment", number))
		}
	}
	return nil
}

func (w *walk) fits(number int, part graph.Part) bool {
	parts := w.loaded.State.Parts
	return number >= 0 && number < len(parts) && len(part.Tasks) == len(parts[number].Tasks)
}

func decodeTurn(item table.Item) (Turn, error) {
	var turn Turn
	if err := decode(item, &turn); err != nil {
		return turn, err
	}
	if turn.Format > TurnFormat {
		return turn, newer(item.Key.String(), turn.Format, TurnFormat)
	}
	return turn, nil
}

func add(parts, older map[int]graph.Part) {
	for number, part := range older {
		if _, newer := parts[number]; !newer {
			parts[number] = part
		}
	}
}

// Turn applies events to a loaded deployment and writes the result as one new
// item. It returns the deployment as it then stands. If nothing follows from
// the events, nothing is written. An error for which Conflict is true means
// that somebody else wrote the next turn: load again.
//
// The turns by which a deployment begins, ends, or comes to stand otherwise to
// its place carry the rows that tell others of it: index, place, queue, claims.
func (r *Records) Turn(ctx context.Context, l *Loaded, events []graph.Event, with ...Also) (*Loaded, bool, error) {
	counted := spend.Of(ctx).Take()
	next, also, err := r.turn(ctx, l, l.Spent.Plus(counted), events, with...)
	if err == nil && len(also.Changes) > 0 {
		err = r.tell(ctx, also)
	}
	if err != nil || len(also.Changes) == 0 {
		spend.Of(ctx).Put(counted)
		return l, false, err
	}
	if next.Revision%snapshotEvery == 0 {
		r.snapshot(context.WithoutCancel(ctx), next)
	}
	return next, true, nil
}

// turn is how the deployment stands after the events, with what is to be written
// to make it so, with being what goes with it; nothing if nothing follows. Spent
// is what it has cost up to then.
func (r *Records) turn(ctx context.Context, l *Loaded, spent spend.Counts, events []graph.Event, with ...Also) (*Loaded, Also, error) {
	state, applied, asked, err := advance(l, events)
	if err != nil || len(applied) == 0 {
		return l, Also{}, err
	}
	next := new(Loaded)
	*next = *l
	next.State, next.Asked, next.Spent, next.Revision = state, asked, spent, l.Revision+1
	turn := Turn{
		Format: TurnFormat, Revision: next.Revision, Events: applied, Head: next.State.Head, Parts: next.State.Changed(l.State),
		Effects: next.Asked, Spent: next.Spent,
	}
	if next.Revision%snapshotEvery == 0 {
		turn.Snapshot = len(next.State.Parts)
	}
	stored := r.packed(encodeTurn(&turn))
	r.written.keep(next, stored)
	var also Also
	for _, w := range with {
		also.Told, also.Changes = append(also.Told, w.Told...), append(also.Changes, w.Changes...)
	}
	edges, err := r.edges(ctx, l, next, edge{at: applied[len(applied)-1].At, pin: pinIn(also.Changes)})
	if err != nil {
		return l, Also{}, err
	}
	changes := append(edges.Changes, r.closing(l, next)...)
	changes = append(changes, table.Create(turnKey(l.Deployment.ID, next.Revision), stored))
	return next, Also{append(also.Told, edges.Told...), append(changes, also.Changes...)}, nil
}

// advance applies events and says which of them meant anything, and which effects
// they ask for.
func advance(l *Loaded, events []graph.Event) (state graph.State, applied []graph.Event, asked []string, err error) {
	state = l.State
	for _, e := range events {
		after, effects, err := graph.Advance(l.Plan, state, e)
		if err != nil {
			return state, nil, nil, err
		}
		if same(&after, &state) {
			continue
		}
		state, applied = after, append(applied, e)
		for _, x := range effects {
			asked = append(asked, x.ID)
		}
	}
	return state, applied, asked, nil
}

// same says whether Advance returned the state it was given.
func same(a, b *graph.State) bool {
	return len(a.Head.Steps) == len(b.Head.Steps) && (len(a.Head.Steps) == 0 || &a.Head.Steps[0] == &b.Head.Steps[0])
}

// snapshot writes all parts beside a turn that was just written. Losing it
// half-way costs a longer walk back, nothing else, so a trouble here is nobody's.
func (r *Records) snapshot(ctx context.Context, l *Loaded) {
	for i, part := range l.State.Parts {
		if r.table.Write(ctx, table.Put(snapshotKey(l.Deployment.ID, l.Revision, i), r.packed(encode(part)))) != nil {
			return
		}
	}
}

// Journal are all turns of a deployment, oldest first.
func (r *Records) Journal(ctx context.Context, id string) ([]Turn, error) {
	var out []Turn
	for item, err := range table.All(ctx, r.table, table.Range{Partition: "deployment/" + id, Prefix: "turn/"}) {
		if err != nil {
			return nil, err
		}
		if _, ok := snapshotPart(item.Key.Sort); ok {
			continue
		}
		turn, err := decodeTurn(item)
		if err != nil {
			return nil, err
		}
		out = append(out, turn)
	}
	return out, nil
}

func turnKey(id string, revision int64) table.Key {
	return key("deployment/"+id, "turn", fmt.Sprintf("%010d", revision))
}

// snapshotKey sorts after its turn, so that a walk back meets the parts first.
func snapshotKey(id string, revision int64, part int) table.Key {
	return key("deployment/"+id, "turn", fmt.Sprintf("%010d", revision), "part", fmt.Sprintf("%05d", part))
}

func snapshotPart(sort string) (int, bool) {
	_, number, ok := strings.Cut(sort, "/part/")
	n, err := strconv.Atoi(number)
	return n, ok && err == nil
}
