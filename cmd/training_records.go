package cmd

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/spf13/cobra"

	"github.com/dappcore/core-dev/docs/schema"
	"github.com/dappcore/core-dev/internal/config"
	"github.com/dappcore/core-dev/internal/training"
	"github.com/dappcore/core-dev/inventory"
)

func newTraining(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "training",
		Short: "Training records: one a finished child, structure alone",
		Long: `Keeps a record of every child's pull request that was merged, in .core/training/:
when what happened, how many rounds of review, conflicts and checks it took, who
wrote it, where the child came from. Structure alone: nobody's text is in it, or is
ever read. Watching writes the records; "core dev benchmark" compares agents by them.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return usageError{errors.New("what of the training records? capture, index, validate, export or stats")}
		},
	}
	c.AddCommand(newTrainingCapture(a), newTrainingIndex(a), newTrainingValidate(a), newTrainingExport(a), newTrainingStats(a))
	return c
}

// records is the folder of the training records, for what reads them.
func (a *app) records() (*training.Store, error) {
	if _, err := a.config(); err != nil { // makes a new demo's folder
		return nil, err
	}
	d, err := a.dir()
	if err != nil {
		return nil, err
	}
	if !d.Exists() {
		return nil, fmt.Errorf("%w: it keeps the training records; run \"core dev init ORG | REPO...\"", config.ErrAbsent)
	}
	return training.Open(d.File(trainingFolder)), nil
}

type trainingShape struct {
	Version int              `json:"version"`
	Records []training.Entry `json:"records"`
	Faults  []training.Fault `json:"faults"`
	Rebuilt bool             `json:"rebuilt"`
	Aside   string           `json:"aside"` // where an index that could not be read whole is kept; empty: nowhere
}

func newTrainingIndex(a *app) *cobra.Command {
	var rebuild bool
	c := &cobra.Command{
		Use:   "index",
		Short: "List the records, and what is damaged or missing",
		Long: `Lists the training records, and holds training/index.jsonl against the journals
beside it: lines that are damaged, records that are missing on one side or stand
twice. Exit status 8 when there is one. --rebuild writes the index anew from the
journals; an index that could not be read whole is kept beside it. A damaged line of
a journal is left where it is: "core dev training capture PR" writes its record
again.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			s, err := a.records()
			if err != nil {
				return err
			}
			out := trainingShape{Version: shapeVersion}
			if rebuild {
				if _, err := a.writable(); err != nil {
					return err
				}
				if _, out.Aside, err = s.Rebuild(); err != nil {
					return err
				}
				out.Rebuilt = true
			}
			if out.Records, out.Faults, err = s.Check(); err != nil {
				return err
			}
			return a.printIndex(out)
		},
	}
	c.Flags().BoolVar(&rebuild, "rebuild", false, "write the index anew from the journals")
	return c
}

func (a *app) printIndex(x trainingShape) error {
	if len(x.Faults) > 0 {
		a.status = exitFile
	}
	if a.opt.json {
		x.Faults = append([]training.Fault{}, x.Faults...)
		return a.printJSON(x)
	}
	if x.Rebuilt {
		fmt.Fprintf(a.out, "index rebuilt: %s\n", count(len(x.Records), "record"))
	}
	if x.Aside != "" {
		fmt.Fprintln(a.out, "  the one that was there could not be read whole: it is kept as training/"+x.Aside)
	}
	if len(x.Records) == 0 {
		fmt.Fprintln(a.out, "no training record yet: watching writes one when a child's pull request is merged")
	} else {
		t := a.table("CHILD", "PR", "EPIC", "OUTCOME", "FILE")
		for _, e := range x.Records {
			epic := e.Epic
			if epic == "" {
				epic = "-"
			}
			t.Row(e.Child, e.PR, epic, e.Outcome, e.File)
		}
		t.Flush()
	}
	a.printFaults(x.Faults)
	return nil
}

