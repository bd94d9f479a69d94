package rest

// Artifact is a file that a script of a deployment wanted kept, as
// GET /v1/deployments/{id}/artifacts lists them. The file itself is at
// GET /v1/deployments/{id}/artifacts/{artifact}: its bytes, or a redirection (303)
// to where they are, which needs no key and takes none.
type Artifact struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Size    int64  `json:"size"`
	SHA256  string `json:"sha256"`
	Step    string `json:"step"`
	Target  string `json:"target"`
	Missing string `json:"missing,omitempty"` // why it could not be brought home
}
