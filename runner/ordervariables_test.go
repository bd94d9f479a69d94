package runner

import (
	"fmt"
	"sync"
	"testing"

	"slipway/pipelines/task"
)

func TestAListThatSomebodyHasIsNobodyElses(t *testing.T) {
	t.Parallel()
	var all sync.WaitGroup
	for who := range 8 {
		all.Go(func() {
			for round := range 500 {
				room := 1 + (who*31+round*17)%90
				list := variablesFor(room)
				if len(list) != 0 || cap(list) < room {
					t.Errorf("variablesFor(%d) has %d variables and room for %d", room, len(list), cap(list))
				}
				mine := task.Variable{Name: fmt.Sprint(who, " ", round)}
				for range room {
					list = append(list, mine)
				}
				for i := range list {
					if list[i] != mine {
						t.Errorf("somebody wrote %q into the list of %q", list[i].Name, mine.Name)
					}
				}
				spare(list)
			}
		})
	}
	all.Wait()
}

func TestASpareListIsEmptyForTheNext(t *testing.T) {
	t.Parallel()
	spare(nil) // of an order without variables
	for range 100 {
		spare([]task.Variable{{Name: "Password", Value: "of the one before"}, {Name: "Other"}})
		if list := variablesFor(1); len(list) != 0 || cap(list) < 1 {
			t.Fatalf("the next order begins with %d variables, with room for %d", len(list), cap(list))
		}
	}
}
