package executor

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"slipway/pipelines/task"
	"slipway/runner/executor/attempts"
)

// How an errand ends that was not begun: who sent it reads it from the exit code
// where the Answer itself cannot get through.
const (
	ExitRefused = 70 // nothing ran and nothing will
	ExitBusy    = 75 // another attempt holds the target: try later
)

// notBegunError is the answer to an errand as a process gives it.
type notBegunError struct {
	code int
	why  string
}

func (e *notBegunError) Error() string { return e.why }

// errand takes an order that came with leave to report.
func (c *call) errand([]string) error {
	e, err := c.openErrand()
	if err != nil {
		return &notBegunError{ExitRefused, err.Error()}
	}
	err = c.host().Errand(c.ctx, e)
	if declined, ok := errors.AsType[*attempts.DeclinedError](err); ok {
		code := ExitRefused
		if declined.Answer.Busy != "" {
			code = ExitBusy
		}
		return &notBegunError{code, err.Error()}
	}
	if err != nil {
		return err
	}
	return c.answer(Started{Started: e.Order.ID})
}

// openErrand reads the sealed errand from stdin.
func (c *call) openErrand() (e task.Errand, err error) {
	text, err := c.unsealStdin("errand")
	if err != nil {
		return e, err
	}
	if err := json.Unmarshal(text, &e); err != nil {
		return e, errors.New("the errand is not its JSON: the server is newer than this executor, or something else was sealed")
	}
	return e, nil
}

// unsealStdin opens the box that stdin holds as base64.
func (c *call) unsealStdin(what string) ([]byte, error) {
	const most = 64 << 20
	text, err := io.ReadAll(io.LimitReader(c.stdin, most))
	if err != nil {
		return nil, err
	}
	box, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(string(text)), ""))
	if err != nil {
		return nil, fmt.Errorf("the %s did not arrive whole: %w", what, err)
	}
	key, err := c.hostKey()
	if err != nil {
		return nil, err
	}
	plain, ok := key.unseal(box)
	if !ok {
		return nil, fmt.Errorf("the %s is sealed to another key than this host's: if the host was reinstalled or its ledger removed, remove the target and add it again, which pins the new key, and deploy again", what)
	}
	return plain, nil
}