func (a *app) printFaults(list []training.Fault) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(a.out, "\n%s\n", count(len(list), "fault"))
	t := a.table()
	for _, f := range list {
		t.Row("  "+f.At, f.Record, f.What)
	}
	t.Flush()
}

type validationShape struct {
	Version int              `json:"version"`
	Records int              `json:"records"` // lines that were looked at
	Faults  []training.Fault `json:"faults"`
}

func newTrainingValidate(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "validate",
		Short: "Hold every record against its schema, and against sense",
		Long: `Holds every line of the journals against its schema ("core dev schema record"), and
against sense: names that can be read, times in their order, cycles that belong where
they stand, totals that add up. Exit status 8 when something is wrong; each fault is
named with its file and line.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			s, err := a.records()
			if err != nil {
				return err
			}
			good, faults, err := sound(s)
			if err != nil {
				return err
			}
			if len(faults) > 0 {
				a.status = exitFile
			}
			bad := map[string]bool{}
			for _, f := range faults {
				bad[f.At] = true
			}
			if a.opt.json {
				return a.printJSON(validationShape{shapeVersion, len(good) + len(bad), faults})
			}
			fmt.Fprintf(a.out, "%s, %d of them sound\n", count(len(good)+len(bad), "record"), len(good))
			a.printFaults(faults)
			return nil
		},
	}
}

// recordSchema is the schema of a record.
var recordSchema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	raw, err := schema.Files.ReadFile("record.json")
	if err != nil {
		return nil, err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("record.json", doc); err != nil {
		return nil, err
	}
	return c.Compile("record.json")
})

// sound are the records that are of their schema and make sense, each child and
// pull request once, and what is wrong with the other lines.
func sound(s *training.Store) (good []inventory.TrainingRecord, faults []training.Fault, err error) {
	faults = []training.Fault{}
	rule, err := recordSchema()
	if err != nil {
		return nil, nil, err
	}
	lines, err := s.Lines()
	if err != nil {
		return nil, nil, err
	}
	seen := map[string]string{}
	for _, l := range lines {
		var wrong []string
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(l.Raw))
		if err != nil {
			wrong = []string{"damaged: it is no JSON"}
		} else if err := rule.Validate(doc); err != nil {
			wrong = schemaFaults(err)
		} else if l.Err != nil {
			wrong = []string{"damaged: " + l.Err.Error()}
		} else {
			wrong = l.Record.Faults()
		}
		key := l.Record.Child + " " + l.Record.PR
		if len(wrong) == 0 && seen[key] != "" {
			wrong = []string{"the same child and pull request as " + seen[key]}
		}
		for _, w := range wrong {
			faults = append(faults, training.Fault{At: l.At(), Record: l.Record.PR, What: w})
		}
		if len(wrong) == 0 {
			seen[key] = l.At()
			good = append(good, l.Record)
		}
	}
	return good, faults, nil
}

// schemaFaults are the places where a document leaves its schema.
func schemaFaults(err error) []string {
	var ve *jsonschema.ValidationError
	if !errors.As(err, &ve) {
		return []string{"it is not of its schema"}
	}
	var out []string
	var walk func(*jsonschema.OutputUnit)
	walk = func(u *jsonschema.OutputUnit) {
		if len(u.Errors) == 0 && u.Error != nil {
			at := u.InstanceLocation
			if at == "" {
				at = "/"
			}
			raw, _ := json.Marshal(u.Error)
			var text string
			_ = json.Unmarshal(raw, &text)
			out = append(out, "schema: "+at+": "+text)
		}
		for k := range u.Errors {
			walk(&u.Errors[k])
		}
	}
	walk(ve.DetailedOutput())
	return out
}

// seconds is a length of time, in words.
func seconds(s float64) string {
	d := time.Duration(s) * time.Second
	switch {
	case d < time.Minute:
		return d.String()
	case d < time.Hour:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%dd%02dh", int(d.Hours()/24), int(d.Hours())%24)
}
