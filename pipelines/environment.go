package pipelines

import "strings"

// Environment is a place a release is deployed to, like Dev, Test or Prod.
// The order in which environments were made is the default order of promotion.
type Environment struct {
	ID          string `json:"id,omitempty" text:"-"`
	Owner       string `json:"owner,omitempty" text:"-"`
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	SortOrder   int    `json:"sortOrder,omitempty" text:"-"`
	// Address is where people find the application in this environment.
	Address string `json:"address,omitempty"`
}

// Check finds what is wrong with the environment by itself.
func (e Environment) Check() []Problem {
	found := checkName("name", "environment", e.Name)
	if e.Address != "" && !strings.HasPrefix(e.Address, "http://") && !strings.HasPrefix(e.Address, "https://") {
		found = append(found, Problem{Path: "address", Message: "an address is where people find the application, like https://test.example.org; got " + quote(e.Address)})
	}
	return found
}

// EnvironmentNamed finds an environment by name.
func EnvironmentNamed(all []Environment, name string) (Environment, bool) {
	for _, e := range all {
		if SameName(e.Name, name) {
			return e, true
		}
	}
	return Environment{}, false
}
