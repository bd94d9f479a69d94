package pipelines

import (
	"slices"
	"strings"
	"testing"
)

func TestAKeyThatCannotPushSaysWhy(t *testing.T) {
	t.Parallel()
	scope := KeyScope{Projects: []string{"Shop"}, Permissions: []Permission{BuiltInFeedPush, DeploymentCreate}}
	if got := scope.Useless(); !slices.Equal(got, []Permission{BuiltInFeedPush}) {
		t.Errorf("useless: %v, want the push", got)
	}
	if got := (KeyScope{Permissions: scope.Permissions}).Useless(); got != nil {
		t.Errorf("without projects: %v, want none", got)
	}
	key := Principal{UserID: "Users-1", Username: "ada", Admin: true}.Within(scope, nil)
	if err := key.Demand(BuiltInFeedPush, Where{}); err == nil || !strings.Contains(err.Error(), "only for some projects or environments never has it") {
		t.Errorf("push with such a key: %v, want the reason", err)
	}
	if err := key.Demand(ReleaseCreate, Where{Project: "Shop"}); err == nil || strings.Contains(err.Error(), "never has it") {
		t.Errorf("a right with a place: %v, want no such reason", err)
	}
}
