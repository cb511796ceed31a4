package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"go.yaml.in/yaml/v3"
)

// maxFile bounds a file: a house has some hundred residents.
const maxFile = 4 << 20

// Load reads and judges the configuration at path. An error that is about the
// content wraps Mistakes.
func Load(path string) (Config, error) { return load(path, Parse) }

// LoadSeed reads and judges the seed at path.
func LoadSeed(path string) (Seed, error) { return load(path, ParseSeed) }

// Parse reads and judges a configuration. Every error is of type Mistakes.
func Parse(data []byte) (Config, error) {
	c, doc, mistakes := decode(data, Default())
	if doc != nil {
		mistakes = append(mistakes, judge(&c, doc)...)
	}
	return c, mistakes.orNil()
}

// ParseSeed reads and judges a seed. Every error is of type Mistakes.
func ParseSeed(data []byte) (Seed, error) {
	s, doc, mistakes := decode(data, Seed{})
	if doc != nil {
		mistakes = append(mistakes, judgeSeed(&s, doc)...)
	}
	return s, mistakes.orNil()
}

func load[T any](path string, parse func([]byte) (T, error)) (none T, err error) {
	f, err := os.Open(path)
	if err != nil {
		return none, fmt.Errorf("config: %w", err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return none, fmt.Errorf("config: %w", err)
	}
	v, err := parse(data)
	if err != nil {
		return none, fmt.Errorf("%s: %w", path, err)
	}
	return v, nil
}

// decode fills v with what the file says. The document is returned where it
// could be read at all, for the lines of what is found later.
func decode[T any](data []byte, v T) (T, *yaml.Node, Mistakes) {
	if len(data) > maxFile {
		return v, nil, Mistakes{{Text: "the file is larger than 4 MiB"}}
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return v, nil, fromYAML(err)
	}
	if hasAlias(&doc) {
		return v, nil, Mistakes{{Text: "anchors and aliases (& and *) are not used here"}}
	}
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	err := d.Decode(&v)
	if errors.Is(err, io.EOF) {
		err = nil // an empty file: every key that has to be there will be missed
	}
	if err != nil {
		return v, &doc, fromYAML(err)
	}
	if err := d.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return v, &doc, Mistakes{{Text: "more than one document (a line ---) in the file"}}
	}
	return v, &doc, nil
}

// hasAlias keeps out the files that grow a thousandfold when they are read.
func hasAlias(n *yaml.Node) bool {
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		return true
	}
	for _, c := range n.Content {
		if hasAlias(c) {
			return true
		}
	}
	return false
}

// at is a place in the document: keys and indices.
type at []any

// line returns the line of the value at a place, or of the nearest place above
// it that the file has.
func line(doc *yaml.Node, place at) int {
	n := doc
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
