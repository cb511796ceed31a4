package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

const (
	index  = "index.html"
	assets = "assets/" // what the build names after its content
)

// types holds the kinds of files that a build makes. The system's own table of
// types differs between machines.
var types = map[string]string{
	".css":  "text/css; charset=utf-8",
	".html": "text/html; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".svg":  "image/svg+xml",
}

// file is one file of the build, ready to be sent.
type file struct {
	kind    string // content type
	cache   string // cache control
	tag     string // strong entity tag of the plain content
	plain   []byte
	gzipped []byte // nil where it would be no smaller
}

// load reads every file of the build, by its path.
func load(root fs.FS) map[string]file {
	files := map[string]file{}
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(root, name)
		files[name] = newFile(name, content)
		return err
	})
	if err != nil {
		panic(err) // an embedded file system does not fail
	}
	return files
}

func newFile(name string, content []byte) file {
	sum := sha256.Sum256(content)
	f := file{kind: types[path.Ext(name)], cache: "no-cache", tag: hex.EncodeToString(sum[:16]), plain: content}
	if f.kind == "" {
		f.kind = "application/octet-stream"
	}
	if strings.HasPrefix(name, assets) {
		f.cache = "public, max-age=31536000, immutable"
	}
	var b bytes.Buffer
	z, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is valid
	_, _ = z.Write(content)                               // a buffer takes everything
	_ = z.Close()
	if b.Len() < len(content) {
		f.gzipped = b.Bytes()
	}
	return f
}

// serve sends the file, compressed where the browser takes that.
func (f file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Cache-Control", f.cache)
	content, tag := f.plain, f.tag
	if f.gzipped != nil {
		h.Set("Vary", "Accept-Encoding")
		if acceptsGzip(r.Header.Get("Accept-Encoding")) {
			h.Set("Content-Encoding", "gzip")
			content, tag = f.gzipped, f.tag+"-gzip"
		}
	}
	h.Set("ETag", `"`+tag+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

// acceptsGzip reads an Accept-Encoding header: "gzip;q=0" refuses.
func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			q = strings.ReplaceAll(q, " ", "")
			return q == "" || strings.Trim(q, "q=.0") != ""
		}
	}
	return false
}
