package ledger

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dappcore/core-dev/budget"
	"github.com/dappcore/core-dev/inventory"
)

const workEnv = "LEDGER_TEST_WORK"

// TestMain lets this binary be the second process: it reserves what it can.
func TestMain(m *testing.M) {
	if dir := os.Getenv(workEnv); dir != "" {
		if err := work(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func child(n int) inventory.Ref {
	return inventory.Ref{Repo: inventory.RepoRef{Owner: "dappcore", Name: "core"}, Number: n}
}

func team(quota int) budget.State {
	st := budget.State{Team: budget.Solo("dappcore", "Snider")}
	st.Team.Members[0].Quota = quota
	return st
}

// ledgerIn is a folder as init leaves it.
func ledgerIn(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, reservationsName), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func read1(t *testing.T, dir, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return string(data)
}

func TestReserveSettleRelease(t *testing.T) {
	ctx, dir := context.Background(), ledgerIn(t)
	b := openBook(t, dir, clockAt(noon))
	epic := inventory.Ref{Repo: inventory.RepoRef{Owner: "dappcore", Name: "plans"}, Number: 118}
	one, err := b.Reserve(ctx, Request{ID: "one", Child: child(29), Epic: epic, Agent: "jules"}, team(2))
	if err != nil {
		t.Fatal(err)
	}
	again, err := b.Reserve(ctx, Request{ID: "one", Child: child(29), Epic: epic, Agent: "jules"}, team(2))
	if err != nil || again != one {
		t.Errorf("asked again: %+v %v", again, err)
	}
	if _, err := b.Reserve(ctx, Request{ID: "two", Child: child(29), Agent: "jules"}, team(2)); !errors.Is(err, ErrStale) {
		t.Errorf("one child twice: %v", err)
	}
	two, err := b.Reserve(ctx, Request{Child: child(30), Agent: "jules"}, team(2))
	if err != nil {
		t.Fatal(err)
	}
	var refused *Refused
	if _, err := b.Reserve(ctx, Request{Child: child(31), Agent: "jules"}, team(2)); !errors.As(err, &refused) || refused.Why != budget.NoQuota {
		t.Errorf("a third of two: %v", err)
	}
	held, err := openBook(t, dir, clockAt(noon)).Held()
	differ(t, "held", []budget.Reservation{one, two}, held)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := b.Settle(ctx, "one", noon.Add(90*time.Second)); err != nil {
			t.Fatal(err)
		}
		if err := b.Release(ctx, two.ID); err != nil {
			t.Fatal(err)
		}
	}
	want := "2026-02-04T12:01Z core #29 jules dappcore/plans#118 @Snider\n"
	if got := read1(t, dir, LogName); got != want {
		t.Errorf("the log is %q", got)
	}
	if held, err := b.Held(); err != nil || len(held) != 0 {
		t.Errorf("held: %+v %v", held, err)
	}
	if err := b.Settle(ctx, two.ID, noon); err == nil || !strings.Contains(err.Error(), "released already") {
		t.Errorf("settled after release: %v", err)
	}
	if _, err := b.Reserve(ctx, Request{ID: "one", Child: child(29), Agent: "jules", Lines: 1}, team(9)); !errors.Is(err, ErrStale) {
		t.Errorf("an id that is closed: %v", err)
	}
	if _, err := b.Reserve(ctx, Request{Child: child(29), Agent: "jules"}, team(9)); !errors.Is(err, ErrStale) {
		t.Errorf("dispatched since the plan: %v", err)
	}
	all, err := b.Dispatched()
	differ(t, "dispatched", map[string]Dispatch{"dappcore/core#29": {Lines: 1, Last: noon.Add(time.Minute), Agent: "jules",
		Epic: inventory.Ref{Repo: inventory.RepoRef{Owner: "dappcore", Name: "plans"}, Number: 118}}}, all)
	if err != nil {
		t.Fatal(err)
	}
}

// A process that died anywhere in Settle leaves a log that the next Settle, of
// this reservation or another, makes whole: one line, no other harmed.
func TestSettleAfterACrashAnywhere(t *testing.T) {
	const before = "2026-02-03T09:00Z core #7 jules #118 @Snider\n"
	line := "2026-02-04T12:00Z core #29 jules #118 @Snider\n"
	for cut := range len(line) + 1 {
		for _, first := range []string{"one", "two"} {
			ctx, dir := context.Background(), ledgerIn(t)
			b := openBook(t, dir, clockAt(noon))
			if err := os.WriteFile(filepath.Join(dir, LogName), []byte(before), 0o644); err != nil {
				t.Fatal(err)
			}
			for id, n := range map[string]int{"one": 29, "two": 2} {
				if _, err := b.Reserve(ctx, Request{ID: id, Child: child(n), Epic: child(118), Agent: "jules"}, team(9)); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.WriteFile(filepath.Join(dir, LogName), []byte(before+line[:cut]), 0o644); err != nil {
				t.Fatal(err)
			}
			for _, id := range []string{first, "one", "two", "one"} {
				if err := b.Settle(ctx, id, noon); err != nil {
					t.Fatal(err)
				}
			}
			got := read1(t, dir, LogName)
			for _, n := range []int{29, 2, 7} {
				if lines, err := b.Lines(child(n)); err != nil || len(lines) != 1 {
					t.Errorf("cut at %d, %s first: #%d has %d lines in\n%s(%v)", cut, first, n, len(lines), got, err)
				}
			}
			if !strings.HasPrefix(got, before+line[:cut]) {
				t.Errorf("cut at %d: the log was not only appended to:\n%s", cut, got)
			}
		}
	}
}

// A torn line that is nobody's is ended, and never read as another.
func TestForeignTornLine(t *testing.T) {
	for tail, want := range map[string]string{
		"2026-02-04T10:00Z core-mcp #2":                             "2026-02-04T10:00Z core-mcp #2\n",
		"2026-02-04T10:00Z core-mcp #7 jules #2":                    "2026-02-04T10:00Z core-mcp #7 jules #2 (torn)\n",
		"2026-02-04T10:00Z dispatched #7 to jules in core":          "2026-02-04T10:00Z dispatched #7 to jules in core (torn)\n",
		"2026-02-04T10:00Z core-mcp #7 jules #29 @Snider":           "2026-02-04T10:00Z core-mcp #7 jules #29 @Snider\n",
		"2026-02-04T10:00Z core-mcp #7 jules -":                     "2026-02-04T10:00Z core-mcp #7 jules -\n",
		strings.Repeat("x", 9000):                                   strings.Repeat("x", 9000) + "\n",
		"2026-02-04T11:59Z core #29 jules":                          "2026-02-04T11:59Z core #29 jules #118 @Snider\n",
		"2026-02-04T10:00Z core #7 jules - @Snider\n2026-02-04T11:": "2026-02-04T10:00Z core #7 jules - @Snider\n2026-02-04T11:\n",
	} {
		ctx, dir := context.Background(), ledgerIn(t)
		b := openBook(t, dir, clockAt(noon))
		if _, err := b.Reserve(ctx, Request{ID: "one", Child: child(29), Epic: child(118), Agent: "jules"}, team(9)); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, LogName), []byte(tail), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := b.Settle(ctx, "one", noon); err != nil {
			t.Fatal(err)
		}
		if got := read1(t, dir, LogName); strings.TrimSuffix(got, "2026-02-04T12:00Z core #29 jules #118 @Snider\n") != want {
			t.Errorf("%.80q became %.120q", tail, got)
		}
		if lines, err := b.Lines(child(29)); err != nil || len(lines) != 1 {
			t.Errorf("%.80q: #29 has %d lines (%v)", tail, len(lines), err)
		}
	}
}

// A reservation whose line was torn was never relied on; everything else that
// is wrong with the file stops all writing.
func TestDamagedReservations(t *testing.T) {
	ctx := context.Background()
	for name, tt := range map[string]struct {
		harm func(data string) string
		ok   bool
	}{
		"untouched":        {func(s string) string { return s }, true},
		"torn at its end":  {func(s string) string { return s + "2026-02-04T12:00:00Z held thr" }, true},
		"cut in a line":    {func(s string) string { return s[:len(s)-9] }, false},
		"cut at a line":    {func(s string) string { return s[:strings.IndexByte(s, '\n')+1] }, false},
		"emptied":          {func(string) string { return "" }, false},
		"an edited number": {func(s string) string { return strings.Replace(s, "#29", "#28", 1) }, false},
		"a line removed":   {func(s string) string { return s[strings.IndexByte(s, '\n')+1:] }, false},
		"a line twice":     {func(s string) string { return s + s }, false},
		"garbage":          {func(s string) string { return s + "garbage\n" }, false},
	} {
		dir := ledgerIn(t)
		b := openBook(t, dir, clockAt(noon))
		for i := range 2 {
			if _, err := b.Reserve(ctx, Request{ID: fmt.Sprint(i), Child: child(29 + i), Agent: "jules"}, team(9)); err != nil {
				t.Fatal(err)
			}
		}
		path := filepath.Join(dir, reservationsName)
		if err := os.WriteFile(path, []byte(tt.harm(read1(t, dir, reservationsName))), 0o644); err != nil {
			t.Fatal(err)
		}
		b = openBook(t, dir, clockAt(noon))
		_, err := b.Reserve(ctx, Request{ID: "more", Child: child(40), Agent: "jules"}, team(9))
		if tt.ok {
			if held, again := b.Held(); err != nil || again != nil || len(held) != 3 {
				t.Errorf("%s: %d held, %v, %v", name, len(held), err, again)
			}
			continue
		}
		if !errors.Is(err, ErrReservations) || !strings.Contains(err.Error(), "core dev budget reconcile") {
			t.Errorf("%s: %v", name, err)
		}
		if held, err := b.Held(); !errors.Is(err, ErrReservations) {
			t.Errorf("%s: held %+v, %v", name, held, err)
		}
		found := budget.Reservation{ID: "found", Made: noon, Entry: budget.Entry{At: noon, Repo: "core", Issue: 29, Agent: "jules", Member: "Snider"}}
		if err := b.Rebuild(ctx, []budget.Reservation{found}); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		held, err := b.Held()
		if err != nil || len(held) != 1 || held[0].ID != "found" {
			t.Errorf("%s, rebuilt: %+v %v", name, held, err)
		}
		if err := b.Settle(ctx, "found", noon); err != nil {
			t.Errorf("%s, rebuilt: %v", name, err)
		}
	}
}

func TestMissingReservations(t *testing.T) {
	dir := ledgerIn(t)
	b := openBook(t, dir, clockAt(noon))
	if _, err := b.Reserve(context.Background(), Request{Child: child(1), Agent: "jules"}, team(9)); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, reservationsName)); err != nil {
		t.Fatal(err)
	}
	if err := b.Release(context.Background(), "x"); !errors.Is(err, ErrReservations) {
		t.Errorf("written without it: %v", err)
	}
}

