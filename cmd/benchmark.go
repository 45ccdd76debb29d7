package cmd

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dappcore/core-dev/internal/config"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/inventory/score"
)

type benchmarkShape struct {
	Version int         `json:"version"`
	Epic    string      `json:"epic"` // that was asked for; empty: all
	Rows    []score.Row `json:"rows"`
	Unsound int         `json:"unsound"` // faults of records that are not counted
}

const benchmarkFigures = `Figures are structural, from .core/ alone: training records, dispatch.log, and our
journal of what was taken back. GitHub is not asked.

  TASKS       spent on it, by dispatch.log
  MERGED      of its children that have ended: merged as it wrote them; lost are those
              taken back, given to another, or closed unmerged
  DURATION    median, from a pull request's opening to its merge
  REVIEWS, CONFLICTS  median number of requests for a fix
  FIRST CI    of its pull requests with checks: passed at the first checked commit

`

func newBenchmark(a *app) *cobra.Command {
	var models []string
	c := &cobra.Command{
		Use:   "benchmark EPIC",
		Short: "Compare agents by what their work came to",
		Long: `Compares agents on the children of one epic. ` + benchmarkFigures + `--models names
those to compare, by login, model, provider, or name in dispatch.log; one that has
nothing is listed as such. Fewer than ` + strconv.Itoa(score.Least) + ` children are marked thin: they say little.`,
		Example: `  core dev benchmark NAME#118 --models gemini,copilot
  core dev benchmark leaderboard`,
		Args: exactly(1),
		RunE: func(c *cobra.Command, args []string) error {
			epic, err := a.fullRef(args[0])
			if err != nil {
				return err
			}
			a.opt.repos = nil // it said whose number EPIC is, and a child may live elsewhere
			rows, unsound, err := a.benchmarkOf(epic.String())
			if err != nil {
				return err
			}
			return a.printBenchmark(benchmarkShape{shapeVersion, epic.String(), score.Only(rows, models), unsound})
		},
		ValidArgsFunction: completeNothing,
	}
	c.Flags().StringSliceVar(&models, "models", nil, "only these (may be repeated)")
	sub := func(use, short, long string, rows func() ([]score.Row, int, error)) *cobra.Command {
		return &cobra.Command{Use: use, Short: short, Long: long + benchmarkFigures + "Thin figures, of fewer than " + strconv.Itoa(score.Least) + " children, are marked.", Args: noArgs,
			RunE: func(*cobra.Command, []string) error {
				list, unsound, err := rows()
				if err != nil {
					return err
				}
				return a.printBenchmark(benchmarkShape{Version: shapeVersion, Rows: list, Unsound: unsound})
			}}
	}
	c.AddCommand(
		sub("report", "Every epic with records, agent by agent", "Compares agents epic by epic; what was dispatched directly is an epic of its own.\n", a.benchmarkReport),
		sub("leaderboard", "All records: who does best", `Ranks agents over all records: those with enough children first; then by merged
share, first CI, review cycles, conflict cycles, duration.
`, func() ([]score.Row, int, error) {
			all, err := a.soundRecords()
			if err != nil {
				return nil, 0, err
			}
			log, err := a.ownLog()
			return score.Rank(score.Compare(all.records, log)), all.unsound, err
		}),
	)
	return c
}

// ownLog is what our own files know of who was handed what.
func (a *app) ownLog() (score.Log, error) {
	c, err := a.config()
	if err != nil {
		return score.Log{}, err
	}
	return a.trainingLog(c)
}

