package finding

import (
	"math"
	"strconv"
	"strings"

	"github.com/dappcore/core-dev/inventory/finding/pattern"
)

var vectorRe = pattern.New(`CVSS:3\.[01](?:/[A-Z]{1,3}:[A-Z])+`)

// vector is the severity of a CVSS 3 vector's base score, by the equations of
// the specification (first.org, CVSS v3.1, section 7.1).
func vector(text string) Severity {
	m := map[string]string{}
	for _, part := range strings.Split(text, "/")[1:] {
		key, value, _ := strings.Cut(part, ":")
		m[key] = value
	}
	changed := m["S"] == "C"
	pick := func(key string, values map[string]float64) float64 {
		v, ok := values[m[key]]
		if !ok {
			return math.NaN()
		}
		return v
	}
	privileges := map[string]float64{"N": 0.85, "L": 0.62, "H": 0.27}
	if changed {
		privileges = map[string]float64{"N": 0.85, "L": 0.68, "H": 0.5}
	}
	loss := map[string]float64{"H": 0.56, "L": 0.22, "N": 0}
	base := 1 - (1-pick("C", loss))*(1-pick("I", loss))*(1-pick("A", loss))
	impact := 6.42 * base
	if changed {
		impact = 7.52*(base-0.029) - 3.25*math.Pow(base-0.02, 15)
	}
	ease := 8.22 * pick("AV", map[string]float64{"N": 0.85, "A": 0.62, "L": 0.55, "P": 0.2}) *
		pick("AC", map[string]float64{"L": 0.77, "H": 0.44}) * pick("PR", privileges) *
		pick("UI", map[string]float64{"N": 0.85, "R": 0.62})
	total := impact + ease
	if changed {
		total *= 1.08
	}
	switch {
	case math.IsNaN(total):
		return ""
	case impact <= 0:
		total = 0
	}
	return score(strconv.FormatFloat(math.Ceil(math.Min(total, 10)*10-1e-9)/10, 'f', 1, 64))
}
