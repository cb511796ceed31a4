package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// computedNames are the names of features that the detectors do not write down
// where they make the feature: the expression, the file, and where the names stand.
var computedNames = map[string]string{
	"baseline.go name":         `habitNames\s+= \[habits\]string\{(.*)\}`,
	"baseline.go \"days_\"+":   "", // of a name that has a word
	"baseline.go \"spread_\"+": "",
	"news2say.go name":         `(?m)add\(("[a-z_0-9]+"),`,
	"fallevidence.go names":    `fallShows = \[\]int\{([^}]*)\}`,
	"plausible.go why":         `(?m)why :?= ("[a-z_]+")`,
	"plausible.go b.Kind":      "", // wave.NAME; see below
}

// TestEveryWordOfTheEvidenceIsOnThePage reads the detectors and the catalogs of
// the nurse station: what a detector gives as evidence has words there in both
// languages, and so has every kind of alert and every metric.
func TestEveryWordOfTheEvidenceIsOnThePage(t *testing.T) {
	root := filepath.Join("..", "..")
	wanted := map[string][]string{} // a name, and the keys one of which must exist
	for name := range featureNames(t, filepath.Join(root, "agent", "detect")) {
		wanted["feature "+name] = []string{"feature." + name, "metric." + name}
	}
	for _, of := range []struct{ file, pattern, family string }{
		{"kind.go", `(?m)[A-Z]\w+: +"([a-z_0-9]+)"`, "kind."},
		{"metric.go", `Metric: \w+, Name: "([a-z_0-9]+)"`, "metric."},
		{"block.go", `(?m)[A-Z]\w+: "([a-z_]+)"`, "wave."},
		{"snippet.go", `"([a-z]{2,})"[,}]`, "channel."},
	} {
		found := 0
		for _, m := range regexp.MustCompile(of.pattern).FindAllStringSubmatch(read(t, filepath.Join(root, "care", of.file)), -1) {
			if m[1] == "bed_enter" { // of the replay command; never an alert
				continue
			}
			wanted[of.family+m[1]] = []string{of.family + m[1]}
			found++
		}
		if found == 0 {
			t.Errorf("care/%s: no names were found", of.file)
		}
	}
	for _, language := range []string{"en", "zh-CN"} {
		keys := map[string]bool{}
		specific := map[string]bool{} // NAME of feature.RULE.NAME
		text := read(t, filepath.Join(root, "cloud", "web", "ui", "src", "i18n", language+".ts"))
		for _, m := range regexp.MustCompile(`(?m)^  '([^']+)': `).FindAllStringSubmatch(text, -1) {
			keys[m[1]] = true
			if part := strings.Split(m[1], "."); len(part) == 3 && part[0] == "feature" {
				specific["feature."+part[2]] = true
			}
		}
		for _, what := range slices.Sorted(maps.Keys(wanted)) {
			if !slices.ContainsFunc(wanted[what], func(key string) bool { return keys[key] || specific[key] }) {
				t.Errorf("%s has no word in %s.ts: wants %s", what, language, strings.Join(wanted[what], " or "))
			}
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// featureNames returns the Name of every care.Feature that a package makes, but
// for those that only go into the hash of a rule.
func featureNames(t *testing.T, folder string) map[string]bool {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s: %v, %d files", folder, err, len(paths))
	}
	names := map[string]bool{}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		text, set := read(t, path), token.NewFileSet()
		file, err := parser.ParseFile(set, path, text, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				f, ok := n.Fun.(*ast.Ident)
				return !ok || f.Name != "ruleHash"
			case *ast.CompositeLit:
				if v := named(n); v != nil {
					add(t, names, v, text, filepath.Base(path), set)
				}
			}
			return true
		})
	}
	if len(names) < 50 {
		t.Errorf("%s: only %d names of features were found", folder, len(names))
	}
	return names
}

// named is what a literal {Name: …, Value: …, Unit: …} has as its name, nil for
// another literal.
func named(lit *ast.CompositeLit) (name ast.Expr) {
	fields := map[string]ast.Expr{}
	for _, e := range lit.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if key, ok := kv.Key.(*ast.Ident); ok {
				fields[key.Name] = kv.Value
			}
		}
	}
	if fields["Value"] == nil || fields["Unit"] == nil {
		return nil
	}
	return fields["Name"]
}

func add(t *testing.T, names map[string]bool, v ast.Expr, text, file string, set *token.FileSet) {
	t.Helper()
	if lit, ok := v.(*ast.BasicLit); ok {
		name, _ := strconv.Unquote(lit.Value)
		names[name] = true
		return
	}
	written := text[set.Position(v.Pos()).Offset:set.Position(v.End()).Offset]
	for expr, pattern := range computedNames {
		of, begins, _ := strings.Cut(expr, " ")
		if of != file || !strings.HasPrefix(strings.ReplaceAll(written, " ", ""), begins) {
			continue
		}
		if pattern == "" {
			return
		}
		found := 0
		for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
			for _, quoted := range regexp.MustCompile(`"([a-z_0-9]+)"`).FindAllStringSubmatch(m[1], -1) {
				names[quoted[1]] = true
				found++
			}
		}
		if found == 0 {
			t.Errorf("%s: %s: the names were not found", file, written)
		}
		return
	}
	t.Errorf("%s: the name of a feature is computed by %s: say in computedNames where its names stand", file, written)
}
