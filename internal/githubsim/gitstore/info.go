package gitstore

// Entry is one entry of a tree.
type Entry struct {
	Mode string // 100644, 100755, 120000, 040000, 160000
	Type string // blob, tree, commit
	SHA  string
	Name string // within its folder
	Size int64  // of a blob
}

// File is a file with its content.
type File struct {
	Mode, SHA string
	Content   []byte
}

// FileChange is one file of a diff.
type FileChange struct {
	Path, OldPath        string // OldPath: of a rename
	Status               string // added, removed, modified, renamed
	Additions, Deletions int    // lines; 0 of a binary file
	Patch                string // hunks, without header; empty of a binary file
	SHA                  string // of the new blob, of the old one when removed
}

// Comparison of two commits.
type Comparison struct {
	MergeBase     string
	Ahead, Behind int
	Commits       []*CommitInfo // base..head, oldest first
	Files         []FileChange  // merge base to head
}
