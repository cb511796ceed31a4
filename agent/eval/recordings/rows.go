package recordings

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// rows reads a text of numbers, row by row: cells are split by any of the
// separators, and a cell that is no number is NaN. Rows of fewer than least
// numbers are refused. first is how many lines to leave out at the top.
func rows(path string, first int, separators string, least int) ([][]float64, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	all := make([][]float64, 0, bytes.Count(text, []byte("\n")))
	pool := make([]float64, 0, cap(all)*max(least, 1))
	for n := 1; len(text) > 0; n++ {
		var line []byte
		line, text, _ = bytes.Cut(text, []byte("\n"))
		line = bytes.Trim(line, "\r \t;")
		if n <= first || len(line) == 0 {
			continue
		}
		at := len(pool)
		for more := true; more; {
			cell := line
			if i := bytes.IndexAny(line, separators); i >= 0 {
				cell, line = line[:i], line[i+1:]
			} else {
				more = false
			}
			pool = append(pool, number(cell))
		}
		if len(pool)-at < least {
			return nil, fmt.Errorf("%s: line %d: %d cells, want %d", filepath.Base(path), n, len(pool)-at, least)
		}
		all = append(all, pool[at:len(pool):len(pool)])
	}
	return all, nil
}

// number reads one cell. Sets of millions of short decimals are read, so those
// go a quick way that gives the same bits: both of its numbers are exact.
func number(cell []byte) float64 {
	cell = bytes.TrimSpace(cell)
	digits, places, point, negative := int64(0), 0, false, false
	for i, c := range cell {
		switch {
		case c == '-' && i == 0:
			negative = true
		case c == '.' && !point:
			point = true
		case c >= '0' && c <= '9' && len(cell) <= 16:
			digits = digits*10 + int64(c-'0')
			if point {
				places++
			}
		default:
			v, err := strconv.ParseFloat(string(cell), 64)
			if err != nil {
				return math.NaN()
			}
			return v
		}
	}
	if len(cell) == 0 {
		return math.NaN()
	}
	v := float64(digits) / powers[places]
	if negative {
		v = -v
	}
	return v
}

var powers = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16}

// column takes one column of rows, times a factor.
func column(rows [][]float64, k int, factor float64) []float64 {
	c := make([]float64, len(rows))
	for i, r := range rows {
		c[i] = r[k] * factor
	}
	return c
}

// axes takes three columns beside each other.
func axes(rows [][]float64, first int, factor float64) (a [3][]float64) {
	for k := range a {
		a[k] = column(rows, first+k, factor)
	}
	return a
}

// lines reads a text without the empty lines.
func lines(path string) ([]string, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	all := strings.Split(strings.ReplaceAll(string(b), "\r", ""), "\n")
	return slices.DeleteFunc(all, func(l string) bool { return strings.TrimSpace(l) == "" }), nil
}

// glob lists files of a set in the order of their names, and wants some.
func glob(parts ...string) ([]string, error) {
	paths, err := filepath.Glob(filepath.Join(parts...))
	if err == nil && len(paths) == 0 {
		err = fmt.Errorf("no file like %s", filepath.Join(parts...))
	}
	slices.Sort(paths)
	return paths, err
}
