// Package vectors finds the sensor vectors beside the project, for tests.
package vectors

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// Vector is one known input and what it must come out as.
type Vector struct {
	Name      string             `json:"name"`
	Device    string             `json:"device"`
	InputHex  string             `json:"input_hex"`
	Input     json.RawMessage    `json:"input"`
	Expected  json.RawMessage    `json:"expected"`
	Tolerance map[string]float64 `json:"tolerance"`
}

// For returns the vectors of a device, and skips the test if the data sets are
// not beside the project.
func For(t *testing.T, device string) []Vector {
	t.Helper()
	var some []Vector
	for _, v := range From(t, "sensors.json") {
		if v.Device == device {
			some = append(some, v)
		}
	}
	if len(some) == 0 {
		t.Fatalf("vectors: none for %s", device)
	}
	return some
}

// Each runs test for every vector of a device, and prints how many passed.
func Each(t *testing.T, device string, test func(t *testing.T, v Vector)) {
	t.Helper()
	passed, all := 0, For(t, device)
	for _, v := range all {
		if t.Run(v.Name, func(t *testing.T) { test(t, v) }) {
			passed++
		}
	}
	t.Logf("sensors.json %s: %d/%d", device, passed, len(all))
}

// From returns the vectors of a file, and skips the test if it is not beside
// the project.
func From(t *testing.T, file string) []Vector {
	t.Helper()
	text, err := os.ReadFile(find(t, file))
	if err != nil {
		t.Skipf("SKIPPED: the vectors beside the project cannot be read: %v", err)
	}
	var all []Vector
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatalf("vectors: %s: %v", file, err)
	}
	return all
}

// find walks up from the package to a sibling folder shared.
func find(t *testing.T, file string) string {
	t.Helper()
	file = filepath.Join("vectors", file)
	if dir := os.Getenv("OSMANTHUS_SHARED"); dir != "" {
		return filepath.Join(dir, file)
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		path := filepath.Join(dir, "shared", file)
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	t.Skip("SKIPPED: no folder shared with data sets beside the project (or set OSMANTHUS_SHARED)")
	return ""
}

// Into decodes the vector's input or expectation.
func Into(t *testing.T, from json.RawMessage, v any) {
	t.Helper()
	if err := json.Unmarshal(from, v); err != nil {
		t.Fatalf("vectors: %v", err)
	}
}

// Hex decodes bytes.
func Hex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatalf("vectors: %v", err)
	}
	return b
}
