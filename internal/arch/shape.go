package arch

import (
	"path"
	"slices"
	"strings"
)

// topLevel are the folders of the tree; each is a noun of the product.
var topLevel = []string{
	"agent", "care", "cloud", "deploy", "docs", "drivers", "e2e", "firmware-bridge", "internal", "tools", "wire",
}

// builtHere are folders that git ignores.
var builtHere = []string{"bin", "demo-data"}

// nameless are package names that say nothing about what is inside.
var nameless = []string{"base", "common", "helper", "helpers", "lib", "misc", "shared", "types", "util", "utils"}

// shapeRules are about names and places.
var shapeRules = []Rule{
	{"top-level-folders", "the tree is the architecture diagram, so it grows a new room by decision only",
		func(t *Tree) []Finding {
			var found []Finding
			for _, folder := range t.Folders {
				if !slices.Contains(topLevel, folder) && !slices.Contains(builtHere, folder) {
					found = append(found, Finding{folder, 0, "no such room in the design"})
				}
			}
			for _, f := range t.Files {
				if f.Folder() == "." {
					found = append(found, Finding{f.Path, 0, "Go file outside of every room"})
				}
			}
			return found
		}},
	{"names-say-something", "a package named for nothing collects everything",
		func(t *Tree) []Finding {
			return eachPackage(t, func(folder string, files []File) []Finding {
				for _, word := range []string{path.Base(folder), strings.TrimSuffix(files[0].Package, "_test")} {
					if slices.Contains(nameless, word) {
						return []Finding{{folder, 0, "package " + word}}
					}
				}
				return nil
			})
		}},
	{"no-init", "what happens at start is written where a program is wired, not hidden behind an import",
		func(t *Tree) []Finding {
			var found []Finding
			for _, f := range t.Files {
				for _, line := range f.Inits {
					if !f.Generated {
						found = append(found, Finding{f.Path, line, "func init"})
					}
				}
			}
			return found
		}},
	{"main-in-cmd", "programs are found under cmd, and everything else can be run in a test",
		func(t *Tree) []Finding {
			var found []Finding
			for _, f := range t.Files {
				if f.Package == "main" && path.Base(path.Dir(f.Folder())) != "cmd" {
					found = append(found, Finding{f.Path, 0, "package main outside of cmd/PROGRAM"})
				}
			}
			return found
		}},
	{"package-comment", "the first thing a reader sees of a package is one true sentence about it",
		func(t *Tree) []Finding {
			return eachPackage(t, func(folder string, files []File) []Finding {
				sources := 0
				for _, f := range files {
					if !f.Test {
						sources++
						if f.Documented {
							return nil
						}
					}
				}
				if sources == 0 {
					return nil // tests only
				}
				return []Finding{{folder, 0, "no package comment"}}
			})
		}},
}

func eachPackage(t *Tree, visit func(folder string, files []File) []Finding) []Finding {
	packages := map[string][]File{}
	for _, f := range t.Files {
		packages[f.Folder()] = append(packages[f.Folder()], f)
	}
	var found []Finding
	for _, f := range t.Files { // in order
		if files := packages[f.Folder()]; files != nil {
			found = append(found, visit(f.Folder(), files)...)
			delete(packages, f.Folder())
		}
	}
	return found
}

// Rules are all the rules of the tree.
func Rules() []Rule { return slices.Concat(shapeRules, importRules, moduleRules()) }
