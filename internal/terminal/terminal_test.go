package terminal

import (
	"os"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestClean(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "fix: a bug (#12)", "fix: a bug (#12)"},
		{"letters", "Grüße, 世界, हिन्दी, עברית", "Grüße, 世界, हिन्दी, עברית"},
		{"combining", "e\u0301 a\u0323\u0302", "e\u0301 a\u0323\u0302"},
		{"colour", "\x1b[1;31mred\x1b[0m", "red"},
		{"C1 colour", "\u009b31mred", "red"},
		{"title", "a\x1b]0;owned\x07b", "ab"},
		{"link", "\x1b]8;;https://evil.example\x1b\\text\x1b]8;;\x1b\\", "text"},
		{"C1 string", "a\u009d0;owned\u009cb", "ab"},
		{"device", "a\x1bP1$r q\x1b\\b", "ab"},
		{"no end hides nothing", "a\x1b]0;all the rest", "a0;all the rest"},
		{"no end of CSI", "a\x1b[31", "a31"},
		{"charset", "a\x1b(0b", "ab"},
		{"reset", "a\x1bcb", "ab"},
		{"lone escape", "a\x1b", "a"},
		{"escape twice", "\x1b\x1b[2Ja", "a"},
		{"controls", "a\x00\x07\x08b\x7fc\u0090d", "abcd"},
		{"line breaks", "a\r\n\r\nb\tc\u2028d\u0085e", "a b c d e"},
		{"ends", "\n a \n", " a "},
		{"bidirectional", "user\u202etxt.exe\u202c \u2066x\u2069\u200f", "usertxt.exe x"},
		{"zero width", "pass\u200bword\ufeff\u2060\u00ad", "password"},
		{"emoji", "👍🏽 ❤️ 🇩🇪", "👍🏽 ❤️ 🇩🇪"},
		{"joined emoji", "👩\u200d💻", "👩💻"},
		{"tags", "x\U000E0041\U000E0042\U000E007F", "x"},
		{"selectors as data", "x\ufe0f\ufe0f\ufe0e\U000E0100\ufe01", "x\ufe0f"},
		{"fillers", "a\u3164\u115f\u034fb", "ab"},
		{"pile of marks", "a" + strings.Repeat("\u0301", 50), "a" + strings.Repeat("\u0301", 8)},
		{"mark on nothing", "\u0301a", "a"},
		{"no UTF-8", "a\x9b31mb\xff", "a\ufffd31mb\ufffd"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Clean(c.in); got != c.want {
				t.Errorf("got %+q, want %+q", got, c.want)
			}
		})
	}
}

// checkClean is what holds of whatever Clean returns.
func checkClean(t interface {
	Fatalf(string, ...any)
}, s string) {
	got := Clean(s)
	if !utf8.ValidString(got) {
		t.Fatalf("%+q became %+q, which is no UTF-8", s, got)
	}
	run := 0
	for _, r := range got {
		if unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Cs, unicode.Zl, unicode.Zp, unicode.Bidi_Control, unicode.Join_Control, unicode.Noncharacter_Code_Point) ||
			r >= 0xE0000 && r <= 0xE0FFF {
			t.Fatalf("%+q became %+q, with %U in it", s, got, r)
		}
		if run++; !unicode.Is(unicode.Mn, r) {
			run = 0
		}
		if run > maxMarks+1 {
			t.Fatalf("%+q keeps a pile of marks", s)
		}
	}
	if again := Clean(got); again != got {
		t.Fatalf("%+q became %+q, and that %+q", s, got, again)
	}
	if w := Width(got); w < 0 || w > 2*utf8.RuneCountInString(got) {
		t.Fatalf("%+q is %d wide", got, w)
	}
	for _, cells := range []int{-1, 0, 1, 2, 7} {
		cut := Truncate(got, cells)
		if Width(cut) > max(cells, 0) {
			t.Fatalf("%+q cut to %d is %+q, %d wide", got, cells, cut, Width(cut))
		}
		if Width(got) <= cells && cut != got {
			t.Fatalf("%+q was cut though it fits", got)
		}
	}
}

