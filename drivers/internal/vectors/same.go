package vectors

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
)

// JSON returns v as JSON gives it back: maps, slices, numbers, strings.
func JSON(v any) (out any) {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(b, &out); err != nil {
		return err
	}
	return out
}

// Same wants every field of want in got, numbers to a part in a billion and
// strings in either case.
func Same(want, got any) error {
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			return fmt.Errorf("got %v, want %v", got, want)
		}
		for k := range w {
			if err := Same(w[k], g[k]); err != nil {
				return fmt.Errorf("%s: %w", k, err)
			}
		}
		return nil
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			return fmt.Errorf("got %v, want %v", got, want)
		}
		for i := range w {
			if err := Same(w[i], g[i]); err != nil {
				return fmt.Errorf("[%d]: %w", i, err)
			}
		}
		return nil
	case float64:
		if g, ok := got.(float64); ok && math.Abs(g-w) <= 1e-9*math.Max(1, math.Abs(w)) {
			return nil
		}
	case string:
		if g, ok := got.(string); ok && strings.EqualFold(g, w) {
			return nil
		}
	default:
		if got == want {
			return nil
		}
	}
	return fmt.Errorf("got %v, want %v", got, want)
}
