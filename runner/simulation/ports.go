package simulation

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"slipway/pipelines/task"
	"slipway/runner/blobs"
	"slipway/runner/mail"
	"slipway/runner/secrets"
	"slipway/runner/table"
)

// tablePort is the table as a process sees it.
type tablePort struct{ of *process }

var _ table.Table = tablePort{}

// PageSize is the table's.
func (t tablePort) PageSize() int { return t.of.run.rows.PageSize() }

func (t tablePort) Get(ctx context.Context, k table.Key) (table.Item, error) {
	r := t.of.run
	if r.sched.current != nil {
		if err := r.point("table.get", r.words(k.Partition, "/", k.Sort), fail, r.storeTrouble()); err != nil {
			return table.Item{}, err
		}
	}
	item, err := r.rows.Get(ctx, k)
	if err == nil && t.of.older {
		err = older(&item)
	}
	return item, err
}

func (t tablePort) Query(ctx context.Context, q table.Range) (table.Page, error) {
	r := t.of.run
	if r.sched.current != nil {
		if err := r.point("table.query", r.words(q.Partition, q.Prefix), fail, r.storeTrouble()); err != nil {
			return table.Page{}, err
		}
	}
	page, err := r.rows.Query(ctx, q)
	if b := r.broken; b != nil && b.reversed && q.Prefix == "waiting/" {
		slices.Reverse(page.Items)
	}
	for i := range page.Items {
		if err == nil && t.of.older {
			err = older(&page.Items[i])
		}
	}
	return page, err
}

// filePort is the table of a server that stays: one file, in pages.
type filePort struct{ tablePort }

func (filePort) PageSize() int { return 4096 }

func (t tablePort) Write(ctx context.Context, changes ...table.Change) error {
	r := t.of.run
	if len(changes) == 0 {
		return nil
	}
	return r.around("table.write", r.describe(changes), changing, r.storeTrouble(), func() error {
		if t.of.older {
			changes = olderChanges(changes)
		}
		if b := r.broken; b != nil && b.pretends && r.sched.chance.IntN(30) == 0 {
			return nil
		}
		if b := r.broken; b != nil && b.write != nil {
			changes = b.write(changes)
		}
		return r.write(ctx, t.of, changes)
	})
}

// write changes the table and tells whoever is to be told of it.
func (r *run) write(ctx context.Context, p *process, changes []table.Change) error {
	removed := map[table.Key]bool{}
	for _, c := range changes {
		if _, there := r.rows.find(c.Key); there && c.Do == table.Delete {
			removed[c.Key] = true
		}
	}
	undo := func() {}
	if b := r.broken; b != nil && b.early {
		undo = r.rows.undo(changes)
	}
	if err := r.rows.Write(ctx, changes...); err != nil {
		return err
	}
	if r.sched.current != nil {
		p.unsynced = undo
	}
	r.history.placed(changes)
	r.history.written(changes)
	if r.mode == Brief {
		r.stream(p, changes, removed)
	}
	return nil
}

// undo is what puts the items back as they are now.
func (t *rows) undo(changes []table.Change) func() {
	var back []func()
	for _, c := range changes {
		item, there := t.find(c.Key)
		back = append(back, func() {
			t.change(table.Change{Key: c.Key, Do: table.Delete})
			if there {
				t.change(table.Change{Key: c.Key, Value: item.Value, Expires: item.Expires})
				restored := t.partitions[c.Key.Partition].items[c.Key.Sort]
				restored.Revision = item.Revision
				t.partitions[c.Key.Partition].items[c.Key.Sort] = restored
			}
		})
	}
	return func() {
		for _, do := range back {
			do()
		}
	}
}

// describe is for the trace alone.
func (r *run) describe(changes []table.Change) string {
	if !r.log.keep {
		return ""
	}
	var out []string
	for _, c := range changes {
		word := [...]string{"", "-", "?"}[c.Do]
		out = append(out, word+c.Key.Partition+"/"+c.Key.Sort)
	}
	return strings.Join(out, " ")
}

