package checklist

import "testing"

func TestOrdinalOfHeading(t *testing.T) {
	type ordinal struct{ value, rank int }
	for name, want := range map[string]ordinal{
		"Phase 1: Foundations (blocking)": {1, 2},
		"phase 0":                         {0, 2},
		"Wave 2":                          {2, 2},
		"Stage-3":                         {3, 2},
		"🚀 Phase 4 - lift off":            {4, 2},
		"Phase II":                        {2, 2},
		"Step ix":                         {9, 2},
		"Stage three":                     {3, 2},
		"Phase 1.5":                       {1, 2},
		"1. Foundations":                  {1, 1},
		"2) Walls":                        {2, 1},
		"3 - Roof":                        {3, 1},
		"Security":                        {},
		"Phases":                          {},
		"Phase":                           {},
		"Part of it":                      {},
		"Phase mixed":                     {},
		"Phase vvv":                       {},
		"3D engine":                       {},
		"2026-02-04 notes":                {},
		"Phase 12345678901234567890":      {},
	} {
		value, rank, _ := ordinalOf(name)
		if (ordinal{value, rank}) != want {
			t.Errorf("%q: ordinal %d of rank %d, want %d of rank %d", name, value, rank, want.value, want.rank)
		}
	}
}
