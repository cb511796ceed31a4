// Package yamlfile reads one YAML file strictly: what it does not know is a
// mistake, and all mistakes are reported at once, each with its line.
package yamlfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"

	"go.yaml.in/yaml/v3"
)

// Read returns the bytes of the file at path. Of a file with more than most
// bytes it returns one byte more than that, which Decode reports.
func Read(path string, most int) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, int64(most)+1))
}

// Decode fills v, which holds the defaults, with what data says; data has at
// most so many bytes, whole MiB. The document is nil where data could not be
// read as YAML at all; otherwise it has the lines for what is found later.
func Decode[T any](data []byte, most int, v T) (T, *Document, Mistakes) {
	if len(data) > most {
		return v, nil, Mistakes{{Text: fmt.Sprintf("the file is larger than %d MiB", most>>20)}}
	}
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		return v, nil, fromYAML(err)
	}
	if hasAlias(&root) {
		return v, nil, Mistakes{{Text: "anchors and aliases (& and *) are not used here"}}
	}
	doc := &Document{&root}
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	err := d.Decode(&v)
	if errors.Is(err, io.EOF) {
		err = nil // an empty file: every key that has to be there will be missed
	}
	cut := fractions(&root, reflect.TypeFor[T]())
	if err != nil {
		return v, doc, append(fromYAML(err), cut...)
	}
	if err := d.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return v, doc, Mistakes{{Text: "more than one document (a line ---) in the file"}}
	}
	return v, doc, cut
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
