package runner

import (
	"sync"

	"slipway/pipelines/task"
)

// An order has hundreds of variables, and nobody needs its list once the host has
// the order: so the lists are used again.
var spareLists sync.Pool

// variablesFor is an empty list with room for so many.
func variablesFor(room int) []task.Variable {
	if spare, ok := spareLists.Get().(*[]task.Variable); ok && cap(*spare) >= room {
		return (*spare)[:0]
	}
	return make([]task.Variable, 0, room)
}

// spare gives the list of an order back that nobody has any more.
func spare(list []task.Variable) {
	if cap(list) > 0 {
		spareLists.Put(&list)
	}
}
