package environ

import (
	"slices"
	"testing"
)

func TestPassedHandsOnNoToken(t *testing.T) {
	env := []string{"PATH=/bin", "GITHUB_TOKEN=x", "Path=c", "LC_ALL=C", "JULES_API_KEY=x", "XDG_CONFIG_HOME=/c", "=odd", "SSH_AUTH_SOCK=/s"}
	if got, want := Passed(env), []string{"PATH=/bin", "Path=c", "LC_ALL=C", "XDG_CONFIG_HOME=/c"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if Passed(nil) == nil {
		t.Error("of no environment the whole one is made")
	}
}
