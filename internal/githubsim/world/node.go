package world

import (
	"encoding/base64"
	"encoding/binary"
	"strings"
)

// RefNode is a git reference as a node.
type RefNode struct {
	Repo *Repo
	Name string // full: refs/heads/dev
	SHA  string
}

// CommitNode is a commit as a node.
type CommitNode struct {
	Repo *Repo
	SHA  string
}

var eventPrefix = map[EventKind]string{
	Labeled: "LE", Unlabeled: "UNLE", Assigned: "ASE", Unassigned: "UNASE", ClosedEvent: "CE", Reopened: "ROE",
	Renamed: "RTE", Locked: "LOE", Unlocked: "UNLOE", Commented: "COE", CrossReferenced: "CRE", Merged: "ME",
	HeadForcePushed: "HRFPE", HeadDeleted: "HRDE", BaseChanged: "BRCE", Reviewed: "RVE", ReviewRequested: "RRE",
	ReadyForReview: "RFRE", ConvertedDraft: "CTDE", SubIssueAdded: "SIAE", SubIssueRemoved: "SIRE",
	ParentAdded: "PIAE", ParentRemoved: "PIRE", BlockedByAdded: "BBAE", BlockedByGone: "BBRE", BlockingAdded: "BAE", BlockingGone: "BRE",
	ReviewRequestRemoved: "RRRE", AutoMergeOn: "AMEE", AutoMergeOff: "AMDE",
	Transferred: "TRE", ReviewDismissed: "RDE", QueueAdded: "ATMQE", QueueRemoved: "RFMQE",
}

// NodeID is the GraphQL id (REST node_id) of an entity: a pointer that a lookup
// returned, a RefNode or a CommitNode; "" for anything else. It has GitHub's
// prefix and GitHub's look, never changes, and Tx.Node finds the entity by it.
func NodeID(entity any) string {
	switch e := entity.(type) {
	case *User:
		switch e.Kind {
		case Bot:
			return nodeID("BOT", e.ID)
		case Organization:
			return nodeID("O", e.ID)
		}
		return nodeID("U", e.ID)
	case *Repo:
		return nodeID("R", e.ID)
	case *Label:
		return nodeID("LA", e.RepoID, e.ID)
	case *Issue:
		if e.Pull != nil {
			return nodeID("PR", e.RepoID, e.ID)
		}
		return nodeID("I", e.RepoID, e.ID)
	case *Comment:
		return nodeID("IC", e.ID)
	case *Event:
		if prefix := eventPrefix[e.Kind]; prefix != "" {
			return nodeID(prefix, e.ID)
		}
		return nodeID("EV", e.ID)
	case *Edit:
		return nodeID("UCE", e.ID)
	case *Reaction:
		return nodeID("REA", e.ID)
	case *Review:
		return nodeID("PRR", e.IssueID, e.ID)
	case *Thread:
		return nodeID("PRRT", e.IssueID, e.ID)
	case *ThreadComment:
		return nodeID("PRRC", e.ThreadID, e.ID)
	case *Check:
		if e.Status != "" {
			return nodeID("SC", e.RepoID, e.ID)
		}
		return nodeID("CR", e.RepoID, e.ID)
	case *RefNode:
		return namedID("REF", e.Repo.ID, e.Name)
	case *CommitNode:
		return namedID("C", e.Repo.ID, e.SHA)
	}
	return ""
}

// nodeID encodes as GitHub does: a msgpack array of 0 and the ids, in base64url.
func nodeID(prefix string, ids ...int64) string {
	raw := []byte{0x91 + byte(len(ids)), 0}
	for _, id := range ids {
		raw = appendID(raw, id)
	}
	return prefix + "_" + base64.RawURLEncoding.EncodeToString(raw)
}

func namedID(prefix string, repo int64, name string) string {
	raw := appendID([]byte{0x93, 0}, repo)
	raw = append(raw, 0xda)
	raw = binary.BigEndian.AppendUint16(raw, uint16(len(name)))
	return prefix + "_" + base64.RawURLEncoding.EncodeToString(append(raw, name...))
}

func appendID(raw []byte, id int64) []byte {
	if id >= 0 && id < 1<<32 {
		return binary.BigEndian.AppendUint32(append(raw, 0xce), uint32(id))
	}
	return binary.BigEndian.AppendUint64(append(raw, 0xcf), uint64(id))
}

func cutID(raw []byte) (int64, []byte, bool) {
	switch {
	case len(raw) >= 5 && raw[0] == 0xce:
		return int64(binary.BigEndian.Uint32(raw[1:])), raw[5:], true
	case len(raw) >= 9 && raw[0] == 0xcf:
		return int64(binary.BigEndian.Uint64(raw[1:])), raw[9:], true
	}
	return 0, nil, false
}

// Node finds what a node id names: *User, *Repo, *Label, *Issue, *Comment,
// *Event, *Edit, *Reaction, *Review, *Thread, *ThreadComment, *Check, *RefNode
// or *CommitNode; nil when there is none, whoever asks.
func (tx *Tx) Node(id string) any {
	prefix, text, _ := strings.Cut(id, "_")
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(raw) < 2 {
		return nil
	}
	first, rest, ok := cutID(raw[2:])
	if !ok {
		return nil
	}
	if prefix == "REF" || prefix == "C" {
		return tx.namedNode(prefix, first, rest)
	}
	last := first
	if len(rest) > 0 {
		if last, _, ok = cutID(rest); !ok {
			return nil
		}
	}
	found := tx.entity(prefix, last)
	if found == nil || NodeID(found) != id {
		return nil
	}
	return found
}

func (tx *Tx) namedNode(prefix string, repoID int64, rest []byte) any {
	repo := tx.s.repos.rows[repoID]
	if repo == nil || len(rest) < 3 {
		return nil
	}
	name := string(rest[3:])
	if prefix == "C" {
		return &CommitNode{Repo: repo, SHA: name}
	}
	if sha := repo.Refs[name]; sha != "" {
		return &RefNode{Repo: repo, Name: name, SHA: sha}
	}
	return nil
}

// entity looks an id up in the table its prefix names.
func (tx *Tx) entity(prefix string, id int64) any {
	switch prefix {
	case "U", "BOT", "O":
		return some(tx.s.users.rows[id])
	case "R":
		return some(tx.s.repos.rows[id])
	case "LA":
		return some(tx.s.labels.rows[id])
	case "I", "PR":
		return some(tx.IssueByID(id))
	case "IC":
		return some(tx.s.comments.rows[id])
	case "UCE":
		return some(tx.s.edits.rows[id])
	case "REA":
		return some(tx.s.reactions.rows[id])
	case "PRR":
		return some(tx.s.reviews.rows[id])
	case "PRRT":
		return some(tx.s.threads.rows[id])
	case "PRRC":
		_, c := tx.ThreadComment(id)
		return some(c)
	case "CR", "SC":
		return some(tx.s.checks.rows[id])
	}
	return some(tx.s.events.rows[id])
}

// some keeps a nil pointer from becoming a non-nil any.
func some[T any](row *T) any {
	if row == nil {
		return nil
	}
	return row
}
