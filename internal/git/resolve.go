package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// entry is what an index says of a path: mode and object of each stage.
type entry struct{ stage [4]string }

// none conflicts where only the merged stage is there.
func (e entry) conflicts() bool { return e.stage[1] != "" || e.stage[2] != "" || e.stage[3] != "" }

// index reads an index, by path.
func index(ctx context.Context, p program, file string, args ...string) (map[string]entry, error) {
	p.who = append(slices.Clone(p.who), "GIT_INDEX_FILE="+file)
	out, err := p.run(ctx, append([]string{"ls-files", "--stage", "-z"}, args...)...)
	if err != nil {
		return nil, err
	}
	all := map[string]entry{}
	for line := range bytes.SplitSeq(out, []byte{0}) {
		what, path, ok := bytes.Cut(line, []byte("\t"))
		k := bytes.LastIndexByte(what, ' ')
		if !ok || k < 0 || k+1 >= len(what) || what[k+1] < '0' || what[k+1] > '3' {
			continue
		}
		e := all[string(path)]
		e.stage[what[k+1]-'0'] = string(what[:k])
		all[string(path)] = e
	}
	return all, nil
}

// unmerged are the paths in conflict.
func (w *Work) unmerged(ctx context.Context, p program, file string) (map[string]entry, error) {
	all, err := index(ctx, p, file, "--unmerged")
	for path, e := range all {
		if !e.conflicts() {
			delete(all, path)
		}
	}
	return all, err
}

