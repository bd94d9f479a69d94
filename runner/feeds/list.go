package feeds

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// The bounds of a service index. Known ones have about 40 resources.
const (
	mostResources = 1000
	largestIndex  = 1 << 20 // bytes
)

// list is a JSON array of which no more is read than a feed may have: a page
// that is full of small things would cost seconds and many times its own size.
type list []json.RawMessage

func (l *list) UnmarshalJSON(b []byte) error {
	if *l = nil; bytes.Equal(b, []byte("null")) {
		return nil
	}
	elements := json.NewDecoder(bytes.NewReader(b))
	if start, err := elements.Token(); err != nil || start != json.Delim('[') {
		return fmt.Errorf("it has %.20q where a list belongs", b)
	}
	for elements.More() {
		if len(*l) == mostEntries {
			return fmt.Errorf("it has a list of more than %d", mostEntries)
		}
		var one json.RawMessage
		if err := elements.Decode(&one); err != nil {
			return err
		}
		*l = append(*l, one)
	}
	return nil
}

// texts are the elements of a list of texts.
func (l list) texts() ([]string, error) {
	out := make([]string, len(l))
	for i, raw := range l {
		if err := json.Unmarshal(raw, &out[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
}
