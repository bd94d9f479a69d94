package web

import (
	"net/http"
	"reflect"
	"strings"
	"testing"

	"slipway/pipelines"
	"slipway/pipelines/textform"
	"slipway/runner/records"
)

// Everything that the text form can say is shown on a page: each noun with all
// its fields set, and the page on which each of its keys is to be read. A field
// that is added later fails here until a page shows it.
func TestEverythingWrittenCanBeRead(t *testing.T) {
	t.Parallel()
	k := newTutorial(t, "")
	admin := k.browser("admin")
	pagesOf := map[string]func(id string) string{ // key of textform.Nouns: the page of one
		"environments":  func(id string) string { return "/environments/" + id },
		"lifecycles":    func(id string) string { return "/lifecycles/" + id },
		"targets":       func(id string) string { return "/targets/" + id },
		"projects":      func(id string) string { return "/projects/" + id + "/text" },
		"variable-sets": func(id string) string { return "/variable-sets/" + id },
		"feeds":         func(id string) string { return "/feeds/" + id },
	}
	elsewhere := map[string]string{ // shown by pages of their own, which have their own tests
		"users": "/people", "teams": "/people", "user-roles": "/people",
	}
	kinds := map[string]records.Kind{
		"environments": records.Environments, "lifecycles": records.Lifecycles, "targets": records.Targets, "projects": records.Projects,
		"variable-sets": records.VariableSets, "feeds": records.Feeds,
	}
	all := reflect.TypeFor[textform.Nouns]()
	for i := range all.NumField() {
		key, _, _ := strings.Cut(all.Field(i).Tag.Get("json"), ",")
		if elsewhere[key] != "" {
			continue
		}
		path, ok := pagesOf[key]
		if !ok {
			t.Errorf("no page is named for %s", key)
			continue
		}
		noun := reflect.New(all.Field(i).Type.Elem()).Elem()
		words := filled(noun, "word")
		var at string
		k.add(kinds[key], "Full", func(id string, _ int) any {
			at = id
			noun.FieldByName("ID").SetString(id)
			noun.FieldByName("Name").SetString("Full")
			if key == "feeds" {
				noun.FieldByName("Type").SetString("nuget")
			}
			return noun.Interface()
		})
		body := admin.has(path(at), http.StatusOK).body
		for _, w := range words {
			if strings.HasPrefix(w, "word-Type") || strings.HasPrefix(w, "word-Name") || key == "feeds" && strings.HasPrefix(w, "word-Webhook") {
				continue // the feed's webhook is shown as being there
			}
			if !strings.Contains(body, w) {
				t.Errorf("%s of %s is not to be read on %s", w, key, path(at))
			}
		}
	}
}

// filled sets every text within a noun to a word that names it, and all else to
// something, and returns the words. What the text form does not say stays empty.
func filled(v reflect.Value, word string) []string {
	switch v.Kind() {
	case reflect.Struct:
		var words []string
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if f.Tag.Get("text") == "-" || !f.IsExported() || f.Type == reflect.TypeFor[pipelines.Action]() {
				continue
			}
			words = append(words, filled(v.Field(i), word+"-"+f.Name)...)
		}
		return words
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		return filled(v.Elem(), word)
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 || strings.Count(word, "-Steps") > 1 {
			return nil
		}
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		return filled(v.Index(0), word)
	case reflect.String:
		v.SetString(word)
		return []string{word}
	case reflect.Int, reflect.Int64:
		v.SetInt(3)
	case reflect.Bool:
		v.SetBool(true)
	}
	return nil
}
