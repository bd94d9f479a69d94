package graph

import "slices"

// mostTakeups is how many of those who resumed a deployment its state keeps with
// what they said, so that no number of them outgrows an item.
const mostTakeups = 20

// TakenUp is how often the deployment was resumed.
func (h Head) TakenUp() int { return h.Dropped + len(h.Resumed) }

// takeUp notes who resumes the deployment. The oldest make room, but everybody
// stays who ever did it: they may be those who must not approve it.
func (h *Head) takeUp(by Takeup) {
	all := append(slices.Clone(h.Resumed), by)
	for i := 0; i < len(all)-mostTakeups; {
		if !slices.ContainsFunc(all[i+1:], func(later Takeup) bool { return later.UserID == all[i].UserID }) {
			all[i].Note = ""
			i++
			continue
		}
		all = slices.Delete(all, i, i+1)
		h.Dropped++
	}
	h.Resumed = all
}