// The file does not grow for ever, and nothing that is open is dropped.
func TestReservationsAreCompacted(t *testing.T) {
	ctx, dir, now := context.Background(), ledgerIn(t), noon
	b := openBook(t, dir, func() time.Time { return now })
	kept, err := b.Reserve(ctx, Request{Child: child(1), Agent: "jules"}, team(9))
	if err != nil {
		t.Fatal(err)
	}
	gone := budget.Reservation{ID: "gone", Made: now, Entry: budget.Entry{Repo: "core", Issue: 3, Agent: "jules"}}
	var old []byte
	for i := 0; len(old) < largeBytes; i++ {
		gone.ID = fmt.Sprint("gone", i)
		old = append(append(old, formatReservation(held, now, gone)...), '\n')
		old = append(append(old, formatReservation(released, now, gone)...), '\n')
	}
	if err := appendSynced(filepath.Join(dir, reservationsName), old); err != nil {
		t.Fatal(err)
	}
	now = now.Add(25 * time.Hour)
	if err := b.Release(ctx, gone.ID); err != nil {
		t.Errorf("released again: %v", err)
	}
	last, err := b.Reserve(ctx, Request{Child: child(2), Agent: "jules"}, team(9))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(read1(t, dir, reservationsName)); n > 1000 {
		t.Errorf("%d bytes are left", n)
	}
	held, err := openBook(t, dir, clockAt(noon)).Held()
	differ(t, "held", []budget.Reservation{kept, last}, held)
	if err != nil {
		t.Fatal(err)
	}
}

