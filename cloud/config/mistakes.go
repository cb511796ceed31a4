package config

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Mistake is one thing that is wrong with a file.
type Mistake struct {
	Line int // 0 where the whole file is meant
	Text string
}

// Mistakes are all that was found, in the order of their lines.
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

func (m Mistakes) orNil() error {
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
	unknownKey = regexp.MustCompile(`^field (\S+) not found in type config\.(\w+)$`)
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
	}
	return "a group of keys"
}

// Duration is a time with its unit, as in "12h" or "1m30s".
type Duration time.Duration

// UnmarshalYAML reads a duration; a number without a unit is a mistake.
func (d *Duration) UnmarshalYAML(n *yaml.Node) error {
	v, err := time.ParseDuration(n.Value)
	if err != nil || n.Kind != yaml.ScalarNode || v < 0 {
		// The one kind of error that lets the decoder go on.
		return &yaml.TypeError{Errors: []string{fmt.Sprintf(`line %d: %q is not a duration with its unit, as in "12h" or "1m30s"`, n.Line, n.Value)}}
	}
	*d = Duration(v)
	return nil
}

// String returns the duration with its unit.
func (d Duration) String() string { return time.Duration(d).String() }
