package budget

import (
	"encoding/binary"
)

// Line is one line of the log taken apart without copying: its slices are
// parts of the bytes it was parsed from and live as long as those.
type Line struct {
	At       Minute
	Repo     []byte // "name" or "owner/name"
	Issue    int
	Agent    []byte
	Epic     int    // 0 = direct
	EpicRepo []byte // "owner/name", or empty
	Member   []byte // without "@", or empty
	Open     bool   // ends in a number or a name that a torn write could have cut short
}

// Entry copies the line out of its buffer.
func (l *Line) Entry() Entry {
	return Entry{
		At: l.At.Time(), Repo: string(l.Repo), Issue: l.Issue, Agent: string(l.Agent),
		Epic: l.Epic, EpicRepo: string(l.EpicRepo), Member: string(l.Member),
	}
}

// What a byte may be part of. Names are what inventory.ParseRepo accepts.
const (
	inOwner = 1 << iota // also the characters of logins
	inName              // also the characters of agents
	first               // may begin an owner, a login, an agent
)

var class = func() (t [256]uint8) {
	for c := range t {
		b := byte(c)
		switch {
		case b >= '0' && b <= '9', b >= 'a' && b <= 'z', b >= 'A' && b <= 'Z':
			t[c] = inOwner | inName | first
		case b == '_', b == '-':
			t[c] = inOwner | inName
		case b == '.':
			t[c] = inName
		}
	}
	return t
}()

const (
	stampLen = len("2006-01-02T15:04Z")
	maxOwner = 39
	maxName  = 100
	maxAgent = 64
)

// Parse takes b apart, a line without its newline. False means unreadable, and
// then the fields mean nothing. It does not allocate: a log of a million lines
// is read through it.
func (l *Line) Parse(b []byte) bool {
	if len(b) < stampLen+1 || b[stampLen] != ' ' || !l.stamp(b) {
		return false
	}
	i, ok := l.repo(b, stampLen+1)
	if !ok {
		return false
	}
	issue, i := number(b, i)
	if issue == 0 || i == len(b) || b[i] != ' ' {
		return false
	}
	l.Issue = issue
	agent := i + 1
	i = span(b, agent, inName)
	if i == len(b) || b[i] != ' ' || i == agent || i-agent > maxAgent || class[b[agent]]&first == 0 {
		return false
	}
	l.Agent = b[agent:i]
	i++
	if i == len(b) {
		return false
	}
	if string(l.Agent) == "to" && string(l.Repo) == "dispatched" && b[i] != '-' && b[i] != '#' {
		if l.older(b, i) {
			return true
		}
	}
	return l.epic(b, i)
}

// stamp reads "2006-01-02T15:04Z" with two loads: xor with the shape turns
// digits into 0..9 and separators into 0, and one addition carries every byte
// that is more than that into its upper half.
func (l *Line) stamp(b []byte) bool {
	const (
		dateShape, dateRoom = 0x2d30302d30303030, 0x0f06060f06060606 // 0000-00-
		timeShape, timeRoom = 0x30303a3030543030, 0x06060f06060f0606 // 00T00:00
		upper               = 0xf0f0f0f0f0f0f0f0
	)
	d := binary.LittleEndian.Uint64(b) ^ dateShape
	t := binary.LittleEndian.Uint64(b[8:]) ^ timeShape
	if (d|(d+dateRoom)|t|(t+timeRoom))&upper != 0 || b[stampLen-1] != 'Z' {
		return false
	}
	digit := func(v uint64, at uint) int { return int(v >> (8 * at) & 15) }
	year := digit(d, 0)*1000 + digit(d, 1)*100 + digit(d, 2)*10 + digit(d, 3)
	month, day := digit(d, 5)*10+digit(d, 6), digit(t, 0)*10+digit(t, 1)
	hour, minute := digit(t, 3)*10+digit(t, 4), digit(t, 6)*10+digit(t, 7)
	if hour > 23 || minute > 59 || !validDate(year, month, day) {
		return false
	}
	l.At = civilDay(year, month, day).Start() + Minute(hour*60+minute)
	return true
}

// repo reads the second field and returns where the third begins.
func (l *Line) repo(b []byte, at int) (int, bool) {
	i := repoEnd(b, at, false)
	if i < 0 || i == len(b) || b[i] != ' ' {
		return 0, false
	}
	l.Repo = b[at:i]
	return i + 1, true
}

// repoEnd is where the repository that begins at "at" ends, or -1. owned tells
// that the owner may not be left out.
func repoEnd(b []byte, at int, owned bool) int {
	i, name := span(b, at, inName), at
	if i < len(b) && b[i] == '/' {
		if i == at || i-at > maxOwner || class[b[at]]&first == 0 || span(b, at, inOwner) != i {
			return -1
		}
		name = i + 1
		i = span(b, name, inName)
	} else if owned {
		return -1
	}
	if n := i - name; n == 0 || n > maxName || b[name] == '.' && (n == 1 || n == 2 && b[name+1] == '.') {
		return -1
	}
	return i
}

// epic reads the fifth field and the sixth, if there is one.
func (l *Line) epic(b []byte, i int) bool {
	l.Epic, l.EpicRepo, l.Member, l.Open = 0, nil, nil, false
	if b[i] == '-' && (i+1 == len(b) || b[i+1] == ' ') {
		i++
	} else {
		if b[i] != '#' {
			end := repoEnd(b, i, true)
			if end < 0 {
				return false
			}
			l.EpicRepo = b[i:end]
			i = end
		}
		if l.Epic, i = number(b, i); l.Epic == 0 {
			return false
		}
		l.Open = true
	}
	if i == len(b) {
		return true
	}
	if i+2 >= len(b) || b[i] != ' ' || b[i+1] != '@' {
		return false
	}
	l.Member, l.Open = b[i+2:], false
	return len(l.Member) <= maxName && class[l.Member[0]]&first != 0 && span(b, i+2, inOwner) == len(b)
}

// older reads "jules in web-api", the rest of the form that began with
// "dispatched #29 to".
func (l *Line) older(b []byte, agent int) bool {
	i := span(b, agent, inName)
	if i == agent || i-agent > maxAgent || class[b[agent]]&first == 0 || len(b) < i+5 || string(b[i:i+4]) != " in " {
		return false
	}
	if repoEnd(b, i+4, false) != len(b) {
		return false
	}
	l.Agent, l.Repo = b[agent:i], b[i+4:]
	l.Epic, l.EpicRepo, l.Member, l.Open = 0, nil, nil, true
	return true
}

// number reads "#12" and returns it with what follows; 0 means there is none.
func number(b []byte, i int) (n, end int) {
	if i+1 >= len(b) || b[i] != '#' || b[i+1] == '0' {
		return 0, i
	}
	for i++; i < len(b); i++ {
		c := b[i] - '0'
		if c > 9 {
			break
		}
		if n = n*10 + int(c); n > 1<<31-1 {
			return 0, i
		}
	}
	return n, i
}

func span(b []byte, i int, of uint8) int {
	for i < len(b) && class[b[i]]&of != 0 {
		i++
	}
	return i
}
