package arch

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var provingTest = regexp.MustCompile(`(?m)^func (?:Test|Benchmark)([A-Z]\d+)_(\w+)\(`)

// TestEveryProofIsListed holds docs/requirements.md against the tests: a test
// that carries the id of a requirement is named there, in the row of that id,
// and a requirement that is called proved has a test.
func TestEveryProofIsListed(t *testing.T) {
	root := filepath.Join("..", "..")
	doc, err := os.ReadFile(filepath.Join(root, "docs", "requirements.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]string{}
	for line := range strings.Lines(string(doc)) {
		if cells := strings.Split(line, "|"); len(cells) > 4 {
			rows[strings.TrimSpace(cells[1])] = line
		}
	}
	found := map[string]bool{}
	err = filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git") {
			if d.IsDir() && err == nil {
				return filepath.SkipDir
			}
			return err
		}
		if !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, m := range provingTest.FindAllStringSubmatch(string(text), -1) {
			found[m[1]] = true
			if !regexp.MustCompile(`\b` + m[2] + `\b`).MatchString(rows[m[1]]) {
				t.Errorf("%s: %s_%s is not in the row of %s in docs/requirements.md", path, m[1], m[2], m[1])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for id, row := range rows {
		if strings.Contains(row, "| proved |") && !found[id] {
			t.Errorf("%s is called proved, and no test carries its id", id)
		}
	}
}
