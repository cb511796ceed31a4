package catalog

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Every row is complete and stands for a folder with a driver.
func TestRows(t *testing.T) {
	loinc := regexp.MustCompile(`^\d{3,7}-\d$`)
	mdc := regexp.MustCompile(`^\d+$`)
	for _, k := range Kinds() {
		folder := k.Folder
		if folder == "" {
			folder = k.Name
		}
		if _, err := os.Stat(filepath.Join("..", folder)); err != nil {
			t.Errorf("%s: no such driver: %v", k.Name, err)
		}
		if k.Title == "" || len(k.Measures) == 0 || (k.Bus == "i2c") != (len(k.Addrs) > 0) || (k.Bus == "serial") != (k.Baud > 0) {
			t.Errorf("%s: incomplete", k.Name)
		}
		for _, m := range k.Measures {
			if m.Metric == "" || m.Unit == "" || m.Low >= m.High {
				t.Errorf("%s %s: no unit or range", k.Name, m.Metric)
			}
			if m.LOINC == "" && m.MDC == "" && m.Local == "" {
				t.Errorf("%s %s: no code", k.Name, m.Metric)
			}
			if m.LOINC != "" && !loinc.MatchString(m.LOINC) || m.MDC != "" && !mdc.MatchString(m.MDC) {
				t.Errorf("%s %s: code is malformed", k.Name, m.Metric)
			}
		}
	}
	if !slices.IsSortedFunc(kinds, func(a, b Kind) int { return strings.Compare(a.Name, b.Name) }) {
		t.Error("not in the order of names")
	}
	if _, ok := Find("abacus"); ok {
		t.Error("found what is not there")
	}
}
