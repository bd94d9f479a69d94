package main

import (
	"fmt"
	"slices"
	"time"

	"slipway/pipelines"
)

// retentionCase is a journal, a policy for one of its lanes, and what goes.
type retentionCase struct {
	Input struct {
		Journal []struct {
			ID         string  `json:"id"`
			PolicySet  string  `json:"policy_set"`
			DaysAgo    float64 `json:"days_ago"`
			Directory  string  `json:"extracted_to"`
			Successful bool    `json:"successful"`
			Held       bool    `json:"held"`
		} `json:"journal"`
		PolicySet string `json:"policy_set"`
		Days      *int   `json:"days_to_keep"`
		Keep      *int   `json:"successful_deployments_to_keep"`
		// Protect asks for what a server does: what is live stays whatever the policy.
		Protect bool `json:"protect"`
	} `json:"input"`
	Expected struct {
		Directories *[]string `json:"deleted_directories"`
		Exactly     bool      `json:"deleted_exactly"`
		NotDeleted  []string  `json:"not_deleted"`
		Removed     *[]string `json:"removed_journal_ids"`
		Include     []string  `json:"removed_journal_ids_include"`
		SubsetOf    *[]string `json:"removed_journal_ids_subset_of"`
	} `json:"expected"`
}

func checkRetention(raw []byte) error {
	var c retentionCase
	if err := readCase(raw, &c); err != nil {
		return err
	}
	now := time.Date(2030, 5, 22, 9, 5, 0, 0, time.UTC)
	var lane []pipelines.Kept
	for _, e := range c.Input.Journal {
		if e.PolicySet == c.Input.PolicySet {
			lane = append(lane, pipelines.Kept{
				ID: e.ID, At: now.Add(-time.Duration(e.DaysAgo * float64(24*time.Hour))), Directory: e.Directory, Succeeded: e.Successful, Held: e.Held,
			})
		}
	}
	var policy pipelines.Retention
	if c.Input.Days != nil {
		policy.Days = *c.Input.Days
	}
	if c.Input.Keep != nil {
		policy.Keep = *c.Input.Keep
	}
	if c.Input.Protect {
		return c.compare(policy.Retire(lane, now))
	}
	return c.compare(policy.Due(lane, now))
}

func (c *retentionCase) compare(got pipelines.Due) error {
	want := c.Expected
	if want.Directories != nil {
		if !hasAll(got.Directories, *want.Directories) || want.Exactly && !hasAll(*want.Directories, got.Directories) {
			return fmt.Errorf("directories %q go, want %q", got.Directories, *want.Directories)
		}
	}
	for _, dir := range want.NotDeleted {
		if slices.Contains(got.Directories, dir) {
			return fmt.Errorf("directory %q goes and must stay", dir)
		}
	}
	if want.Removed != nil && (!hasAll(got.Entries, *want.Removed) || !hasAll(*want.Removed, got.Entries)) {
		return fmt.Errorf("entries %q go, want %q", got.Entries, *want.Removed)
	}
	if !hasAll(got.Entries, want.Include) {
		return fmt.Errorf("entries %q go, want at least %q", got.Entries, want.Include)
	}
	if want.SubsetOf != nil && !hasAll(*want.SubsetOf, got.Entries) {
		return fmt.Errorf("entries %q go, want at most %q", got.Entries, *want.SubsetOf)
	}
	return nil
}

func hasAll(list, wanted []string) bool {
	return !slices.ContainsFunc(wanted, func(w string) bool { return !slices.Contains(list, w) })
}