// work is what a second process does: reserve one child after another, settle
// two of three, until the budget refuses.
func work(dir string) error {
	ctx := context.Background()
	b, err := Open(dir, "dappcore", clockAt(noon))
	if err != nil {
		return err
	}
	for n := 1; n <= 40; n++ {
		res, err := b.Reserve(ctx, Request{Child: child(n), Agent: "jules"}, team(20))
		var refused *Refused
		switch {
		case errors.Is(err, ErrStale):
			continue
		case errors.As(err, &refused):
			return nil
		case err != nil:
			return err
		}
		if n%3 == 0 {
			err = b.Release(ctx, res.ID)
		} else {
			err = b.Settle(ctx, res.ID, noon)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Four processes and this one, all goroutines of one book included, spend 20
// tasks on 40 children: never one more, no child twice.
func TestManyProcessesNeverOverspend(t *testing.T) {
	dir := ledgerIn(t)
	var wg sync.WaitGroup
	errs := make(chan error, 8)
	for range 4 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), workEnv+"="+dir)
		wg.Go(func() {
			if out, err := cmd.CombinedOutput(); err != nil {
				errs <- fmt.Errorf("%w: %s", err, out)
			}
		})
	}
	for range 2 {
		wg.Go(func() {
			if err := work(dir); err != nil {
				errs <- err
			}
		})
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		t.Error(err)
	}
	b := openBook(t, dir, clockAt(noon))
	held, err := b.Held()
	if err != nil || len(held) != 0 {
		t.Errorf("held %+v, %v", held, err)
	}
	all, err := b.Dispatched()
	if err != nil || len(all) != 20 {
		t.Errorf("%d children of 20 are dispatched, %v", len(all), err)
	}
	if lines := strings.Count(read1(t, dir, LogName), "\n"); lines != 20 {
		t.Errorf("%d lines for 20 tasks", lines)
	}
}

