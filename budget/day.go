package budget

import "time"

// Day is a day in UTC, counted from 1970-01-01.
type Day int32

// Minute is a minute in UTC, counted from 1970-01-01T00:00Z.
type Minute int64

const minutesADay = 24 * 60

// DayOf is the UTC day an instant falls on.
func DayOf(t time.Time) Day { return MinuteOf(t).Day() }

// MinuteOf is the UTC minute an instant falls in.
func MinuteOf(t time.Time) Minute { return Minute(floorDiv(t.Unix(), 60)) }

// Day is the day the minute belongs to.
func (m Minute) Day() Day { return Day(floorDiv(int64(m), minutesADay)) }

// Time is the minute's first instant, in UTC.
func (m Minute) Time() time.Time { return time.Unix(int64(m)*60, 0).UTC() }

// Start is the day's first minute.
func (d Day) Start() Minute { return Minute(d) * minutesADay }

// Time is the day's first instant, in UTC.
func (d Day) Time() time.Time { return d.Start().Time() }

// String is the day as "2026-02-04".
func (d Day) String() string { return d.Time().Format(time.DateOnly) }

// ParseDay reads "2026-02-04" at the start of text; what follows is not looked
// at. Dates the calendar does not have are refused.
func ParseDay(text []byte) (Day, bool) {
	if len(text) < 10 || text[4] != '-' || text[7] != '-' {
		return 0, false
	}
	n := [8]int{}
	for i, at := range [8]int{0, 1, 2, 3, 5, 6, 8, 9} {
		c := text[at] - '0'
		if c > 9 {
			return 0, false
		}
		n[i] = int(c)
	}
	year, month, day := n[0]*1000+n[1]*100+n[2]*10+n[3], n[4]*10+n[5], n[6]*10+n[7]
	if !validDate(year, month, day) {
		return 0, false
	}
	return civilDay(year, month, day), true
}

func validDate(year, month, day int) bool {
	if month < 1 || month > 12 || day < 1 {
		return false
	}
	return day <= 28 || day <= daysIn(year, month)
}

func daysIn(year, month int) int {
	if month == 2 {
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 30 + (month+month>>3)&1
}

// civilDay counts days in the proleptic Gregorian calendar by counting years
// from March, so that the leap day is the last of its year.
func civilDay(year, month, day int) Day {
	if month <= 2 {
		year--
		month += 12
	}
	era := floorDiv(int64(year), 400)
	yearOfEra := int64(year) - era*400
	dayOfYear := int64(153*(month-3)+2)/5 + int64(day) - 1
	dayOfEra := yearOfEra*365 + yearOfEra/4 - yearOfEra/100 + dayOfYear
	return Day(era*146097 + dayOfEra - 719468)
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
