package yamlfile

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Mistake is one thing that is wrong with a file.
type Mistake struct {
	Line int // 0 where the whole file is meant
	Text string
}

// Mistakes are all that was found; Err orders them.
type Mistakes []Mistake

// Error lists the mistakes, one a line.
func (m Mistakes) Error() string {
	var b strings.Builder
	for i, one := range m {
		if i > 0 {
			b.WriteByte('\n')
		}
		if one.Line > 0 {
			fmt.Fprintf(&b, "line %d: ", one.Line)
		}
		b.WriteString(one.Text)
	}
	return b.String()
}

// In says that an error is about the file at path. Mistakes are listed as
// compilers do, one a line: "path:7: what is wrong".
func In(path string, err error) error {
	if found, ok := errors.AsType[Mistakes](err); ok {
		return inFile{path, found}
	}
	return fmt.Errorf("%s: %w", path, err)
}

// inFile are the mistakes of one file.
type inFile struct {
	path  string
	found Mistakes
}

func (f inFile) Error() string {
	var lines []string
	for _, m := range f.found {
		place := f.path
		if m.Line > 0 {
			place += ":" + strconv.Itoa(m.Line)
		}
		lines = append(lines, place+": "+m.Text)
	}
	return strings.Join(lines, "\n")
}

func (f inFile) Unwrap() error { return f.found }

// Err returns the mistakes in the order of their lines, or nil if there are none.
func (m Mistakes) Err() error {
	if len(m) == 0 {
		return nil
	}
	slices.SortFunc(m, func(a, b Mistake) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Text, b.Text))
	})
	return m
}

var (
	yamlLine   = regexp.MustCompile(`(?s)^(?:yaml: )?line (\d+): (.*)$`)
	unknownKey = regexp.MustCompile(`^field (.+) not found in type \w+\.\w+$`)
	wrongType  = regexp.MustCompile("^cannot unmarshal !!(\\w+) (`.*` )?into (\\S+)$")
)

// fromYAML puts the decoder's errors into words that do not speak of Go.
func fromYAML(err error) Mistakes {
	lines := []string{err.Error()}
	if many := (*yaml.TypeError)(nil); errors.As(err, &many) {
		lines = many.Errors
	}
	var found Mistakes
	for _, text := range lines {
		one := Mistake{Text: strings.TrimPrefix(text, "yaml: ")}
		if m := yamlLine.FindStringSubmatch(text); m != nil {
			one.Line, _ = strconv.Atoi(m[1])
			one.Text = m[2]
		}
		if m := unknownKey.FindStringSubmatch(one.Text); m != nil {
			one.Text = fmt.Sprintf("unknown key %q", m[1])
		} else if m := wrongType.FindStringSubmatch(one.Text); m != nil {
			one.Text = fmt.Sprintf("%sis not %s", strings.ReplaceAll(cmp.Or(m[2], m[1]+" "), "`", `"`), plain(m[3]))
		}
		found = append(found, one)
	}
	return found
}

// plain says what a Go type expects of the file.
func plain(goType string) string {
	switch {
	case strings.HasPrefix(goType, "[]"):
		return "a list"
	case goType == "string":
		return "a text"
	case goType == "bool":
		return "true or false"
	case goType == "float64":
		return "a number"
	case goType == "int":
		return "a whole number"
	case goType == "time.Time":
		return "a time, as in 2026-12-31T08:00:00+08:00"
	}
	return "a group of keys"
}