func TestWaitingForTheLockCanBeGivenUp(t *testing.T) {
	dir := ledgerIn(t)
	first, second := openBook(t, dir, clockAt(noon)), openBook(t, dir, clockAt(noon))
	leave, err := first.gate.enter(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer leave()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, b := range []*Book{first, second} {
		if err := b.Release(ctx, "x"); !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
	}
}

// A task is charged to the member whom the plan showed, or the plan is stale.
func TestReserveChargesTheMemberOfThePlan(t *testing.T) {
	ctx := context.Background()
	b := openBook(t, ledgerIn(t), clockAt(noon))
	st := budget.State{Team: budget.Team{Owner: "dappcore", Members: []budget.Member{
		{Login: "ann", Quota: 1, Repos: []string{"core"}}, {Login: "bob", Quota: 1, Repos: []string{"core", "core-php"}},
	}}}
	res, err := b.Reserve(ctx, Request{Child: child(1), Agent: "jules", Member: "bob"}, st)
	if err != nil || res.Member != "bob" {
		t.Fatalf("%+v %v", res, err)
	}
	if _, err := b.Reserve(ctx, Request{Child: child(2), Agent: "jules", Member: "bob"}, st); !errors.Is(err, ErrStale) {
		t.Errorf("bob has none left, ann has: %v", err)
	}
	if _, err := b.Reserve(ctx, Request{Child: child(2), Agent: "jules", Member: "ann"}, st); err != nil {
		t.Fatal(err)
	}
	var refused *Refused
	if _, err := b.Reserve(ctx, Request{Child: child(3), Agent: "jules", Member: "ann"}, st); !errors.As(err, &refused) {
		t.Errorf("nobody has any left: %v", err)
	}
}

// What another process dispatched since the look is running, too.
func TestReserveCountsWhatWasDispatchedSinceTheLook(t *testing.T) {
	ctx := context.Background()
	b := openBook(t, ledgerIn(t), clockAt(noon))
	st := team(9)
	st.Agents = []budget.Agent{{Name: "jules", Concurrency: 2}}
	st.Running = []inventory.Task{{Ref: child(1), Agent: "jules"}}
	if _, err := b.Reserve(ctx, Request{ID: "two", Child: child(2), Agent: "jules", Seen: noon}, st); err != nil {
		t.Fatal(err)
	}
	if err := b.Settle(ctx, "two", noon); err != nil {
		t.Fatal(err)
	}
	var refused *Refused
	if _, err := b.Reserve(ctx, Request{Child: child(3), Agent: "jules", Seen: noon}, st); !errors.As(err, &refused) || refused.Why != budget.NoConcurrency {
		t.Errorf("a third of two: %v", err)
	}
	if _, err := b.Reserve(ctx, Request{Child: child(3), Agent: "jules", Seen: noon.Add(time.Minute)}, st); err != nil {
		t.Errorf("looked at since, and the second is done: %v", err)
	}
}

// TestTheFirstWriteOfEveryProcessSyncsTheFolder: the process that made a file may
// have died before its name was on the disk.
func TestTheFirstWriteOfEveryProcessSyncsTheFolder(t *testing.T) {
	ctx, dir := context.Background(), ledgerIn(t)
	for process := range 2 {
		b := openBook(t, dir, clockAt(noon))
		synced := 0
		b.sync = func(folder string) error {
			if folder != dir {
				t.Errorf("it syncs %s", folder)
			}
			synced++
			return nil
		}
		for n := range 2 {
			id := fmt.Sprintf("%d-%d", process, n)
			if _, err := b.Reserve(ctx, Request{ID: id, Child: child(10*process + n + 1), Agent: "jules"}, team(9)); err != nil {
				t.Fatal(err)
			}
			if err := b.Settle(ctx, id, noon); err != nil {
				t.Fatal(err)
			}
		}
		if synced != 1 {
			t.Errorf("process %d: synced %d times, want once", process, synced)
		}
	}
	b := openBook(t, dir, clockAt(noon))
	b.sync = func(string) error { return errors.New("no") }
	for range 2 {
		if _, err := b.Reserve(ctx, Request{ID: "last", Child: child(99), Agent: "jules"}, team(9)); err == nil {
			t.Error("reserved though the folder is not on the disk")
		}
	}
	if held, err := b.Held(); len(held) > 0 || err != nil {
		t.Errorf("%v is held, %v", held, err)
	}
}
