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
	path := find(t)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Skipf("SKIPPED: the vectors beside the project cannot be read: %v", err)
	}
	var all, some []Vector
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatalf("vectors: %v", err)
	}
	for _, v := range all {
		if v.Device == device {
			some = append(some, v)
		}
	}
	if len(some) == 0 {
		t.Fatalf("vectors: none for %s in %s", device, path)
	}
	return some
}

// find walks up from the package to a sibling folder shared.
func find(t *testing.T) string {
	t.Helper()
	const file = "vectors/sensors.json"
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
