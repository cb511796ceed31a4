package web

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// inputs is what decides the bytes of the build; ui/build/stamp.js holds the
// same list.
var inputs = []string{"../../api/openapi.yaml", ".npmrc", "build", "index.html", "package-lock.json", "package.json", "public", "src", "tsconfig.json", "vite.config.js"}

// TestTheBuildIsCurrent proves without Node that dist/ was built from these
// sources and was not touched afterwards.
func TestTheBuildIsCurrent(t *testing.T) {
	stamp, err := os.ReadFile("dist.sha256")
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, in := range inputs {
		paths = append(paths, files(t, filepath.Join("ui", in))...)
	}
	want := fmt.Sprintf("%x  sources\n", sha256.Sum256([]byte(listing(t, "ui", paths)))) + listing(t, ".", files(t, "dist"))
	if want != string(stamp) {
		t.Errorf("dist/ is not what the sources build; run make web.\nof the sources and files here:\n%sstamped by the build:\n%s", want, stamp)
	}
}

func files(t *testing.T, root string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !strings.HasSuffix(path, ".test.ts") {
			found = append(found, path)
		}
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return found
}

// listing is the output of sha256sum for paths, named from root, in their order.
func listing(t *testing.T, root string, paths []string) string {
	t.Helper()
	type row struct{ name, sum string }
	var rows []row
	for _, p := range paths {
		content, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		name, err := filepath.Rel(root, p)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(content)
		rows = append(rows, row{filepath.ToSlash(name), hex.EncodeToString(sum[:])})
	}
	slices.SortFunc(rows, func(a, b row) int { return strings.Compare(a.name, b.name) })
	var b strings.Builder
	for _, r := range rows {
		fmt.Fprintf(&b, "%s  %s\n", r.sum, r.name)
	}
	return b.String()
}
