package replay

import (
	"reflect"
	"testing"
	"time"

	"slipway/runner/graph"
)

// TestSameStepSeesEveryField: also those that will be added.
func TestSameStepSeesEveryField(t *testing.T) {
	t.Parallel()
	kind := reflect.TypeFor[graph.StepState]()
	for i := range kind.NumField() {
		var a, b graph.StepState
		f := reflect.ValueOf(&b).Elem().Field(i)
		switch f.Interface().(type) {
		case time.Time:
			f.Set(reflect.ValueOf(time.Unix(1, 0)))
		default:
			switch f.Kind() {
			case reflect.String:
				f.SetString("x")
			case reflect.Int, reflect.Int64:
				f.SetInt(1)
			case reflect.Bool:
				f.SetBool(true)
			case reflect.Pointer:
				f.Set(reflect.New(f.Type().Elem()))
			case reflect.Slice:
				f.Set(reflect.MakeSlice(f.Type(), 1, 1))
			default:
				t.Fatalf("field %s is of a kind that this test does not know: %s", kind.Field(i).Name, f.Kind())
			}
		}
		if sameStep(&a, &b) {
			t.Errorf("sameStep does not look at %s", kind.Field(i).Name)
		}
		if c := b; !sameStep(&b, &c) {
			t.Errorf("sameStep finds a copy with %s different", kind.Field(i).Name)
		}
	}
}
