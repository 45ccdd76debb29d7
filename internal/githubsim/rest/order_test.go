package rest

import "testing"

func TestKeysComeInGitHubsOrder(t *testing.T) {
	for _, c := range []struct {
		v    any
		want string
	}{
		{object{"color": "f00", "name": "<a>", "id": 1, "zeta": nil, "alpha": []any{}}, `{"id":1,"name":"<a>","color":"f00","alpha":[],"zeta":null}`},
		{object{"errors": []any{object{"field": "f", "code": "c", "resource": "R"}}, "message": "m", "documentation_url": "d"},
			`{"message":"m","errors":[{"resource":"R","code":"c","field":"f"}],"documentation_url":"d"}`},
		{[]object{{"b": 1, "a": 2}}, `[{"a":2,"b":1}]`},
		{object(nil), `null`},
	} {
		if got := string(Encode(c.v)); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}
