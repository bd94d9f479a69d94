package template

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// parse gives the document as maps, lists and scalars. A short form like !Ref X
// becomes its long form {"Ref": "X"}.
func parse(text []byte) (map[string]any, error) {
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil, err
	}
	if len(file.Docs) != 1 {
		return nil, fmt.Errorf("a template is one document, not %d", len(file.Docs))
	}
	value, err := plain(file.Docs[0].Body)
	if err != nil {
		return nil, err
	}
	root, ok := value.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("a template is a mapping")
	}
	return root, nil
}

func plain(n ast.Node) (any, error) {
	switch n := n.(type) {
	case *ast.TagNode:
		return tagged(n)
	case *ast.MappingNode:
		m := map[string]any{}
		for _, pair := range n.Values {
			if err := put(m, pair); err != nil {
				return nil, err
			}
		}
		return m, nil
	case *ast.MappingValueNode:
		m := map[string]any{}
		return m, put(m, n)
	case *ast.SequenceNode:
		list := []any{}
		for _, item := range n.Values {
			v, err := plain(item)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		return list, nil
	case *ast.StringNode:
		return n.Value, nil
	case *ast.LiteralNode:
		return n.Value.Value, nil
	case *ast.IntegerNode:
		return number(n.Value), nil
	case *ast.FloatNode:
		return n.Value, nil
	case *ast.BoolNode:
		return n.Value, nil
	case *ast.NullNode:
		return nil, nil
	}
	return nil, fmt.Errorf("line %d: %s has no place in a template", n.GetToken().Position.Line, n.Type())
}

func put(m map[string]any, pair *ast.MappingValueNode) error {
	v, err := plain(pair.Value)
	if err != nil {
		return err
	}
	key := pair.Key.String()
	if s, ok := pair.Key.(*ast.StringNode); ok {
		key = s.Value
	}
	if _, twice := m[key]; twice {
		return fmt.Errorf("line %d: %s stands twice", pair.GetToken().Position.Line, key)
	}
	m[key] = v
	return nil
}

func number(v any) float64 {
	switch v := v.(type) {
	case uint64:
		return float64(v)
	case int64:
		return float64(v)
	}
	return 0
}

// tagged is the long form of a short one.
func tagged(n *ast.TagNode) (any, error) {
	v, err := plain(n.Value)
	if err != nil {
		return nil, err
	}
	switch name := strings.TrimPrefix(n.Start.Value, "!"); name {
	case "Ref", "Condition":
		return map[string]any{name: v}, nil
	case "GetAtt":
		if of, ok := v.(string); ok {
			id, attribute, _ := strings.Cut(of, ".")
			v = []any{id, attribute}
		}
		return map[string]any{"Fn::GetAtt": v}, nil
	case "Sub", "If", "Equals", "Not", "And", "Or", "Join", "Select", "Split":
		return map[string]any{"Fn::" + name: v}, nil
	default:
		return nil, fmt.Errorf("line %d: !%s is not known here", n.GetToken().Position.Line, name)
	}
}
