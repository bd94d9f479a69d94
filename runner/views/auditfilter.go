package views

import (
	"context"

	"slipway/pipelines"
	"slipway/pipelines/auditlog"
)

// AuditFilter is what is asked for, by ids in place of names.
func (v *Views) AuditFilter(ctx context.Context, p pipelines.Principal, q AuditQuery) (auditlog.Filter, error) {
	look, err := v.auditLook(ctx, p, q)
	return look.filter, err
}
