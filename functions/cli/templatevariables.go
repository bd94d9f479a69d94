package cli

import (
	"errors"
	"os"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"slipway/pipelines"
	"slipway/pipelines/octostache"
	"slipway/pipelines/variables"
)

// variablesFile sets what a YAML or JSON file of names and values says, in its
// order, which loops follow. Numbers keep their spelling; lists and mappings
// become JSON, as Octopus's variables hold them.
func variablesFile(file string, vars *octostache.Variables) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return unreadableText(file, err)
	}
	if len(content) > maxText {
		return pipelines.Refuse(pipelines.Invalid, "%s has %s; a file of variables has at most %s", file, bytesOf(int64(len(content))), bytesOf(maxText))
	}
	parsed, err := parser.ParseBytes(content, 0)
	if err != nil {
		return mistaken(file, "is neither YAML nor JSON", err)
	}
	for _, doc := range parsed.Docs {
		if doc.Body == nil {
			continue
		}
		entries, ok := doc.Body.(ast.MapNode)
		if !ok {
			return pipelines.Refuse(pipelines.Invalid, "%s is not a mapping of names to values, like `NGINX Port: 8081`", file)
		}
		for each := entries.MapRange(); each.Next(); {
			value, err := variableValue(each.Value())
			if err != nil {
				return mistaken(file, "has a value for "+each.Key().GetToken().Value+" that cannot be read", err)
			}
			vars.Set(each.Key().GetToken().Value, value)
		}
	}
	return nil
}

func variableValue(n ast.Node) (string, error) {
	switch n := n.(type) {
	case *ast.NullNode:
		return "", nil
	case *ast.StringNode:
		return n.Value, nil
	case *ast.LiteralNode:
		return n.Value.Value, nil
	case ast.ScalarNode:
		return n.GetToken().Value, nil
	}
	var value any
	if err := yaml.NodeToValue(n, &value, yaml.UseOrderedMap()); err != nil {
		return "", err
	}
	text, err := yaml.MarshalWithOptions(value, yaml.JSON())
	return string(text), err
}

// mistaken says what is wrong with a file of variables, and where, in one line:
// as a whole such an error draws the file, with its values.
func mistaken(file, what string, err error) error {
	y, ok := errors.AsType[yaml.Error](err)
	if !ok {
		return pipelines.Refuse(pipelines.Invalid, "%s %s: %s", file, what, err)
	}
	if t := y.GetToken(); t != nil && t.Position != nil {
		return pipelines.Refuse(pipelines.Invalid, "%s:%d:%d: the file %s: %s", file, t.Position.Line, t.Position.Column, what, y.GetMessage())
	}
	return pipelines.Refuse(pipelines.Invalid, "%s %s: %s", file, what, y.GetMessage())
}

// forDeployment are the variables with those added that a text or a value reads
// and that a deployment will have of itself.
func forDeployment(vars *octostache.Variables, text string) *octostache.Variables {
	var names []string
	read := variables.References(text)
	for name, value := range vars.All() {
		names = append(names, name)
		read = append(read, variables.References(value)...)
	}
	out, seen := vars.Clone(), map[string]bool{}
	for _, r := range read {
		key := pipelines.NameKey(r.Name)
		if seen[key] || !ofDeployment(r.Name) {
			continue
		}
		seen[key] = true
		if !slices.ContainsFunc(names, r.Reads) {
			out.SetAtDeployment(r.Name)
		}
	}
	return out
}

// indirect gives the names that unresolved tokens reach through an index, as
// `#{Octopus.Action[#{Where}].Output.Url}` does, a value of the deployment.
func indirect(tokens []string, vars *octostache.Variables) (found bool) {
	for _, token := range tokens {
		path, _, _ := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(token, "#{"), "}"), " | ")
		if !ofDeployment(path) || !strings.Contains(path, "[#{") {
			continue
		}
		name, err := octostache.Evaluate(path, vars, octostache.Options{})
		if err == nil && len(name.Unresolved) == 0 {
			vars.SetAtDeployment(name.Text)
			found = true
		}
	}
	return found
}

// ofDeployment says whether a name is one that the deployment or the host gives
// a value: no project has to define it.
func ofDeployment(name string) bool {
	key := pipelines.NameKey(name)
	return strings.HasPrefix(key, "octopus.") || strings.HasPrefix(key, "env:")
}
