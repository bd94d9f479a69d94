package plan

import (
	"errors"
	"slices"
	"strings"

	"slipway/pipelines"
	"slipway/pipelines/octostache"
)

// checkCycles finds values that refer to themselves even where no text of a step
// reads them: a file on a host may. Each circle is told once.
func (m *maker) checkCycles() {
	v := octostache.NewVariables()
	for _, x := range m.plan.Variables {
		if x.Secret == "" {
			v.Set(x.Name, x.Value)
		}
	}
	var told []string
	for _, x := range m.plan.Variables {
		if !strings.Contains(x.Value, "#{") || pipelines.HasName(told, x.Name) {
			continue
		}
		_, err := octostache.Evaluate(x.Value, v, m.options())
		circle, ok := errors.AsType[*octostache.CycleError](err)
		if !ok || slices.ContainsFunc(circle.Names, func(n string) bool { return pipelines.HasName(told, n) }) {
			continue
		}
		told = append(told, circle.Names...)
		if !m.toldOf(circle) {
			m.block("", "%s", err)
		}
	}
}

// toldOf says whether a text of a step was found to run in the circle.
func (m *maker) toldOf(circle *octostache.CycleError) bool {
	return slices.ContainsFunc(m.plan.Findings, func(f Finding) bool {
		_, names, ok := strings.Cut(f.Message, "in a circle: ")
		return ok && slices.Contains(strings.Split(names, " -> "), circle.Names[0])
	})
}
