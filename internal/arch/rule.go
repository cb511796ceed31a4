package arch

import (
	"fmt"
	"path"
	"strings"
)

// Rule is one thing that the tree promises.
type Rule struct {
	Name  string
	Why   string // one sentence, printed with every violation
	Check func(*Tree) []Finding
}

// Finding is one place that breaks a rule.
type Finding struct {
	Path string // file, or folder
	Line int    // 0 where the whole file or folder is meant
	What string
}

func (f Finding) String() string {
	if f.Line == 0 {
		return f.Path + ": " + f.What
	}
	return fmt.Sprintf("%s:%d: %s", f.Path, f.Line, f.What)
}

// in reports whether one of the patterns matches p. "..." is everything, "a/..." is a and all below
// it, "a/*" is what is directly below it, anything else is itself.
func in(p string, patterns []string) bool {
	for _, pattern := range patterns {
		if pattern == "..." {
			return true
		}
		if below, ok := strings.CutSuffix(pattern, "/..."); ok {
			if p == below || strings.HasPrefix(p, below+"/") {
				return true
			}
		} else if parent, ok := strings.CutSuffix(pattern, "/*"); ok {
			if rest, ok := strings.CutPrefix(p, parent+"/"); ok && !strings.Contains(rest, "/") {
				return true
			}
		} else if p == pattern {
			return true
		}
	}
	return false
}

// short is an import path as the tables write it: our own without the module's
// name, so that it reads like a folder.
func short(importPath string) string { return strings.TrimPrefix(importPath, Module+"/") }

func ours(importPath string) bool { return strings.HasPrefix(importPath, Module+"/") }

// thirdParty reports whether the path is neither ours nor the standard library's.
func thirdParty(importPath string) bool {
	first, _, _ := strings.Cut(importPath, "/")
	return strings.Contains(first, ".")
}

// eachImport calls visit for every import that leaves its own package.
func eachImport(t *Tree, visit func(f *File, i Import) (problem string)) []Finding {
	var found []Finding
	for n := range t.Files {
		f := &t.Files[n]
		for _, i := range f.Imports {
			if short(i.Path) == f.Folder() {
				continue // an external test imports what it tests
			}
			if problem := visit(f, i); problem != "" {
				found = append(found, Finding{f.Path, i.Line, problem})
			}
		}
	}
	return found
}

// never is a rule: files of who, except those of but, do not import what.
func never(name, why string, who, but, what []string) Rule {
	return Rule{name, why, func(t *Tree) []Finding {
		return eachImport(t, func(f *File, i Import) string {
			if !in(f.Folder(), who) || in(f.Folder(), but) || !in(short(i.Path), what) {
				return ""
			}
			return f.Folder() + " imports " + short(i.Path)
		})
	}}
}

// only is a rule: of our own packages and of other people's modules, files of
// who import nothing but what, and their tests andTests as well.
func only(name, why string, who, what []string, andTests ...string) Rule {
	return Rule{name, why, func(t *Tree) []Finding {
		return eachImport(t, func(f *File, i Import) string {
			switch {
			case !in(f.Folder(), who), in(short(i.Path), what), !ours(i.Path) && !thirdParty(i.Path):
				return ""
			case f.Test && (in(i.Path, testModules) || in(short(i.Path), andTests)):
				return ""
			}
			return f.Folder() + " imports " + short(i.Path)
		})
	}}
}

// sibling is what one package of a program may import of our own packages, and
// what its tests may import as well.
type sibling struct {
	who            string
	what, andTests []string
}

// meet is a rule: the siblings import of our own packages what their row says;
// a package without a row imports what the row "*" says.
func meet(name, why, parent string, rows []sibling) Rule {
	return Rule{name, why, func(t *Tree) []Finding {
		return eachImport(t, func(f *File, i Import) string {
			if !ours(i.Path) || !strings.HasPrefix(f.Folder(), parent+"/") {
				return ""
			}
			row := rowOf(f.Folder(), parent, rows)
			if in(short(i.Path), row.what) || f.Test && in(short(i.Path), row.andTests) {
				return ""
			}
			return f.Folder() + " imports " + short(i.Path)
		})
	}}
}

func rowOf(folder, parent string, rows []sibling) sibling {
	var other sibling
	for _, row := range rows {
		if row.who == "*" {
			other = row
		} else if in(folder, []string{path.Join(parent, row.who)}) {
			return row
		}
	}
	return other
}
