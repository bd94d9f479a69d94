package cli

import (
	"os"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"slipway/pipelines"
	"slipway/pipelines/octostache"
)

// variablesFile sets what a YAML or JSON file of names and values says, in its
// order, which loops follow. Numbers keep their spelling; lists and mappings
// become JSON, as Octopus's variables hold them.
func variablesFile(file string, vars *octostache.Variables) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return unreadable(file, err)
	}
	if len(content) > maxText {
		return pipelines.Refuse(pipelines.Invalid, "%s has %s; a file of variables has at most %s", file, bytesOf(int64(len(content))), bytesOf(maxText))
	}
	parsed, err := parser.ParseBytes(content, 0)
	if err != nil {
		return pipelines.Refuse(pipelines.Invalid, "%s is neither YAML nor JSON: %s", file, err)
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
				return pipelines.Refuse(pipelines.Invalid, "%s: the value of %s cannot be read: %s", file, each.Key(), err)
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
