package requests

import (
	"bytes"
	"cmp"
	"context"
	"crypto/ed25519"
	"fmt"

	"slipway/pipelines"
	"slipway/pipelines/auditlog"
	"slipway/runner/records"
)

// Signer signs the last lines of exports.
type Signer interface {
	Public(ctx context.Context) (ed25519.PublicKey, error)
	Sign(ctx context.Context, message []byte) ([]byte, error)
}

// AuditKey is the public key, as people compare it, that exports of the audit log
// are signed by.
func (r *Requests) AuditKey(ctx context.Context, p pipelines.Principal) (string, error) {
	if !p.AllowsAnywhere(pipelines.EventView) {
		return "", p.Demand(pipelines.EventView, pipelines.Where{})
	}
	if r.Signer == nil {
		return "", pipelines.Refuse(pipelines.NotFound, "this server does not sign exports of the audit log")
	}
	public, err := r.Signer.Public(ctx)
	if err != nil {
		return "", err
	}
	return auditlog.KeyText(public), nil
}

// BeginExport anchors the log, so that an export of it holds the ends of all chains.
func (r *Requests) BeginExport(ctx context.Context, p pipelines.Principal) error {
	if !p.AllowsAnywhere(pipelines.EventView) {
		return p.Demand(pipelines.EventView, pipelines.Where{})
	}
	return r.Records.AnchorNow(ctx, r.Env.Now())
}

// InJSON is the form of an export that has a last line, and can be checked.
const InJSON = "JSON"

// EndExport writes down that somebody has exported the audit log, and gives the
// export's last line, which is signed where somebody signs.
func (r *Requests) EndExport(ctx context.Context, p pipelines.Principal, format string, t auditlog.Trailer) (line []byte, err error) {
	if r.Signer != nil && format == InJSON {
		public, err := r.Signer.Public(ctx)
		if err != nil {
			return nil, err
		}
		t.Key = auditlog.KeyText(public)
	}
	if t.Entry, err = r.noteExport(ctx, p, format, t); err != nil || t.Key == "" {
		return t.Line(), err
	}
	signature, err := r.Signer.Sign(ctx, t.ToSign())
	if err != nil {
		return nil, err
	}
	return t.SignedLine(signature), nil
}

// noteExport writes down what an export can be recognised by. It returns the entry
// as it is stored.
func (r *Requests) noteExport(ctx context.Context, p pipelines.Principal, format string, t auditlog.Trailer) ([]byte, error) {
	if !p.AllowsAnywhere(pipelines.EventView) {
		return nil, p.Demand(pipelines.EventView, pipelines.Where{})
	}
	e := r.audit(p, auditlog.Exported, auditlog.OwnChain, fmt.Sprintf("exported %d entries of the audit log as %s (%s)", t.Entries, format, cmp.Or(t.Filter, "all")))
	e.Details = t.Details()
	if err := r.Records.Tell(ctx, []pipelines.Event{e}); err != nil {
		return nil, err
	}
	// It is among the newest; its time may be a moment later than we said.
	for line, err := range r.Records.AuditLines(ctx, records.AuditSpan{Since: e.At}) {
		if err != nil {
			return nil, err
		}
		if bytes.Contains(line.Line, []byte(`"id":"`+e.ID+`"`)) {
			return line.Line, nil
		}
	}
	return nil, fmt.Errorf("the entry %s of the export of the audit log cannot be found", e.ID)
}

// NoteRefusal writes down that somebody known was not allowed what they asked
// for, and which permission was lacking. asked is the request in words.
func (r *Requests) NoteRefusal(ctx context.Context, p pipelines.Principal, asked string, why *pipelines.Error) error {
	if !p.Known() || why.Told {
		return nil
	}
	e := r.audit(p, auditlog.Refused, p.UserID, "refused "+asked+": "+why.Message)
	e.Details = map[string]string{"asked": asked}
	if why.Lacks != "" {
		e.Details["permission"] = string(why.Lacks)
	}
	if why.Where.Project != "" {
		if project, err := r.project(ctx, p, why.Where.Project); err == nil {
			e.Project = project.ID
		}
	}
	if why.Where.Environment != "" {
		if environment, err := r.environment(ctx, p, why.Where.Environment); err == nil {
			e.Environment = environment.ID
		}
	}
	return r.Records.Tell(ctx, []pipelines.Event{e})
}
