package plan

// READY should be two to three times what is dispatched a day (spec/3-budget).
const low, high = 2, 3

// Gauge is how deep the READY queue is.
type Gauge struct {
	Ready int     `json:"ready"`
	Rate  int     `json:"rate"`  // tasks a day: the mean of the earlier days with lines in the log, else this day's limit
	Times float64 `json:"times"` // READY by the rate; 0 where there is no rate
	Low   int     `json:"low"`
	High  int     `json:"high"`
	State string  `json:"state"` // low, good, high
}

func gauge(in Input, p Plan) Gauge {
	g := Gauge{Low: low, High: high, State: "good"}
	for _, r := range in.Repos {
		g.Ready += len(r.Ready)
	}
	days, sum := 0, 0
	for _, d := range in.Past {
		if d.Sent > 0 {
			days++
			sum += d.Sent
		}
	}
	if g.Rate = p.Limit; days > 0 {
		g.Rate = (sum + days/2) / days
	}
	if g.Rate > 0 {
		g.Times = float64(10*g.Ready/g.Rate) / 10
	}
	switch {
	case g.Ready < low*g.Rate:
		g.State = "low"
	case g.Ready > high*g.Rate:
		g.State = "high"
	}
	return g
}
