package records

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"slipway/runner/graph"
)

// TestTurnIsEncodedAsJSON fills turns field by field and at random, whatever
// fields they have: a new one cannot be forgotten.
func TestTurnIsEncodedAsJSON(t *testing.T) {
	t.Parallel()
	for _, sparse := range []int{0, 1, 2, 10, 50} {
		r := rand.New(rand.NewPCG(1, uint64(sparse)))
		for range 500 {
			var turn Turn
			fill{r, sparse}.in(reflect.ValueOf(&turn).Elem())
			sameAsJSON(t, turn)
		}
	}
	sameAsJSON(t, Turn{})
	sameAsJSON(t, Turn{Events: []graph.Event{}, Head: graph.Head{Steps: []graph.StepState{}}})
}

// FuzzTurnText puts foreign texts where people and hosts put theirs.
func FuzzTurnText(f *testing.F) {
	f.Add("plain", int64(0))
	f.Add("\"\\</script>&\u2028\xff\x00é", int64(-1))
	f.Fuzz(func(t *testing.T, text string, nanoseconds int64) {
		at := time.Unix(0, nanoseconds)
		sameAsJSON(t, Turn{
			Events: []graph.Event{{ID: text, At: at, Of: graph.TaskReported{Message: text, Outputs: map[string]string{text: text}}}},
			Head:   graph.Head{Message: text, Started: at, Steps: []graph.StepState{{Message: text, Ended: at.UTC()}}},
			Parts:  map[int]graph.Part{3: {Tasks: []graph.TaskState{{Message: text, Blob: text, Wake: at}}}},
		})
	})
}

func sameAsJSON(t *testing.T, turn Turn) {
	t.Helper()
	want, err := json.Marshal(turn)
	if err != nil {
		t.Fatal(err)
	}
	if got := encodeTurn(&turn); !bytes.Equal(got, want) {
		i := 0
		for i < min(len(got), len(want)) && got[i] == want[i] {
			i++
		}
		t.Fatalf("a turn is encoded otherwise than by encoding/json, from byte %d on:\ngot  %s\nwant %s", i, got[max(0, i-60):], want[max(0, i-60):])
	}
}

// fill puts something into every field, or leaves one in so many empty.
type fill struct {
	*rand.Rand
	sparse int // of 100, how many stay empty
}

func (f fill) in(v reflect.Value) {
	if f.IntN(100) < f.sparse {
		return
	}
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(time.Unix(f.Int64N(2e9), f.Int64N(1e9)).In(time.FixedZone("", 3600*f.IntN(3)))))
		return
	case graph.Event: // its own fields, without its way of encoding
		for i := range v.NumField() {
			f.in(v.Field(i))
		}
		if v.FieldByName("Of").IsNil() {
			v.FieldByName("Of").Set(reflect.ValueOf(graph.Closed{}))
		}
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			f.in(v.Field(i))
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.in(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), f.IntN(4), 4))
		for i := range v.Len() {
			f.in(v.Index(i))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range f.IntN(13) {
			name, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			f.in(name)
			f.in(value)
			v.SetMapIndex(name, value)
		}
	case reflect.Interface:
		kinds := []graph.Happening{&graph.TaskReported{}, &graph.Started{}, &graph.Answered{}, &graph.Decided{}, &graph.Closed{}}
		of := reflect.ValueOf(kinds[f.IntN(len(kinds))]).Elem()
		f.in(of)
		v.Set(of)
	case reflect.String:
		words := []string{"plain", "Octopus.Action[web].Output", "a \"quoted\" <b> & \\", "\x00\x7f\xffé\u2028", strings.Repeat("x", 9)}
		v.SetString(words[f.IntN(len(words))])
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(f.Int64N(40) - 20)
	case reflect.Float64:
		v.SetFloat(f.Float64() * 100)
	default:
		panic("a turn has a field of a kind that this test does not know: " + v.Type().String())
	}
}
