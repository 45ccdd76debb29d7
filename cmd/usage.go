package cmd

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// plainly says a complaint of the flag parser or of cobra as a person reads it,
// with what to do.
func plainly(c *cobra.Command, err error) error {
	var (
		unknown *pflag.NotExistError
		invalid *pflag.InvalidValueError
		missing *pflag.ValueRequiredError
	)
	switch {
	case errors.As(err, &unknown):
		if hint := nearFlag(c, unknown.GetSpecifiedName()); hint != "" && unknown.GetSpecifiedShortnames() == "" {
			return usageError{hinted{err, hint}}
		}
	case errors.As(err, &invalid):
		f := invalid.GetFlag()
		if want := wanted[f.Value.Type()]; want != "" {
			return usageError{fmt.Errorf("--%s %q: give %s", f.Name, invalid.GetValue(), want)}
		}
		return usageError{fmt.Errorf("--%s %q: %w", f.Name, invalid.GetValue(), invalid.Unwrap())}
	case errors.As(err, &missing):
		f := missing.GetFlag()
		return usageError{fmt.Errorf("--%s needs a value: %s", f.Name, f.Usage)}
	case strings.HasPrefix(err.Error(), "accepts "), strings.HasPrefix(err.Error(), "requires "):
		name, takes, _ := strings.Cut(c.Use, " ")
		name = strings.TrimSuffix(c.CommandPath(), name) + name
		if strings.HasSuffix(err.Error(), "received 0") {
			return usageError{fmt.Errorf("%s needs %s", name, takes)}
		}
		return usageError{fmt.Errorf("%s takes %s and nothing more", name, takes)}
	}
	return usageError{err}
}

// wanted is what the values of flags look like, by their type.
var wanted = map[string]string{
	"int": "a whole number", "int64": "a whole number", "uint": "a whole number from 0", "uint64": "a whole number from 0",
	"float64": "a number", "bool": "true or false", "duration": "a time such as 30s or 5m",
}

// nearFlag suggests the flag that was meant; empty: none comes near.
func nearFlag(c *cobra.Command, name string) string {
	var near []string
	see := func(f *pflag.Flag) {
		if !f.Hidden && (len(name) > 2 && strings.HasPrefix(f.Name, name) || apart(f.Name, name) <= 2 && len(name) > 3) {
			near = append(near, "--"+f.Name)
		}
	}
	c.Flags().VisitAll(see) // with those of the commands above, since it was parsed
	if len(near) == 0 {
		return ""
	}
	return "did you mean " + strings.Join(near, " or ") + "?"
}

// apart is how many letters have to be put in, taken out or replaced to make b
// of a (Levenshtein).
func apart(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := last
			if a[i] != b[j] {
				change++
			}
			last = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
