package web

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
)

func get(t *testing.T, method, target string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, target, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	return w.Result()
}

func text(t *testing.T, r io.Reader) string {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

var script = regexp.MustCompile(`src="(/assets/[^"]+\.js)"`)

func scriptOf(t *testing.T) string {
	t.Helper()
	m := script.FindStringSubmatch(text(t, get(t, "GET", "/").Body))
	if m == nil {
		t.Fatal("the page names no script")
	}
	return m[1]
}

func TestEveryRouteOfThePageGetsThePage(t *testing.T) {
	want := text(t, get(t, "GET", "/").Body)
	for _, path := range []string{"/index.html", "/residents/r1", "/alarms/12", "/gateways", "/residents/..%2f..%2fetc"} {
		r := get(t, "GET", path)
		if r.StatusCode != http.StatusOK || text(t, r.Body) != want {
			t.Errorf("%s: status %d, or another page", path, r.StatusCode)
		}
		if got := r.Header.Get("Cache-Control"); got != "no-cache" {
			t.Errorf("%s: Cache-Control %q: an old page would name scripts that are gone", path, got)
		}
	}
}

func TestAMissingFileIsNotThePage(t *testing.T) {
	for _, path := range []string{"/assets/gone.js", "/assets/../assets/gone.css", "/api/v1/nothing"} {
		if r := get(t, "GET", path); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: status %d", path, r.StatusCode)
		}
	}
}

func TestOnlyReading(t *testing.T) {
	if r := get(t, "POST", "/"); r.StatusCode != http.StatusMethodNotAllowed || r.Header.Get("Allow") == "" {
		t.Errorf("POST: status %d", r.StatusCode)
	}
	if r := get(t, "HEAD", "/"); r.StatusCode != http.StatusOK || text(t, r.Body) != "" {
		t.Errorf("HEAD: status %d, or a body", r.StatusCode)
	}
}

func TestAssetsAreKeptForEverAndThePageIsAskedFor(t *testing.T) {
	name := scriptOf(t)
	r := get(t, "GET", name)
	if got := r.Header.Get("Cache-Control"); !strings.Contains(got, "immutable") {
		t.Errorf("Cache-Control %q", got)
	}
	if got := r.Header.Get("Content-Type"); got != "text/javascript; charset=utf-8" {
		t.Errorf("Content-Type %q", got)
	}
	tag := get(t, "GET", "/").Header.Get("ETag")
	if r := get(t, "GET", "/", "If-None-Match", tag); r.StatusCode != http.StatusNotModified {
		t.Errorf("with its own tag: status %d", r.StatusCode)
	}
}

func TestCompressedIsTheSame(t *testing.T) {
	name := scriptOf(t)
	plain, packed := get(t, "GET", name), get(t, "GET", name, "Accept-Encoding", "br, gzip")
	if packed.Header.Get("Content-Encoding") != "gzip" || packed.Header.Get("Vary") != "Accept-Encoding" {
		t.Fatalf("headers %v", packed.Header)
	}
	if plain.Header.Get("ETag") == packed.Header.Get("ETag") {
		t.Error("two contents under one strong tag")
	}
	z, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	if text(t, z) != text(t, plain.Body) {
		t.Error("the compressed script is another one")
	}
}

func TestAcceptsGzip(t *testing.T) {
	for header, want := range map[string]bool{
		"": false, "br": false, "gzip": true, "br, GZIP": true, "gzip;q=0.5": true, "gzip;q=0": false, "gzip; q=0.0": false,
	} {
		if got := acceptsGzip(header); got != want {
			t.Errorf("%q: %v", header, got)
		}
	}
}

func TestThePolicyLetsNothingInFromElsewhere(t *testing.T) {
	csp := get(t, "GET", "/alarms").Header.Get("Content-Security-Policy")
	for _, must := range []string{"default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"} {
		if !strings.Contains(csp, must) {
			t.Errorf("%q lacks %s", csp, must)
		}
	}
	if strings.Contains(csp, "unsafe") || strings.Contains(csp, "*") || strings.Contains(csp, "\n") {
		t.Errorf("%q is not strict", csp)
	}
	page := text(t, get(t, "GET", "/").Body)
	if strings.Contains(page, "<style") || regexp.MustCompile(`<script[^>]*>[^<]`).MatchString(page) || strings.Contains(page, "//") && strings.Contains(page, "http") {
		t.Errorf("the page holds what its own policy forbids:\n%s", page)
	}
}
