package cmd

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/dappcore/core-dev/internal/agents/classifier"
	"github.com/dappcore/core-dev/internal/config"
	"github.com/dappcore/core-dev/internal/journal"
	"github.com/dappcore/core-dev/inventory"
	"github.com/dappcore/core-dev/inventory/finding"
)

// auditReader reads audits for the flows: by the rules, which say the same at
// every run, or by the classifier of the settings, whose answer is kept in the
// journal before it is used. Issues are known again by what they were made
// from: an answer that changed between two rounds, or over a crash, would make
// every issue twice. Where the classifier failed, the rules' answer is kept
// likewise.
type auditReader struct {
	a    *app
	ctx  context.Context
	read map[string][]finding.Finding
	err  error // the first: a plan made with it is not to be used
}

func (a *app) auditReader(ctx context.Context) *auditReader {
	return &auditReader{a: a, ctx: ctx, read: map[string][]finding.Finding{}}
}

// findings are an audit's. After an error, which err keeps, there are none.
func (r *auditReader) findings(audit inventory.Issue) []finding.Finding {
	key := audit.Title + "\x00" + audit.Body
	list, ok := r.read[key]
	if !ok && r.err == nil {
		if list, r.err = r.a.auditFindings(r.ctx, audit); r.err == nil {
			r.read[key] = list
		}
	}
	return list
}

func (a *app) auditFindings(ctx context.Context, audit inventory.Issue) ([]finding.Finding, error) {
	conf, err := a.config()
	if err != nil {
		return nil, err
	}
	if conf.Classifier != "command" {
		return finding.Read(audit.Title, audit.Body), nil
	}
	d, err := a.dir()
	if err != nil {
		return nil, err
	}
	if !d.Exists() { // nothing can be made without a folder: a preview
		return a.findings(ctx, audit.Title, audit.Body)
	}
	list, err := a.keptFindings(ctx, conf, a.plans(d.File(journalFolder)), audit)
	if err != nil {
		return nil, fmt.Errorf("what the classifier said of %s: %w", audit.Ref, err)
	}
	return list, nil
}

// keptFindings are what the journal keeps of an audit's text and this
// classifier; where it keeps nothing yet, the classifier is asked.
func (a *app) keptFindings(ctx context.Context, conf *config.Config, plans *journal.Store, audit inventory.Issue) ([]finding.Finding, error) {
	digest, err := readingDigest(audit, conf.ClassifyWith)
	if err != nil {
		return nil, err
	}
	kept, path, err := plans.Reading(digest)
	if err != nil {
		return nil, err
	}
	if kept == nil {
		list, note := classifier.Command{Args: conf.ClassifyWith}.Read(ctx, audit.Title, audit.Body)
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		record, err := json.Marshal(readingOf(audit, list, note))
		if err != nil {
			return nil, err
		}
		if kept, path, err = plans.KeepReading(ctx, digest, record); err != nil {
			return nil, err
		}
		if note != "" {
			a.notice("%s: %s, and count for this audit from now on. To ask again, move %s away before an issue is made of it", audit.Ref, note, path)
		}
	}
	var r keptReading
	if err := json.Unmarshal(kept, &r); err != nil || r.Version != keptVersion {
		return nil, fmt.Errorf("%s: version %d of a record is not known here (%v): use the release that wrote it", path, r.Version, err)
	}
	return r.list(), nil
}

// readingDigest names an audit's text as a classifier reads it.
func readingDigest(audit inventory.Issue, command []string) (string, error) {
	raw, err := json.Marshal([]any{audit.Title, audit.Body, command})
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:]), err
}

const keptVersion = 1

// keptReading is the record of an audit's findings in the journal.
type keptReading struct {
	Version  int           `json:"version"`
	Audit    string        `json:"audit"` // where the text was first read
	By       string        `json:"by"`    // "classifier", or "rules" because it failed
	Why      string        `json:"why,omitempty"`
	Findings []keptFinding `json:"findings"`
}

// keptFinding is a finding with the texts that are not printed.
type keptFinding struct {
	finding.Finding
	Text string `json:"text"`
	Fix  string `json:"fix"`
}

func readingOf(audit inventory.Issue, list []finding.Finding, note string) keptReading {
	r := keptReading{Version: keptVersion, Audit: audit.Ref.String(), By: "classifier", Why: note, Findings: []keptFinding{}}
	if note != "" {
		r.By = "rules"
	}
	for _, f := range list {
		r.Findings = append(r.Findings, keptFinding{f, f.Text, f.Fix})
	}
	return r
}

func (r keptReading) list() []finding.Finding {
	out := []finding.Finding{}
	for _, k := range r.Findings {
		f := k.Finding
		f.Text, f.Fix = k.Text, k.Fix
		out = append(out, f)
	}
	return out
}
