package eval

import (
	"fmt"
	"math"
	"strings"
	"unicode/utf8"

	"osmanthus/agent/replay"
)

// Table is a table of words and figures with a heading over each column.
type Table struct {
	columns []string
	rows    [][]string
}

// NewTable returns a table without rows.
func NewTable(columns ...string) Table { return Table{columns: columns} }

// Row adds a row: one cell per column, printed as fmt prints it, floats to
// three digits.
func (t *Table) Row(cells ...any) {
	row := make([]string, len(t.columns))
	for i, c := range cells {
		if v, ok := c.(float64); ok {
			row[i] = Number(v)
		} else {
			row[i] = fmt.Sprint(c)
		}
	}
	t.rows = append(t.rows, row)
}

// String is the table in Markdown, its columns under each other.
func (t *Table) String() string {
	wide := make([]int, len(t.columns))
	for _, row := range append([][]string{t.columns}, t.rows...) {
		for i, c := range row {
			wide[i] = max(wide[i], utf8.RuneCountInString(c))
		}
	}
	var b strings.Builder
	line := func(row []string) {
		for i, c := range row {
			fmt.Fprintf(&b, "| %s%s ", c, strings.Repeat(" ", wide[i]-utf8.RuneCountInString(c)))
		}
		b.WriteString("|\n")
	}
	line(t.columns)
	for _, w := range wide {
		b.WriteString("|" + strings.Repeat("-", w+2))
	}
	b.WriteString("|\n")
	for _, row := range t.rows {
		line(row)
	}
	return b.String()
}

// Number prints a figure: three digits behind the point at most, and a dash
// where there is none.
func Number(v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	s := strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.3f", v), "0"), ".")
	if s == "-0" {
		return "0"
	}
	return s
}

// Share prints k of n as a share with its interval by Wilson.
func Share(k, n int) string {
	if n == 0 {
		return "–"
	}
	p, ci := replay.Wilson(k, n)
	return fmt.Sprintf("%.3f (%.3f–%.3f)", p, ci[0], ci[1])
}

// Rate prints k events in an exposure, such as hours, as a rate with its
// interval by Byar.
func Rate(k int, exposure float64) string {
	if !(exposure > 0) {
		return "–"
	}
	r, ci := replay.Poisson(k, exposure)
	return fmt.Sprintf("%.2f (%.2f–%.2f)", r, ci[0], ci[1])
}
