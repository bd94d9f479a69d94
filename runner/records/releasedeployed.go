package records

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"slipway/pipelines"
	"slipway/runner/table"
)

// deployedKey is a row for each deployment of a release, by its environment. Of a
// release that a program without these rows has made some may lack: only where its
// head says that they are listed they are all there.
func deployedKey(d pipelines.Deployment) table.Key {
	return key("deployed/"+d.ReleaseID, d.EnvironmentID, sequence(numberOf(d.ID)))
}

func listDeployed(d pipelines.Deployment) Change { return table.Put(deployedKey(d), encode(d.ID)) }

// DeploymentsOf are the ids of a release's deployments, newest first: at most limit
// of them, those before one, given by its id, or with "" the newest; and whether
// there are more.
func (r *Records) DeploymentsOf(ctx context.Context, head ReleaseHead, before string, limit int) (ids []string, more bool, err error) {
	if !head.Listed {
		ids, err = r.deployedUnlisted(ctx, head, before)
	} else {
		err = r.deployed(ctx, head, before, limit+1, func(_ string, id string) { ids = append(ids, id) })
	}
	slices.SortFunc(ids, func(a, b string) int { return cmp.Compare(numberOf(b), numberOf(a)) })
	if more = len(ids) > limit; more {
		ids = ids[:limit]
	}
	return ids, more, err
}

// NewestOf is the id of the newest deployment of a release in each environment, by
// the environment's id.
func (r *Records) NewestOf(ctx context.Context, head ReleaseHead) (map[string]string, error) {
	out := map[string]string{}
	err := r.deployed(ctx, head, "", 1, func(environment, id string) { out[environment] = id })
	return out, err
}

// deployed gives the newest deployments of a release in each environment, however
// many there are behind them.
func (r *Records) deployed(ctx context.Context, head ReleaseHead, before string, limit int, give func(environment, id string)) error {
	partition := "deployed/" + head.ID
	for end := ""; ; {
		last, err := r.table.Query(ctx, table.Range{Partition: partition, Before: end, Descending: true, Limit: 1})
		if err != nil || len(last.Items) == 0 {
			return err
		}
		environment, _, _ := strings.Cut(last.Items[0].Key.Sort, "/")
		end = environment + "/"
		span := table.Range{Partition: partition, From: end, Before: end + "~", Descending: true, Limit: limit}
		if before != "" {
			span.Before = end + sequence(numberOf(before))
		}
		n := 0
		for item, err := range table.All(ctx, r.table, span) {
			if err != nil {
				return err
			}
			if n++; n > limit {
				break
			}
			give(environment, deploymentID(numberOf(item.Key.Sort)))
		}
	}
}

// deployedUnlisted looks through all deployments since the release was made.
func (r *Records) deployedUnlisted(ctx context.Context, head ReleaseHead, before string) ([]string, error) {
	all, err := r.DeploymentsSince(ctx, head.ProjectID, head.Created)
	var out []string
	for _, d := range all {
		if d.ReleaseID == head.ID && (before == "" || numberOf(d.ID) < numberOf(before)) {
			out = append(out, d.ID)
		}
	}
	return out, err
}
