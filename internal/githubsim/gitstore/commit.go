package gitstore

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Person is an author or committer. Git keeps the time to the second.
type Person struct {
	Name  string    `json:"name"`
	Email string    `json:"email"`
	When  time.Time `json:"when"`
}

// Commit describes a commit to make.
type Commit struct {
	Branch    string            `json:"branch,omitempty"`  // short name of the branch that is moved to it
	Parents   []string          `json:"parents,omitempty"` // object ids
	Message   string            `json:"message"`
	Author    Person            `json:"author"`
	Committer Person            `json:"committer,omitzero"` // zero: the author
	Files     map[string]string `json:"files,omitempty"`    // path -> content, laid over the first parent's tree
	Remove    []string          `json:"remove,omitempty"`   // paths taken from it
}

// CommitInfo is a commit as read back.
type CommitInfo struct {
	SHA       string
	Tree      string
	Parents   []string
	Author    Person
	Committer Person
	Message   string
}

// line is the person as a commit object has it. What would end the line or the
// address is dropped, as git does.
func (p Person) line() string {
	clean := strings.NewReplacer("\n", "", "<", "", ">", "", "\x00", "").Replace
	when := p.When
	if when.IsZero() {
		when = time.Unix(0, 0)
	}
	return fmt.Sprintf("%s <%s> %d %s", clean(p.Name), clean(p.Email), when.Unix(), when.Format("-0700"))
}

func parsePerson(line string) Person {
	name, rest, _ := strings.Cut(line, " <")
	email, stamp, _ := strings.Cut(rest, "> ")
	seconds, zone, _ := strings.Cut(stamp, " ")
	unix, err := strconv.ParseInt(seconds, 10, 64)
	if err != nil {
		return Person{Name: name, Email: email}
	}
	when := time.Unix(unix, 0).UTC()
	if at, err := time.Parse("-0700", zone); err == nil {
		if _, offset := at.Zone(); offset != 0 {
			when = when.In(time.FixedZone("", offset))
		}
	}
	return Person{Name: name, Email: email, When: when}
}

func encodeCommit(tree string, parents []string, author, committer Person, message string) []byte {
	if committer == (Person{}) {
		committer = author
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "tree %s\n", tree)
	for _, p := range parents {
		fmt.Fprintf(&b, "parent %s\n", p)
	}
	message = strings.ReplaceAll(message, "\x00", "")
	fmt.Fprintf(&b, "author %s\ncommitter %s\n\n%s", author.line(), committer.line(), message)
	if !strings.HasSuffix(message, "\n") {
		b.WriteByte('\n')
	}
	return b.Bytes()
}

func parseCommit(sha string, raw []byte) *CommitInfo {
	head, message, _ := strings.Cut(string(raw), "\n\n")
	c := &CommitInfo{SHA: sha, Message: strings.TrimSuffix(message, "\n")}
	for line := range strings.Lines(head) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		switch name {
		case "tree":
			c.Tree = value
		case "parent":
			c.Parents = append(c.Parents, value)
		case "author":
			c.Author = parsePerson(value)
		case "committer":
			c.Committer = parsePerson(value)
		}
	}
	return c
}
