package pipelines

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"slipway/pipelines/excerpt"
)

// commitKeys are the keys of a commit in JSON by what they mean: ours, and those
// of Octopus, which people bring.
var commitKeys = map[string]func(*Commit) *string{
	"id": commitID, "Id": commitID,
	"message": commitMessage, "Comment": commitMessage,
	"link": commitLink, "LinkUrl": commitLink,
	"author": func(c *Commit) *string { return &c.Author },
}

func commitID(c *Commit) *string      { return &c.ID }
func commitMessage(c *Commit) *string { return &c.Message }
func commitLink(c *Commit) *string    { return &c.Link }

// UnmarshalJSON names a key that means nothing, which would else be dropped in
// silence.
func (c *Commit) UnmarshalJSON(text []byte) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(text, &fields); err != nil {
		return err
	}
	*c = Commit{}
	var unknown []string
	for key, value := range fields {
		field, ok := commitKeys[key]
		if !ok {
			unknown = append(unknown, key)
			continue
		}
		if bytes.Equal(value, []byte("null")) {
			continue
		}
		if err := json.Unmarshal(value, field(c)); err != nil {
			return fmt.Errorf("%q of a commit is a text: %w", excerpt.Letters(key, longestBuildText), err)
		}
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		return fmt.Errorf("a commit has no %s: it has id, message, author and link (or Id, Comment and LinkUrl, as Octopus calls them)", quote(excerpt.Letters(unknown[0], longestBuildText)))
	}
	return nil
}
