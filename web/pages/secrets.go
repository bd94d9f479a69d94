package pages

// SecretsPath is the list of sealed values, and takes a new one.
const SecretsPath = "/secrets"

// Secrets lists sealed values by name.
type Secrets struct {
	Frame
	Items []SecretRow
	New   *NewSecret // nil for who may not set one
}

// SecretRow is one sealed value.
type SecretRow struct {
	Name, By string
	Set      Moment
	Version  int
}

// NewSecret is the form that sets one. Posts name, value and unmasked-risk.
type NewSecret struct {
	Name     string
	Problems []Problem
}
