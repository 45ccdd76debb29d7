package cmd

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strconv"

	"github.com/dappcore/core-dev/internal/githubsim/requestlog"
)

// serverJournal is what the embedded GitHub's own journal says of the requests
// since a point; other servers have none.
type serverJournal struct {
	url   string
	since int64
}

// startJournal notes where the server's journal stands, with --stats.
func (a *app) startJournal(ctx context.Context, url string) {
	if !a.opt.stats {
		return
	}
	last, _, ok := readJournal(ctx, url, math.MaxInt64)
	if ok {
		a.journal = &serverJournal{url: url, since: last}
	}
}

func readJournal(ctx context.Context, url string, since int64) (last int64, sum requestlog.Totals, ok bool) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/_sim/requests?since="+strconv.FormatInt(since, 10), nil)
	if err != nil {
		return 0, sum, false
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, sum, false
	}
	defer resp.Body.Close()
	var got struct {
		Last   int64             `json:"last"`
		Totals requestlog.Totals `json:"totals"`
	}
	if resp.StatusCode != http.StatusOK || json.NewDecoder(resp.Body).Decode(&got) != nil {
		return 0, sum, false
	}
	return got.Last, got.Totals, true
}

// printStats tells on standard error what the command cost, with --stats: by
// the journal of an embedded GitHub, else by what the server told with each
// answer.
func (a *app) printStats(ctx context.Context) {
	if !a.opt.stats || a.hub == nil {
		return
	}
	s := a.hub.Stats()
	fmt.Fprintf(a.errw, "requests %d (GraphQL %d, writes %d), points %d", s.Requests, s.GraphQL, s.Writes, s.Points)
	if s.Retries+s.Splits > 0 {
		fmt.Fprintf(a.errw, ", read again %d, split %d", s.Retries, s.Splits)
	}
	if s.Waits > 0 {
		fmt.Fprintf(a.errw, ", waited %s in %d", s.Waited.Round(1e9), s.Waits)
	}
	if a.journal != nil {
		if _, sum, ok := readJournal(context.WithoutCancel(ctx), a.journal.url, a.journal.since); ok {
			fmt.Fprintf(a.errw, "; by the server's journal: requests %d, points %d (REST %d, GraphQL %d)",
				sum.Requests, sum.Points["core"]+sum.Points["graphql"]+sum.Points["search"], sum.Points["core"]+sum.Points["search"], sum.Points["graphql"])
		}
	}
	fmt.Fprintln(a.errw)
}
