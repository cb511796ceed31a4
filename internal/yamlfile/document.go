package yamlfile

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Document is a file that could be read as YAML.
type Document struct{ root *yaml.Node }

// At is a place in a document: keys (string) and indices (int).
type At []any

// Mistake returns what is wrong at a place, with its line and name.
func (d *Document) Mistake(place At, format string, args ...any) Mistake {
	return Mistake{Line: d.Line(place), Text: place.name() + fmt.Sprintf(format, args...)}
}

// name writes a place as in "sensors[2].address: ".
func (place At) name() string {
	var b strings.Builder
	for _, step := range place {
		switch step := step.(type) {
		case int:
			fmt.Fprintf(&b, "[%d]", step)
		case string:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(step)
		}
	}
	b.WriteString(": ")
	return b.String()
}

// Line returns the line of the value at a place, or of the nearest place above
// it that the file has; 0 if the file is empty.
func (d *Document) Line(place At) int {
	n := d.root
	if n.Kind == yaml.DocumentNode && len(n.Content) == 1 {
		n = n.Content[0]
	}
	last := n.Line
	for _, step := range place {
		next := child(n, step)
		if next == nil {
			break
		}
		n, last = next, next.Line
	}
	return last
}

// Text returns what stands at a place, "" where nothing does, or null, or a list
// or group of keys.
func (d *Document) Text(place At) string {
	n := d.root
	if n.Kind == yaml.DocumentNode && len(n.Content) == 1 {
		n = n.Content[0]
	}
	for _, step := range place {
		if n = child(n, step); n == nil {
			return ""
		}
	}
	if n.Tag == "!!null" {
		return ""
	}
	return n.Value
}

func child(n *yaml.Node, step any) *yaml.Node {
	switch step := step.(type) {
	case int:
		if n.Kind == yaml.SequenceNode && step < len(n.Content) {
			return n.Content[step]
		}
	case string:
		if n.Kind != yaml.MappingNode {
			return nil
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == step {
				return n.Content[i+1]
			}
		}
	}
	return nil
}
