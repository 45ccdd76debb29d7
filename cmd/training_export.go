package cmd

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dappcore/core-dev/internal/training"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/inventory/score"
)

// exportOptions say what leaves the house, and where to.
type exportOptions struct {
	clean, names bool
	file         string
}

type exportShape struct {
	Version int              `json:"version"`
	File    string           `json:"file"`
	Records int              `json:"records"`
	Clean   bool             `json:"clean"`
	Names   bool             `json:"names"`    // they were kept
	LeftOut []training.Fault `json:"left_out"` // lines that are not sound
}

func newTrainingExport(a *app) *cobra.Command {
	var o exportOptions
	c := &cobra.Command{
		Use:   "export",
		Short: "Print the records as JSON lines; --clean for others' eyes",
		Long: `Prints the training records, a JSON document a line ("core dev schema record"), in
the order of their files. Records that "core dev training validate" finds fault with
are left out and named on standard error; then the exit status is 8.

--clean makes samples of them ("core dev schema sample") that may be given away:

  times       become seconds after the issue was opened (after the pull request
              was, where the issue is gone); a commit dated over a year before that
              has none, since its date could tell the others
  names       of repositories with their owners, issues, epics, pull requests,
              logins, commits and review threads become pseudonyms, such as
              repo-5e0f3a91c2d4: the same for the same name at every export of this
              folder. They are made with training/pseudonyms.key, which is made at
              the first export and never leaves the folder: who has it can try names
  stays       counts, the duration, outcome, conclusions of checks, kinds of
              requests and deeds, model and provider, and the origin's category,
              severity, scope and pattern

--names keeps the names, and makes offsets of times alone.`,
		Example: `  core dev training export --clean -o samples.jsonl`,
		Args:    noArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return a.export(o) },
	}
	c.Flags().BoolVar(&o.clean, "clean", false, "times as offsets, names as pseudonyms")
	c.Flags().BoolVar(&o.names, "names", false, "with --clean: keep the names")
	c.Flags().StringVarP(&o.file, "output", "o", "", "write to this file, replacing it whole")
	return c
}

