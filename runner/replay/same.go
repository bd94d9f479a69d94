package replay

import (
	"reflect"

	"slipway/runner/graph"
)

// sameStep is reflect.DeepEqual. Nearly always the steps are untouched copies,
// and a long journal has millions of them: that is seen field by field.
func sameStep(a, b *graph.StepState) bool {
	untouched := a.Status == b.Status && a.Message == b.Message && a.Started == b.Started && a.Ended == b.Ended &&
		a.Next == b.Next && a.Running == b.Running && a.Done == b.Done && a.Bad == b.Bad && a.Warning == b.Warning &&
		a.Answer == b.Answer && sameSlice(a.Approved, b.Approved) && a.Round == b.Round && a.Reminded == b.Reminded && a.Choices == b.Choices
	return untouched || reflect.DeepEqual(a, b)
}

// sameSlice says whether two slices are one.
func sameSlice[T any](a, b []T) bool {
	return len(a) == len(b) && (len(a) == 0 && (a == nil) == (b == nil) || len(a) > 0 && &a[0] == &b[0])
}