func TestCleanAlways(t *testing.T) {
	hard := []rune{0x1B, '[', ']', 'P', '\\', 7, '\n', '\r', 0x9B, 0x9C, 0x9D, 0x200D, 0xFE0F, 0x301, 0x202E, 0xE0041, 'a', ' ', 'm', ';', '3', 0x1F468, 0x4E16}
	rapid.Check(t, func(t *rapid.T) {
		checkClean(t, string(rapid.SliceOf(rapid.OneOf(rapid.SampledFrom(hard), rapid.Rune())).Draw(t, "text")))
	})
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"a\x1b]0;x\x07b", "\u009b31m", "e\u0301", "👩\u200d💻", "\xff\x9b", "\x1b\x1b[[", "a\u202eb\n\u0301"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { checkClean(t, s) })
}

func render(t *testing.T, table *Table, s Screen) string {
	t.Helper()
	var b strings.Builder
	if err := table.WriteTo(&b, s); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func fleetTable() *Table {
	table := NewTable(Column{Title: "REPO"}, Column{Title: "OPEN", Right: true}, Column{Title: "NOTE", Least: 8})
	table.Row("core", 45, Cell{"executing 世界", Good})
	table.Row("core-php", 128, "a long note that says\x1b[31m too much")
	table.Row("x", 1)
	return table
}

func TestTable(t *testing.T) {
	want := "REPO      OPEN  NOTE\n" +
		"core        45  executing 世界\n" +
		"core-php   128  a long note that says too much\n" +
		"x            1\n"
	if got := render(t, fleetTable(), Screen{}); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	narrow := "REPO      OPEN  NOTE\n" +
		"core        45  executing …\n" +
		"core-php   128  a long note…\n" +
		"x            1\n"
	if got := render(t, fleetTable(), Screen{Width: 28}); got != narrow {
		t.Errorf("got\n%s\nwant\n%s", got, narrow)
	}
	if got := render(t, fleetTable(), Screen{Width: 5}); !strings.Contains(got, "   128  a long …\n") {
		t.Errorf("numbers are cut:\n%s", got)
	}
	colour := render(t, fleetTable(), Screen{Colour: true})
	if !strings.Contains(colour, "\x1b[1mREPO\x1b[0m    ") || !strings.Contains(colour, "\x1b[32mexecuting 世界\x1b[0m\n") || strings.Contains(colour, "\x1b[31m") {
		t.Errorf("got %q", colour)
	}
	if got := render(t, &Table{}, Screen{}); got != "" {
		t.Errorf("an empty table prints %q", got)
	}
}

// TestANarrowTable: on a terminal columns go in their order until the rest
// fits; elsewhere all stay.
func TestANarrowTable(t *testing.T) {
	table := NewTable(Column{Title: "REPO"}, Column{Title: "BRANCH", Least: 6, Drop: 1}, Column{Title: "OPEN", Right: true}, Column{Title: "LANG", Drop: 2})
	table.Row("core-php", "feature/long", 45, "markdown")
	for width, want := range map[int]string{
		0:  "REPO      BRANCH        OPEN  LANG\ncore-php  feature/long    45  markdown\n",
		34: "REPO      BRANCH    OPEN  LANG\ncore-php  feature…    45  markdown\n",
		31: "REPO      OPEN  LANG\ncore-php    45  markdown\n",
		20: "REPO      OPEN\ncore-php    45\n",
		5:  "REPO      OPEN\ncore-php    45\n",
	} {
		if got := render(t, table, Screen{Width: width}); got != want {
			t.Errorf("in %d cells got\n%s\nwant\n%s", width, got, want)
		}
	}
}

func TestScreenOfAPipe(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	if s := Of(w, os.LookupEnv); s != (Screen{}) {
		t.Errorf("a pipe is %+v", s)
	}
	if s := Of(nil, os.LookupEnv); s != (Screen{}) {
		t.Errorf("nothing is %+v", s)
	}
}