func (a *app) export(o exportOptions) error {
	if o.names && !o.clean {
		return usageError{errors.New("--names goes with --clean: without it nothing is hidden")}
	}
	s, err := a.records()
	if err != nil {
		return err
	}
	good, faults, err := sound(s)
	if err != nil {
		return err
	}
	if good, err = a.ofRepos(good); err != nil {
		return err
	}
	alias := inventory.KeepNames
	if o.clean && !o.names && len(good) > 0 {
		key, err := s.Key()
		if err != nil {
			return err
		}
		alias = inventory.Pseudonyms(key)
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	for _, r := range good {
		var doc any = r
		if o.clean {
			doc = r.Sample(alias)
		}
		if err := e.Encode(doc); err != nil {
			return err
		}
	}
	lines := escaped(out.Bytes())
	if len(faults) > 0 {
		a.status = exitFile
	}
	if o.file == "" {
		for _, f := range faults {
			a.notice("left out: training/%s: %s", f.At, f.What)
		}
		_, err := a.out.Write(lines)
		return err
	}
	if err := training.Export(o.file, lines); err != nil {
		return err
	}
	if a.opt.json {
		return a.printJSON(exportShape{shapeVersion, o.file, len(good), o.clean, o.names || !o.clean, faults})
	}
	for _, f := range faults {
		a.notice("left out: training/%s: %s", f.At, f.What)
	}
	fmt.Fprintf(a.out, "%s written to %s\n", count(len(good), "record"), o.file)
	return nil
}

type statsShape struct {
	Version      int           `json:"version"`
	All          score.Figures `json:"all"`
	Implementers []score.Group `json:"implementers"`
	Origins      []score.Group `json:"origins"`
	Unsound      int           `json:"unsound"` // faults of records that are not counted
}

func newTrainingStats(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "stats",
		Short: "Counts and medians of the records, by implementer and by origin",
		Long: `Counts the training records and takes medians: how long from a pull request's
opening to its merge, review cycles, conflict cycles, CI runs; over all, by who wrote
them, and by where their children came from (category, severity, scope, one of
several alike). "FIRST CI" is how many of those with checks passed at their first
checked commit. Figures of fewer than ` + strconv.Itoa(score.Least) + ` children are marked thin.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			good, err := a.soundRecords()
			if err != nil {
				return err
			}
			out := statsShape{shapeVersion, score.Of(good.records), score.ByImplementer(good.records), score.ByOrigin(good.records), good.unsound}
			return a.printTrainingStats(out)
		},
	}
}

// soundOnes are the records that figures may rest on.
type soundOnes struct {
	records []inventory.TrainingRecord
	unsound int
}

// soundRecords are those of the repositories named; it says how much was left out.
func (a *app) soundRecords() (soundOnes, error) {
	s, err := a.records()
	if err != nil {
		return soundOnes{}, err
	}
	good, faults, err := sound(s)
	if len(faults) > 0 {
		a.notice("%s of records: what is not sound is not counted (core dev training validate)", count(len(faults), "fault"))
	}
	if err == nil {
		good, err = a.ofRepos(good)
	}
	return soundOnes{good, len(faults)}, err
}

// ofRepos are the records of the repositories that --repo names; without any, all.
func (a *app) ofRepos(records []inventory.TrainingRecord) ([]inventory.TrainingRecord, error) {
	if len(a.opt.repos) == 0 {
		return records, nil
	}
	c, err := a.config()
	if err != nil {
		return nil, err
	}
	var only []inventory.RepoRef
	for _, name := range a.opt.repos {
		ref, err := inventory.ParseRepo(name, c.Owner())
		if err != nil {
			return nil, usageError{fmt.Errorf("--repo: %w", err)}
		}
		only = append(only, ref)
	}
	return slices.DeleteFunc(records, func(r inventory.TrainingRecord) bool {
		return !slices.ContainsFunc(only, func(o inventory.RepoRef) bool { return strings.EqualFold(o.String(), r.Repo) })
	}), nil
}

func (a *app) printTrainingStats(x statsShape) error {
	if a.opt.json {
		return a.printJSON(x)
	}
	if x.All.Records == 0 {
		fmt.Fprintln(a.out, "no training record yet: watching writes one when a child's pull request is merged")
		return nil
	}
	t := a.table("BY", "VALUE", "#CHILDREN", "#MERGED", "#DURATION", "#REVIEWS", "#CONFLICTS", "#CI", "#FIRST CI", "")
	row := func(by, value string, f score.Figures) {
		t.Row(append(append([]string{by, value}, figureCells(f)...), thin(f))...)
	}
	row("all", "", x.All)
	for _, g := range x.Implementers {
		value := g.Value
		if value == "" {
			value = "(account gone)"
		}
		row(g.By, value+" ("+g.Model+")", g.Figures)
	}
	for _, g := range x.Origins {
		value := g.Value
		if value == "" {
			value = "(not known)"
		}
		row(g.By, value, g.Figures)
	}
	t.Flush()
	fmt.Fprintln(a.out, "\nDURATION, REVIEWS, CONFLICTS and CI are medians.")
	return nil
}

// figureCells are children, merged, and the medians.
func figureCells(f score.Figures) []string {
	duration := "-"
	if f.Duration != nil {
		duration = seconds(*f.Duration)
	}
	return []string{strconv.Itoa(f.Children), strconv.Itoa(f.Merged), duration, number(f.Reviews), number(f.Conflicts), number(f.Runs), share(f.FirstPassShare())}
}

func number(v *float64) string {
	if v == nil {
		return "-"
	}
	return strconv.FormatFloat(*v, 'f', -1, 64)
}

// share is a part of the whole in percent.
func share(v float64, ok bool) string {
	if !ok {
		return "-"
	}
	return fmt.Sprintf("%.0f%%", 100*v)
}

func thin(f score.Figures) string {
	if f.Thin {
		return "thin"
	}
	return ""
}
