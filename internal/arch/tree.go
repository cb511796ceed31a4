// Package arch proves that the tree keeps the shape which docs/architecture.md draws: who may import whom, and how things are named.
package arch

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Module is the prefix of this project's own import paths.
const Module = "osmanthus"

// Tree is the source of one Go module, nested modules left out.
type Tree struct {
	Folders []string // top-level folders, hidden ones left out
	Files   []File   // in order of their paths
}

// File is what the rules look at in one Go file.
type File struct {
	Path       string // slash-separated, from the module's root
	Package    string // name in the package clause
	Test       bool   // a _test.go file
	Generated  bool   // says so by the standard comment
	Documented bool   // has a package comment
	Imports    []Import
	Inits      []int // lines of func init
}

// Import is one import declaration.
type Import struct {
	Path string
	Line int
}

// Folder is the folder that the file is in, "." for the root.
func (f *File) Folder() string { return path.Dir(f.Path) }

// Read parses every Go file below the root of fsys, build constraints ignored.
func Read(fsys fs.FS) (*Tree, error) {
	t := &Tree{}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name == ".":
			return nil
		case d.IsDir():
			return t.enter(fsys, name)
		case !strings.HasSuffix(name, ".go"):
			return nil
		}
		src, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		f, err := parse(name, src)
		if err != nil {
			return err
		}
		t.Files = append(t.Files, f)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("arch: reading the tree: %w", err)
	}
	slices.SortFunc(t.Files, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	return t, nil
}

// enter decides whether the walk goes into a folder, as the go command would.
func (t *Tree) enter(fsys fs.FS, name string) error {
	base := path.Base(name)
	if strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") || base == "testdata" || base == "node_modules" {
		return fs.SkipDir
	}
	if !strings.Contains(name, "/") {
		t.Folders = append(t.Folders, name)
	}
	if _, err := fs.Stat(fsys, name+"/go.mod"); err == nil {
		return fs.SkipDir // a module of its own
	}
	return nil
}

func parse(name string, src []byte) (File, error) {
	set := token.NewFileSet()
	syntax, err := parser.ParseFile(set, name, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return File{}, err
	}
	f := File{
		Path:       name,
		Package:    syntax.Name.Name,
		Test:       strings.HasSuffix(name, "_test.go"),
		Generated:  ast.IsGenerated(syntax),
		Documented: syntax.Doc != nil,
	}
	for _, spec := range syntax.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return File{}, fmt.Errorf("%s: import %s: %w", name, spec.Path.Value, err)
		}
		f.Imports = append(f.Imports, Import{imported, set.Position(spec.Pos()).Line})
	}
	for _, decl := range syntax.Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
			f.Inits = append(f.Inits, set.Position(fn.Pos()).Line)
		}
	}
	return f, nil
}
