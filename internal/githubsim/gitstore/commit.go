package gitstore

import "time"

// Person is an author or committer.
type Person struct {
	Name  string    `json:"name"`
	Email string    `json:"email"`
	When  time.Time `json:"when"`
}

// Commit describes a commit to make.
type Commit struct {
	Branch    string            `json:"branch,omitempty"` // short name that is moved to it
	Parents   []string          `json:"parents,omitempty"`
	Message   string            `json:"message"`
	Author    Person            `json:"author"`
	Committer Person            `json:"committer,omitzero"` // zero: the author
	Files     map[string]string `json:"files,omitempty"`    // path -> content, laid over the first parent's tree
	Remove    []string          `json:"remove,omitempty"`   // paths taken from it
}
