// Package pipelines holds the nouns of a deployment and their rules:
// environments, lifecycles, projects, releases, deployments, people.
//
// It does nothing: no clock, no disk, no network, no chance. Time and ids come
// in as arguments, and every rule is a function from values to values, so the
// same question always has the same answer, today and in a replay.
//
// Configuration refers to other nouns by name, as people write it; names are
// unique without regard to case. What happened (releases, deployments, audit)
// refers to them by id, which never changes.
package pipelines
