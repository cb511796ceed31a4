// Package web serves the nurse station: the committed build of ui/, embedded,
// so that Go alone builds the product.
package web

import (
	"embed"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

//go:embed dist
var dist embed.FS

// policy is the content security policy: the page may load and reach nothing
// but its own origin. The tests of the page run under the same file.
//
//go:embed csp.txt
var policy string

// Handler serves the page. A path that names no file gets the page itself,
// because the page has routes of its own; a missing asset is a 404. The API
// must be routed before it.
func Handler() http.Handler {
	root, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // the name is a constant of this package
	}
	files := load(root)
	csp := strings.TrimSpace(policy)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", csp)
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			h.Set("Allow", "GET, HEAD")
			http.Error(w, "web: only GET and HEAD", http.StatusMethodNotAllowed)
			return
		}
		name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
		if f, ok := files[name]; ok && name != index {
			f.serve(w, r)
			return
		}
		if strings.HasPrefix(name, assets) || strings.HasPrefix(name, "api/") {
			h.Set("Cache-Control", "no-store")
			http.NotFound(w, r)
			return
		}
		files[index].serve(w, r)
	})
}
