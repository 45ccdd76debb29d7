package budget

import "math"

// Kind is what lines that differ only in minute, issue and epic have in common.
// Repo, Agent and Member are as the log writes them; Member is "" where the
// line names none.
type Kind struct{ Repo, Agent, Member string }

// Spend is a run of readable lines of one kind and one minute.
type Spend struct {
	At   Minute
	Kind int32 // index into Spending.Kinds
	N    int32
}

// Spending is what the log says was dispatched on the days from From on.
//
// From the day Exact on, Spends are in the log's order and precise to the
// minute. Earlier days are summed up: one Spend a kind, at the day's last
// minute. Exact never lies later than the day before the instant asked about,
// so every window that looks at minutes sees them.
type Spending struct {
	From, Exact Day
	Kinds       []Kind
	Spends      []Spend
	Unreadable  map[Day]int // unreadable lines that hold the day's date

	ids map[Kind]int32
}

// Add counts one line, as the log's next.
func (s *Spending) Add(e Entry) { s.Count(MinuteOf(e.At), Kind{e.Repo, e.Agent, e.Member}, 1) }

// Count adds n lines of a kind, as the log's next. Days before From are not
// kept.
func (s *Spending) Count(at Minute, k Kind, n int) {
	if at.Day() < s.From || n <= 0 {
		return
	}
	if at.Day() < s.Exact {
		at = (at.Day() + 1).Start() - 1
	}
	id, known := s.ids[k]
	if !known {
		if s.ids == nil {
			s.ids = map[Kind]int32{}
		}
		id = int32(len(s.Kinds))
		s.ids[k] = id
		s.Kinds = append(s.Kinds, k)
	}
	if last := len(s.Spends) - 1; last >= 0 && s.Spends[last].At == at && s.Spends[last].Kind == id &&
		int(s.Spends[last].N)+n <= math.MaxInt32 {
		s.Spends[last].N += int32(n)
		return
	}
	s.Spends = append(s.Spends, Spend{At: at, Kind: id, N: int32(n)})
}

// AddUnreadable counts one unreadable line under every date it holds.
func (s *Spending) AddUnreadable(line []byte) {
	EachDate(line, func(d Day) { s.CountUnreadable(d, 1) })
}

// CountUnreadable adds n unreadable lines that hold a day's date.
func (s *Spending) CountUnreadable(d Day, n int) {
	if d < s.From || n <= 0 {
		return
	}
	if s.Unreadable == nil {
		s.Unreadable = map[Day]int{}
	}
	s.Unreadable[d] += n
}

// EachDate calls once for every date that stands anywhere in a line, each date
// once, as `grep DATE` finds them.
func EachDate(line []byte, found func(Day)) {
	var seen []Day
next:
	for i := 4; i+6 <= len(line); i++ {
		if line[i] != '-' {
			continue
		}
		d, ok := ParseDay(line[i-4:])
		if !ok {
			continue
		}
		for _, s := range seen {
			if s == d {
				continue next
			}
		}
		seen = append(seen, d)
		found(d)
	}
}

// Unreadable is a line of the log that nobody can read.
type Unreadable struct {
	File string `json:"file"` // the log's file name
	Line int    `json:"line"` // from 1
	Text string `json:"text"` // as it stands there; ends in "…" where it was cut
}
