package infra_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const sdk = "github.com/aws/aws-sdk-go-v2/service/"

// calls are what the code of one package can ask of AWS.
type calls struct {
	operations map[string]map[string]string // service, operation, where
	within     map[string]string            // parts of transactions: Put, Update, Delete, ConditionCheck
	versions   bool                         // reads a certain version of an object
	rawMail    bool
}

// callsOf reads the syntax of a package's files: each call of the SDK takes a
// value of a type like dynamodb.GetItemInput, so naming the type is being able
// to call it. Tests do not count.
func callsOf(t *testing.T, dir string) calls {
	t.Helper()
	c := calls{operations: map[string]map[string]string{}, within: map[string]string{}}
	for _, file := range sources(t, dir) {
		services, types := imports(file.syntax)
		ast.Inspect(file.syntax, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				c.named(n, services, types, file.name)
			case *ast.KeyValueExpr:
				key, ok := n.Key.(*ast.Ident)
				c.versions = c.versions || ok && key.Name == "VersionId"
			case *ast.AssignStmt:
				for _, to := range n.Lhs {
					field, ok := to.(*ast.SelectorExpr)
					c.versions = c.versions || ok && field.Sel.Name == "VersionId"
				}
			}
			return true
		})
	}
	return c
}

func (c *calls) named(n *ast.SelectorExpr, services, types map[string]string, where string) {
	of, ok := n.X.(*ast.Ident)
	if !ok {
		return
	}
	if operation, isInput := strings.CutSuffix(n.Sel.Name, "Input"); isInput && services[of.Name] != "" {
		service := services[of.Name]
		if c.operations[service] == nil {
			c.operations[service] = map[string]string{}
		}
		c.operations[service][operation] = where
	}
	switch service, name := types[of.Name], n.Sel.Name; {
	case service == "dynamodb" && slices.Contains([]string{"Put", "Update", "Delete", "ConditionCheck"}, name):
		c.within[name] = where
	case service == "sesv2" && name == "RawMessage":
		c.rawMail = true
	}
}

// imports gives the names under which a file knows services and their types.
func imports(file *ast.File) (services, types map[string]string) {
	services, types = map[string]string{}, map[string]string{}
	for _, i := range file.Imports {
		at, _ := strconv.Unquote(i.Path.Value)
		rest, ok := strings.CutPrefix(at, sdk)
		if !ok {
			continue
		}
		name := path.Base(at)
		if i.Name != nil {
			name = i.Name.Name
		}
		if service, isTypes := strings.CutSuffix(rest, "/types"); isTypes {
			types[name] = service
			continue
		}
		services[name] = rest
	}
	return services, types
}

type source struct {
	name   string
	syntax *ast.File
}

func sources(t *testing.T, dir string) []source {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []source
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		name := filepath.Join(dir, e.Name())
		syntax, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, source{name, syntax})
	}
	return all
}

// adapters are the packages of the product that use a service of the SDK.
func adapters(t *testing.T) []string {
	t.Helper()
	found := map[string]bool{}
	for _, room := range []string{"../runner", "../functions", "../web", "../pipelines"} {
		err := filepath.WalkDir(room, func(at string, e fs.DirEntry, err error) error {
			if err != nil || !e.IsDir() {
				return err
			}
			for _, file := range sources(t, at) {
				if services, _ := imports(file.syntax); len(services) > 0 {
					found[strings.TrimPrefix(filepath.ToSlash(at), "../")] = true
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// actions are the permissions that calls need, each with where it is needed.
func (c calls) actions() map[string]string {
	need := map[string]string{}
	for service, operations := range c.operations {
		for operation, where := range operations {
			for _, action := range c.needs(service, operation) {
				need[action] = operation + " in " + where
			}
		}
	}
	return need
}

func (c calls) needs(service, operation string) []string {
	switch service {
	case "s3":
		return c.needsOfS3(operation)
	case "dynamodb":
		if operation == "TransactWriteItems" {
			var all []string
			for part := range c.within {
				all = append(all, map[string]string{"Put": "dynamodb:PutItem", "Update": "dynamodb:UpdateItem", "Delete": "dynamodb:DeleteItem", "ConditionCheck": "dynamodb:ConditionCheckItem"}[part])
			}
			return all
		}
	case "scheduler":
		if operation == "CreateSchedule" || operation == "UpdateSchedule" {
			return []string{"scheduler:" + operation, "iam:PassRole"}
		}
	case "lambda":
		if operation == "Invoke" {
			return []string{"lambda:InvokeFunction"}
		}
	case "sesv2":
		if c.rawMail {
			return []string{"ses:" + operation, "ses:SendRawEmail"}
		}
		return []string{"ses:" + operation}
	}
	return []string{service + ":" + operation}
}

func (c calls) needsOfS3(operation string) []string {
	switch operation {
	case "GetObject", "HeadObject":
		if c.versions {
			return []string{"s3:GetObject", "s3:GetObjectVersion"}
		}
		return []string{"s3:GetObject"}
	case "CopyObject":
		return []string{"s3:GetObject", "s3:PutObject"}
	case "PutObject", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload":
		return []string{"s3:PutObject"}
	case "ListObjects", "ListObjectsV2", "HeadBucket":
		return []string{"s3:ListBucket"}
	case "DeleteObjects":
		return []string{"s3:DeleteObject"}
	}
	return []string{"s3:" + operation}
}
