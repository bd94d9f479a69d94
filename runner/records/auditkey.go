package records

import (
	"context"

	"slipway/runner/secrets"
	"slipway/runner/table"
)

// AuditKey is the pair that signs exports of the audit log.
type AuditKey struct {
	Public  []byte         `json:"public"`
	Private secrets.Sealed `json:"private"`
}

var auditKeyKey = key("meta", "audit-key")

// AuditKey reads the pair; revision 0 says that there is none yet.
func (r *Records) AuditKey(ctx context.Context) (k AuditKey, revision int64, err error) {
	k, revision, _, err = get[AuditKey](ctx, r, auditKeyKey)
	return k, revision, err
}

// SetAuditKey is the change that keeps a pair in place of that of a revision.
func SetAuditKey(k AuditKey, revision int64) Change {
	if revision == 0 {
		return table.Create(auditKeyKey, encode(k))
	}
	return table.Replace(auditKeyKey, encode(k), revision)
}
