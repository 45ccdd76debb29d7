package checklist

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

var (
	// ErrAbsent says that no item of the body names the issue.
	ErrAbsent = errors.New("is not on the checklist")
	// ErrAmbiguous says that several items name the issue and not all are ticked.
	ErrAmbiguous = errors.New("is on the checklist more than once")
)

// Tick returns body with the box of ref's item ticked: one byte, the space
// between the brackets, becomes "x". Where the box is ticked already, body
// itself is returned. ref must be written as in the body, with or without its
// repository. The errors wrap ErrAbsent or ErrAmbiguous.
func Tick(body []byte, ref Reference) ([]byte, error) {
	var open, found []string
	offset := 0
	for _, c := range Parse(body).Children {
		if !c.reference().Same(ref) {
			continue
		}
		place := fmt.Sprint(c.Line)
		found = append(found, place)
		if !c.Checked {
			open = append(open, place)
			offset = c.Offset
		}
	}
	switch {
	case len(found) == 0:
		return nil, fmt.Errorf("%s %w", ref, ErrAbsent)
	case len(open) == 0:
		return body, nil
	case len(found) > 1:
		return nil, fmt.Errorf("%s %w (lines %s): leave one", ref, ErrAmbiguous, strings.Join(found, ", "))
	}
	ticked := slices.Clone(body)
	ticked[offset] = 'x'
	return ticked, nil
}
