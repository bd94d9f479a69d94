// Package transforms says which transform file changes which config file:
// `Web.Release.config` changes `Web.config`, and what the list of additional
// transforms adds to that.
//
// It reads no folder and applies nothing: it is asked with a list of paths.
// The idea to know: the question goes from the file that is changed to its
// transforms, never the other way, so a transform file that is nobody's match
// is silently left alone, and every `.config` file is asked, transform files
// too.
package transforms

// Options are what the step says about transforms.
type Options struct {
	// Windows paths: `\` between folders, and case does not matter.
	Windows bool
	// Additional is the list of items, separated by commas or lines.
	Additional string
	// Automatic looks for Release, Environment and Tenant beside each file.
	Automatic           bool
	Environment, Tenant string
	// AlsoBelow are further folders whose files may be changed.
	AlsoBelow []string
}

// Pair is one transform to apply. The paths are written as they came in.
type Pair struct {
	Source    string
	Transform string
}

// Found is what there is to do, in this order, and which items of the list
// did nothing.
type Found struct {
	Pairs       []Pair
	Unmatched   []string // no file for them
	Overlapping []string // what they stand for was there before
}

// Find goes through the files in their order. They are absolute paths: all
// below root and Options.AlsoBelow, and those of Folders.
func Find(files []string, root string, options Options) (Found, error) {
	items, err := parseList(options)
	if err != nil {
		return Found{}, err
	}
	s := newSearch(files, root, options)
	var found Found
	for _, source := range s.files {
		if !s.mayChange(source) {
			continue
		}
		for i := range items {
			s.apply(&items[i], source, &found)
		}
	}
	for _, item := range items {
		switch {
		case item.automatic || item.applied:
		case item.overlaps:
			found.Overlapping = appendNew(found.Overlapping, item.text)
		default:
			found.Unmatched = appendNew(found.Unmatched, item.text)
		}
	}
	return found, nil
}

// Folders are those the list names by absolute paths. Their files, without
// those of folders below, belong to what Find is given.
func Folders(options Options) ([]string, error) {
	items, err := parseList(options)
	if err != nil {
		return nil, err
	}
	var folders []string
	for _, item := range items {
		if item.target != "" && isAbsolute(item.transform, options.Windows) {
			folder, _ := split(clean(item.transform))
			folders = appendNew(folders, written(folder, options.Windows))
		}
	}
	return folders, nil
}

func (s *search) apply(item *item, source file, found *Found) {
	for _, transform := range s.transformsOf(item, source) {
		pair := Pair{Source: source.given, Transform: transform.given}
		if s.applied[pair] {
			item.overlaps = true
			continue
		}
		s.applied[pair] = true
		item.applied = true
		found.Pairs = append(found.Pairs, pair)
	}
}

func appendNew(list []string, text string) []string {
	for _, have := range list {
		if have == text {
			return list
		}
	}
	return append(list, text)
}
