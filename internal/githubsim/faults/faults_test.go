package faults

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	got, err := Parse("502@POST /repos/*/*/issues/*/labels#2, late=5m@addComment,cut-after@*%0.5,503@* /search/**#3+")
	if err != nil {
		t.Fatal(err)
	}
	want := []Rule{
		{Kind: Error502, Method: "POST", Path: "/repos/*/*/issues/*/labels", Nth: 2},
		{Kind: Late, Wait: 5 * time.Minute, Name: "addComment"},
		{Kind: CutAfter, Name: "*", Percent: 0.5},
		{Kind: Error503, Method: "*", Path: "/search/**", Nth: 3, Onwards: true},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestABadSpecSaysWhatIsWrong(t *testing.T) {
	for spec, want := range map[string]string{
		"502":                       "want KIND@MATCH",
		"599@*":                     "unknown kind",
		"late@*":                    "needs a duration",
		"late=0s@*":                 "above zero",
		"lag@*":                     "needs a duration",
		"502=3s@*":                  "takes no argument",
		"502@":                      "neither",
		"502@*#0":                   "from 1",
		"502@*%101":                 "percentage",
		"502@*%NaN":                 "percentage",
		"502@FETCH /x":              "not a method",
		"502@GET x":                 "must begin with /",
		"502@GET /a/**/b":           "last segment",
		"502@GET /a,,503@*":         "fault 2",
		"500@*,bogus@viewer,502@zz": "fault 2",
	} {
		_, err := Parse(spec)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want it to say %q", spec, err, want)
		}
		s, _ := NewSet("500@viewer", 1)
		if s.Replace(spec) == nil || s.String() != "500@viewer" {
			t.Errorf("%q: a bad spec changed the rules to %q", spec, s)
		}
	}
}

func TestWhichRequestIsHit(t *testing.T) {
	s, err := NewSet("502@POST /repos/*/*/issues#2,503@addComment#2+,500@GET /search/**", 1)
	if err != nil {
		t.Fatal(err)
	}
	post := Request{Method: "POST", Path: "/repos/o/r/issues"}
	comment := Request{Method: "POST", Path: "/graphql", Operation: "C", Fields: []string{"addComment"}}
	var got []string
	for _, q := range []Request{post, {Method: "POST", Path: "/repos/o/r/issues/1/labels"}, post, post, comment, comment, comment,
		{Method: "GET", Path: "/search/issues"}, {Method: "POST", Path: "/search/issues"}} {
		if r := s.Next(q); r != nil {
			got = append(got, string(r.Kind))
		} else {
			got = append(got, "-")
		}
	}
	if want := []string{"-", "-", "502", "-", "-", "503", "503", "500", "-"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestChanceIsDrawnFromTheSeed(t *testing.T) {
	run := func(seed uint64) (hits []int) {
		s, _ := NewSet("502@*%25", seed)
		for i := range 400 {
			if s.Next(Request{Method: "GET", Path: "/"}) != nil {
				hits = append(hits, i)
			}
		}
		return hits
	}
	a := run(7)
	if !slices.Equal(a, run(7)) {
		t.Error("the same seed hits other requests")
	}
	if slices.Equal(a, run(8)) {
		t.Error("another seed hits the same requests")
	}
	if len(a) < 60 || len(a) > 140 {
		t.Errorf("%d of 400 hit at 25%%", len(a))
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "502@POST /repos/*/*/issues#2,late=5m@addComment", "cut-after@*%1", "slow=1h2m@GET /a/**#3+", "lag=5s@*", ",", "@", "late=@#"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, spec string) {
		rules, err := Parse(spec)
		if err != nil {
			return
		}
		s := &Set{}
		s.Add(rules...)
		again, err := Parse(s.String())
		if err != nil {
			t.Fatalf("%q was written as %q, which does not parse: %v", spec, s, err)
		}
		if d := cmp.Diff(rules, again); d != "" {
			t.Fatalf("%q: %s", spec, d)
		}
		for _, r := range rules {
			r.matches(Request{Method: "GET", Path: spec})
		}
	})
}