func (a *app) trainingLog(c *config.Config) (score.Log, error) {
	log := score.Log{Recalled: map[string]bool{}, Agents: map[string]string{}}
	d, err := a.dir()
	if err != nil || !d.Exists() {
		return log, err
	}
	b, err := a.ledger(c)
	if err != nil {
		return log, err
	}
	entries, err := b.Since(0)
	if err != nil {
		return log, err
	}
	for _, e := range entries {
		log.Tasks = append(log.Tasks, score.Task{Child: e.Ref(c.Owner()).Key(), Epic: entryEpic(e, c.Owner()), Agent: e.Agent, At: e.At})
	}
	recalls, err := a.plans(d.File(journalFolder)).Recalls()
	for key := range recalls {
		log.Recalled[key] = true
	}
	for _, g := range slices.Backward(c.Agents) { // the first to name a login has it
		for _, login := range g.Logins {
			log.Agents[strings.ToLower(strings.TrimSuffix(login, "[bot]"))] = g.Name
		}
	}
	return log, err
}

// benchmarkOf compares on one epic's children.
func (a *app) benchmarkOf(epic string) (rows []score.Row, unsound int, err error) {
	all, err := a.soundRecords()
	if err != nil {
		return nil, 0, err
	}
	log, err := a.ownLog()
	if err != nil {
		return nil, 0, err
	}
	return compareOn(epic, all.records, log), all.unsound, nil
}

func compareOn(epic string, records []inventory.TrainingRecord, log score.Log) []score.Row {
	own := slices.DeleteFunc(slices.Clone(records), func(r inventory.TrainingRecord) bool { return !strings.EqualFold(r.Epic, epic) })
	rows := score.Compare(own, log.Of(epic))
	for k := range rows {
		rows[k].Epic = epic
	}
	return rows
}

// benchmarkReport compares on each epic that a record is of, in their order.
func (a *app) benchmarkReport() (rows []score.Row, unsound int, err error) {
	all, err := a.soundRecords()
	if err != nil {
		return nil, 0, err
	}
	log, err := a.ownLog()
	if err != nil {
		return nil, 0, err
	}
	var epics []string
	for _, r := range all.records {
		if !slices.Contains(epics, r.Epic) {
			epics = append(epics, r.Epic)
		}
	}
	slices.SortFunc(epics, func(a, b string) int {
		x, _ := inventory.ParseRef(a, inventory.RepoRef{}, "") // a sound record's
		y, _ := inventory.ParseRef(b, inventory.RepoRef{}, "")
		return x.Compare(y)
	})
	rows = []score.Row{}
	for _, epic := range epics {
		rows = append(rows, compareOn(epic, all.records, log)...)
	}
	return rows, all.unsound, nil
}

func (a *app) printBenchmark(x benchmarkShape) error {
	if a.opt.json {
		return a.printJSON(x)
	}
	if len(x.Rows) == 0 {
		fmt.Fprintln(a.out, "nothing to compare yet: watching writes a training record when a child's pull request is merged")
		return nil
	}
	ranked := slices.ContainsFunc(x.Rows, func(r score.Row) bool { return r.Rank > 0 })
	first := "EPIC"
	if ranked {
		first = "#RANK"
	}
	t := a.table(first, "AGENT", "MODEL", "#TASKS", "#CHILDREN", "#MERGED", "#LOST", "#OPEN", "#DURATION", "#REVIEWS", "#CONFLICTS", "#FIRST CI", "")
	weak := false
	for _, r := range x.Rows {
		head, note := cmp.Or(r.Epic, x.Epic, "-"), thin(r.Figures)
		if ranked {
			head = strconv.Itoa(r.Rank)
		}
		if r.Records == 0 {
			note = "no record"
		}
		weak = weak || r.Thin
		merged := fmt.Sprintf("%d (%s)", r.Won, share(r.MergedShare()))
		f := figureCells(r.Figures)
		t.Row(head, cmp.Or(r.Agent, r.Login, "-"), cmp.Or(r.Model, "-"), strconv.Itoa(r.Tasks), f[0], merged,
			strconv.Itoa(r.Lost), strconv.Itoa(r.Open), f[2], f[3], f[4], f[6], note)
	}
	t.Flush()
	if weak {
		fmt.Fprintf(a.out, "\nthin: fewer than %d children with a record; such figures say little\n", score.Least)
	}
	return nil
}
