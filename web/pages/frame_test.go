package pages

import "testing"

func TestToStaysBelowTheBase(t *testing.T) {
	t.Parallel()
	cases := []struct{ base, path, want string }{
		{"", "/", "/"},
		{"", "/projects/Projects-1", "/projects/Projects-1"},
		{"/slipway", "/", "/slipway/"},
		{"/slipway/", "/signin", "/slipway/signin"},
		{"", "//example.org/", "/example.org/"},
		{"", `/\example.org/`, "/example.org/"},
		{"/slipway", "https://example.org/", "/slipway/https://example.org/"},
		{"", "javascript:alert(1)", "/javascript:alert(1)"},
	}
	for _, c := range cases {
		if got := (Frame{Base: c.base}).To(c.path); string(got) != c.want {
			t.Errorf("Frame{Base: %q}.To(%q) = %q, want %q", c.base, c.path, got, c.want)
		}
	}
}

func TestPathsEscapeWhatPeopleNamed(t *testing.T) {
	t.Parallel()
	cases := map[string]string{
		DeployPath("Projects-1", "1.0.0-a/b", "Environments-2"): "/projects/Projects-1/releases/1.0.0-a%2Fb/deploy/Environments-2",
		AnswerPath("t?k", "approve"):                            "/answer/t%3Fk?wants=approve",
		AnswerPath("tok", ""):                                   "/answer/tok",
		PackagePath("Tide Tables"):                              "/packages/Tide%20Tables",
		DeploymentLivePath("Deployments-4"):                     "/deployments/Deployments-4/live",
	}
	for got, want := range cases {
		if got != want {
			t.Errorf("got path %q, want %q", got, want)
		}
	}
}