// blobPort is the blob store as a process sees it.
type blobPort struct{ of *process }

var _ blobs.Blobs = blobPort{}

func (b blobPort) Put(ctx context.Context, name string, from io.Reader) (info blobs.Info, err error) {
	r := b.of.run
	put := func() error {
		info, err = r.files.Put(ctx, name, from)
		return err
	}
	if !strings.HasPrefix(name, "logs/") {
		return info, r.around("blob.put", name, changing, r.storeTrouble(), put)
	}
	// Output is put under a lock that other strands wait for: nobody else goes on
	// meanwhile.
	if err := r.fault("blob.put", name, crash|fail, r.storeTrouble()); err != nil {
		return info, err
	}
	if err := put(); err != nil {
		return info, err
	}
	return info, r.fault("blob.put done", name, crash|lose, r.storeTrouble())
}

func (b blobPort) Get(ctx context.Context, name string) (io.ReadCloser, blobs.Info, error) {
	r := b.of.run
	if r.sched.current != nil {
		if err := r.point("blob.get", name, fail, r.storeTrouble()); err != nil {
			return nil, blobs.Info{}, err
		}
	}
	return r.files.Get(ctx, name)
}

func (b blobPort) GetRange(ctx context.Context, name string, off, n int64) (io.ReadCloser, error) {
	return b.of.run.files.GetRange(ctx, name, off, n)
}

func (b blobPort) List(ctx context.Context, prefix, after string, limit int) ([]blobs.Info, error) {
	r := b.of.run
	if r.sched.current != nil {
		if err := r.point("blob.list", prefix, fail, r.storeTrouble()); err != nil {
			return nil, err
		}
	}
	return r.files.List(ctx, prefix, after, limit)
}

func (b blobPort) Delete(ctx context.Context, name string) error {
	r := b.of.run
	return r.around("blob.delete", name, changing, r.storeTrouble(), func() error { return r.files.Delete(ctx, name) })
}

// signer signs nothing, but in the right form: hosts of ours need no proof.
type signer struct{}

var _ blobs.Signer = signer{}

func (signer) SignGet(_ context.Context, name string, _ time.Duration) (task.Request, error) {
	return task.Request{Method: "GET", URL: "store:" + name}, nil
}

func (signer) SignPut(_ context.Context, name, _ string, _ time.Duration) (task.Request, error) {
	return task.Request{Method: "PUT", URL: "store:" + name}, nil
}

func (signer) SignForm(_ context.Context, prefix string, _ int64, _ time.Duration) (task.Form, error) {
	return task.Form{URL: "store:", Prefix: prefix}, nil
}

type mailPort struct{ of *process }

func (m mailPort) Send(_ context.Context, message mail.Message) error {
	r := m.of.run
	trouble := fmt.Errorf("421 come back later: %w", mail.ErrTryAgain)
	can := crash | stall
	if r.faults.mails < 2 { // after four failures the step gives up, which is another end
		can |= fail | lose
	}
	r.history.performs("mail", message.ID)
	err := r.around("mail", r.words(message.ID, "to", strings.Join(message.To, ", ")), can, trouble, func() error {
		if b := r.broken; b == nil || !b.noMail {
			r.post.keep(message, r.watch)
		}
		return nil
	})
	if err != nil {
		r.faults.mails++
	}
	return err
}

// vault seals by turning bytes over: whoever sees one must open it.
type vault struct{}

var _ secrets.Keeper = vault{}

func (vault) Seal(_ context.Context, name string, value []byte) (secrets.Sealed, error) {
	return secrets.Sealed{Format: secrets.Format, By: "simulation", Name: name, Box: turned(value)}, nil
}

func (vault) Open(_ context.Context, s secrets.Sealed) ([]byte, error) {
	if s.By != "simulation" {
		return nil, fmt.Errorf("sealed by %q: %w", s.By, secrets.ErrCannotOpen)
	}
	return turned(s.Box), nil
}

func turned(b []byte) []byte {
	out := make([]byte, len(b))
	for i, c := range b {
		out[i] = c ^ 0x5a
	}
	return out
}
