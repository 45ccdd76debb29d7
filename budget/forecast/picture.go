package forecast

import (
	"fmt"
	"strings"
)

// Picture draws the burn-up, a line of text a row: the children done from today on,
// up to all that are open, by day. The line is what half of the trials reach, the
// shade about it lies between 5 and 95 %. ascii draws with what every terminal has.
// width counts the columns in all; below 30 they are 30.
func (f Forecast) Picture(width, height int, ascii bool) []string {
	if len(f.BurnUp) == 0 || f.Open == 0 {
		return nil
	}
	line, shade, side, foot, corner := "●", "░", "│", "─", "└"
	if ascii {
		line, shade, side, foot, corner = "*", ".", "|", "-", "+"
	}
	margin := len(fmt.Sprint(f.Open))
	columns := min(max(width, 30)-margin-2, 2*len(f.BurnUp))
	height = max(height, 4)
	row := func(done int) int { return (done*height + f.Open - 1) / f.Open } // 0: nothing; height: everything
	var out []string
	for r := height; r >= 1; r-- {
		label := ""
		switch r {
		case height:
			label = fmt.Sprint(f.Open)
		case (height + 1) / 2:
			label = fmt.Sprint(f.Open * r / height)
		}
		var b strings.Builder
		for x := range columns {
			p := f.BurnUp[x*len(f.BurnUp)/columns]
			switch {
			case row(p.P50) == r:
				b.WriteString(line)
			case r >= row(p.P5) && r <= row(p.P95):
				b.WriteString(shade)
			default:
				b.WriteByte(' ')
			}
		}
		out = append(out, fmt.Sprintf("%*s %s%s", margin, label, side, strings.TrimRight(b.String(), " ")))
	}
	out = append(out, fmt.Sprintf("%*s %s%s", margin, "0", corner, strings.Repeat(foot, columns)))
	first, last := f.BurnUp[0].Date, f.BurnUp[len(f.BurnUp)-1].Date
	gap := max(1, columns-len(first)-len(last))
	return append(out, strings.Repeat(" ", margin+2)+first+strings.Repeat(" ", gap)+last)
}
