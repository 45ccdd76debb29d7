package orchestrator

import (
	"context"
	"fmt"

	"github.com/dappcore/core-dev/flows"
)

// comment posts a comment. Its text is never read back: what stands on GitHub
// is known by id and author, and our own text by its digest.
type comment struct {
	*run
	flows.Comment
}

func (d comment) alone() string {
	if d.Once {
		return "comment " + d.Issue.Key()
	}
	return ""
}

func (d comment) look(ctx context.Context) (Baseline, *result, error) {
	var standing int64
	if d.Once {
		id, err := d.Journal.Posted(d.Issue, flows.Digest(d.Body))
		if err != nil {
			return Baseline{}, nil, err
		}
		if id != 0 {
			return Baseline{}, &result{outcome: Skipped, detail: fmt.Sprintf("was posted before, comment %d", id), evidence: Evidence{Comment: id}}, nil
		}
	}
	if d.Reuse {
		id, was, err := d.Journal.Standing(d.Issue)
		if err != nil {
			return Baseline{}, nil, err
		}
		if was == flows.Digest(d.Body) {
			standing = id
		}
	}
	if base, ok := d.baseline(); ok && standing == 0 {
		return base, nil, nil
	}
	since := max(standing-1, 0)
	list, err := d.Hub.Comments(ctx, d.Issue, since)
	if err != nil {
		return Baseline{}, nil, err
	}
	highest := since
	for _, c := range list {
		highest = max(highest, c.ID)
		if c.ID == standing && c.Mine {
			return Baseline{}, &result{outcome: Skipped, detail: fmt.Sprintf("stands there already, comment %d", c.ID), evidence: Evidence{Comment: c.ID}}, nil
		}
	}
	return Baseline{Comment: highest}, nil, nil
}

// baseline is what the look of the child's Reserve saw, in this process, after
// the task was taken: the claim that may come in between is no comment. It serves
// the first sending alone; whatever is sent again looks afresh.
func (d comment) baseline() (Baseline, bool) {
	res := d.open[d.Issue.Key()]
	if !d.Reuse || res == nil || res.comment == nil {
		return Baseline{}, false
	}
	base := Baseline{Comment: *res.comment}
	res.comment = nil
	return base, true
}

func (d comment) send(ctx context.Context, base Baseline) (result, error) {
	id, err := d.Hub.PostComment(ctx, d.Issue, d.Body)
	if err != nil {
		return result{}, err
	}
	return d.posted(id)
}

func (d comment) judge(ctx context.Context, base Baseline) (*result, error) {
	list, err := d.Hub.Comments(ctx, d.Issue, base.Comment)
	if err != nil {
		return nil, err
	}
	for _, c := range list {
		if c.Mine && c.ID > base.Comment {
			done, err := d.posted(c.ID)
			return &done, err
		}
	}
	return nil, nil
}

// posted notes the comment before the step is closed, so that a crash between
// the two is found out again.
func (d comment) posted(id int64) (result, error) {
	done := result{outcome: Done, detail: d.Body, evidence: Evidence{Comment: id}}
	if d.Once {
		if err := d.Journal.NotePosted(d.now(), d.Issue, id, flows.Digest(d.Body)); err != nil {
			return done, err
		}
	}
	if !d.Reuse {
		return done, nil
	}
	return done, d.Journal.NoteComment(d.now(), d.Issue, id, flows.Digest(d.Body))
}

type deleteComment struct {
	*run
	flows.DeleteComment
}

func (d deleteComment) look(ctx context.Context) (Baseline, *result, error) {
	there, err := d.there(ctx)
	if err == nil && !there {
		return Baseline{}, &result{outcome: Skipped, detail: fmt.Sprintf("comment %d is gone already", d.ID)}, d.Journal.NoteWithdrawn(d.now(), d.Issue, d.ID)
	}
	return Baseline{Comment: d.ID}, nil, err
}

func (d deleteComment) there(ctx context.Context) (bool, error) {
	list, err := d.Hub.Comments(ctx, d.Issue, d.ID-1)
	for _, c := range list {
		if c.ID == d.ID && c.Mine {
			return true, err
		}
	}
	return false, err
}

func (d deleteComment) send(ctx context.Context, _ Baseline) (result, error) {
	if err := d.Hub.DeleteComment(ctx, d.Issue, d.ID); err != nil {
		return result{}, err
	}
	return d.deleted()
}

func (d deleteComment) judge(ctx context.Context, _ Baseline) (*result, error) {
	there, err := d.there(ctx)
	if err != nil || there {
		return nil, err
	}
	done, err := d.deleted()
	return &done, err
}

// deleted notes that the comment may be posted once again.
func (d deleteComment) deleted() (result, error) {
	done := result{outcome: Done, detail: fmt.Sprintf("comment %d", d.ID), evidence: Evidence{Comment: d.ID}}
	return done, d.Journal.NoteWithdrawn(d.now(), d.Issue, d.ID)
}