// resolve has the local agent command resolve what is left in conflict. why says
// what was wrong with it: nothing of it is kept then. It gets a git directory of
// its own, which is thrown away: what it configures there has no effect on us.
func (w *Work) resolve(ctx context.Context, left map[string]entry, pull int, branch, base, tip string) (why string, err error) {
	if len(w.Command) == 0 {
		return several(len(left), "file conflicts", "files conflict") + ", and no command is there to resolve them", nil
	}
	for _, e := range left {
		if slices.ContainsFunc(e.stage[:], func(s string) bool { return strings.HasPrefix(s, "160000 ") }) {
			return "a submodule conflicts", nil
		}
	}
	paths := make([]string, 0, len(left))
	for path := range left {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	list := filepath.Join(w.temp(), "conflicts")
	if err := os.WriteFile(list, []byte(strings.Join(paths, "\x00")+"\x00"), 0o600); err != nil {
		return "", err
	}
	p := w.program()
	before, err := index(ctx, p, filepath.Join(w.git(), "index"))
	if err != nil {
		return "", err
	}
	was, err := w.contents(paths)
	if err != nil {
		return "", err
	}
	theirs, err := w.lend()
	if err != nil {
		return "", err
	}
	patience := w.Patience
	if patience <= 0 {
		patience = Patience
	}
	why, err = w.command(ctx, nil, w.Command, patience, "CORE_TASK=conflict", fmt.Sprintf("CORE_PULL=%d", pull), "CORE_BRANCH="+branch, "CORE_BASE="+base, "CORE_CONFLICTS="+list)
	if why != "" || err != nil {
		return why, err
	}
	settled, err := w.settled(ctx, p, theirs)
	if err != nil {
		return "what the command left of its index cannot be read", ctx.Err()
	}
	if err := remove(theirs); err != nil {
		return "", err
	}
	if _, err := p.run(ctx, "add", "--all", "--", "."); err != nil {
		return "what the command left cannot be added", ctx.Err()
	}
	after, err := index(ctx, p, filepath.Join(w.git(), "index"))
	if err != nil {
		return "", err
	}
	if n := outside(before, after, left); n > 0 {
		return "the command changed " + several(n, "file that was", "files that were") + " not in conflict", nil
	}
	now, err := w.contents(paths)
	if err != nil {
		return "", err
	}
	for _, path := range paths {
		if now[path] == was[path] && !settled[path] {
			return "the command left a conflict as it was", nil
		}
		marked, err := w.marked(ctx, left[path], after[path])
		if err != nil {
			return "", err
		}
		if marked {
			return "the command left conflict markers", nil
		}
	}
	return "", w.remember(ctx, p)
}

// several is a number of things, in the words for one and for more.
func several(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

// settled are the paths that the command marked as resolved in its index: a choice
// of one side leaves a file as it was.
func (w *Work) settled(ctx context.Context, p program, gitDir string) (map[string]bool, error) {
	open, err := w.unmerged(ctx, p, filepath.Join(gitDir, "index"))
	if err != nil {
		return nil, err
	}
	first, err := w.unmerged(ctx, p, filepath.Join(w.git(), "index"))
	settled := map[string]bool{}
	for path := range first {
		_, still := open[path]
		settled[path] = !still
	}
	return settled, err
}

// outside counts the paths that differ and were not in conflict.
func outside(before, after, left map[string]entry) int {
	n := 0
	for path, e := range before {
		if _, ours := left[path]; !ours && after[path] != e {
			n++
		}
	}
	for path := range after {
		if _, known := before[path]; !known {
			n++
		}
	}
	return n
}

// contents are what stands in the worktree; "" and a NUL: nothing there. Nothing
// is followed out of it.
func (w *Work) contents(paths []string) (map[string]string, error) {
	root, err := os.OpenRoot(w.tree())
	if err != nil {
		return nil, err
	}
	defer root.Close()
	out := map[string]string{}
	for _, path := range paths {
		path := filepath.FromSlash(path)
		info, err := root.Lstat(path)
		switch {
		case err != nil:
			out[path] = "\x00none"
		case info.Mode()&fs.ModeSymlink != 0:
			text, err := root.Readlink(path)
			if err != nil {
				return nil, err
			}
			out[path] = "\x00link " + text
		case info.Mode().IsRegular():
			text, err := root.ReadFile(path)
			if err != nil {
				return nil, err
			}
			out[path] = info.Mode().String() + string(text)
		default:
			out[path] = "\x00other"
		}
	}
	return out, nil
}

// marked tells whether a result holds more conflict markers than both sides that
// went into it: a file may speak of markers.
func (w *Work) marked(ctx context.Context, sides, result entry) (bool, error) {
	var n [3]map[string]int
	for k, e := range []string{sides.stage[2], sides.stage[3], result.stage[0]} {
		_, sha, ok := strings.Cut(e, " ")
		if !ok {
			continue
		}
		text, err := w.program().run(ctx, "cat-file", "blob", sha)
		if err != nil {
			return false, err
		}
		n[k] = markers(text)
	}
	for kind, count := range n[2] {
		if count > n[0][kind]+n[1][kind] {
			return true, nil
		}
	}
	return false, nil
}

// markers counts the lines that git would set around a conflict.
func markers(text []byte) map[string]int {
	n := map[string]int{}
	for line := range bytes.SplitSeq(text, []byte("\n")) {
		line = bytes.TrimSuffix(line, []byte("\r"))
		for _, kind := range []string{"<<<<<<<", "|||||||", "=======", ">>>>>>>"} {
			if rest, ok := bytes.CutPrefix(line, []byte(kind)); ok && (len(rest) == 0 || rest[0] == ' ') {
				n[kind]++
			}
		}
	}
	return n
}

// recall gives the job what is remembered of resolved conflicts.
func (w *Work) recall() error {
	err := os.CopyFS(filepath.Join(w.git(), "rr-cache"), os.DirFS(filepath.Join(w.site.dir, "rr-cache")))
	if errors.Is(err, fs.ErrNotExist) {
		return os.MkdirAll(filepath.Join(w.git(), "rr-cache"), 0o700)
	}
	return err
}

// remember keeps what the command resolved for the next time.
func (w *Work) remember(ctx context.Context, p program) error {
	if _, err := p.run(ctx, "rerere"); err != nil {
		return err
	}
	lock, err := lockFile(ctx, filepath.Join(w.site.dir, "lock"))
	if err != nil {
		return err
	}
	defer unlock(lock)
	shared := filepath.Join(w.site.dir, "rr-cache")
	if err := os.MkdirAll(shared, 0o700); err != nil {
		return err
	}
	found, err := filepath.Glob(filepath.Join(w.git(), "rr-cache", "*", "postimage*"))
	for _, path := range found {
		dir := filepath.Dir(path)
		name := filepath.Base(dir)
		temp := filepath.Join(shared, "new-"+name)
		err = errors.Join(err, os.RemoveAll(temp), os.CopyFS(temp, os.DirFS(dir)), os.RemoveAll(filepath.Join(shared, name)), os.Rename(temp, filepath.Join(shared, name)))
	}
	return err
}
